/** A site that gives a token for somebody else than asked for, without a word: nothing is ever done with it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { createPerson, resign, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let gateway: Gateway;
let server: TestServer;
let auditor: Auditor;
let artist: Person;

beforeAll(async () => {
  gateway = await startGateway();
  server = await startTestServer({ environment: { SHOTGRID_URL: gateway.url } });
  gateway.target = server.studio.site.url;
  auditor = createAuditor(server);
});
beforeEach(() => {
  server.studio.site.reset();
  gateway.alterTokenForm = () => undefined;
  artist = createPerson(server, 'artist');
});
afterAll(async () => {
  await server.close();
  await gateway.close();
});

async function click(): ReturnType<Person['send']> {
  const form = await artist.formFor([6933, 6934]);
  return artist.send(resign(form, server.studio.facts.amiSecretToken, { server_hostname: gateway.host }));
}

/** Calls for rows, whoever made them. */
const rowCalls = () => server.studio.site.calls.filter(({ path }) => /entity\/Version|_batch/.test(path));

const ATTACKS: Readonly<Record<string, (form: URLSearchParams) => void>> = {
  'the script’s own token': (form) => form.delete('scope'),
  'a scope that means nothing': (form) => form.has('scope') && form.set('scope', 'sudo_as: artist'),
  'another person’s token': (form) => form.has('scope') && form.set('scope', 'sudo_as_login:manager'),
};

describe('a token that is not for the person it was asked for', () => {
  it.each(Object.keys(ATTACKS))('is not even used to read the rows: %s', async (attack) => {
    gateway.alterTokenForm = ATTACKS[attack]!;
    await auditor.refusal({ code: 'sudo_refused_by_site', status: 403, type: 'sudo.refused' }, async () =>
      artist.follow(await click()),
    );
    expect(rowCalls()).toEqual([]);
  });

  it.each(Object.keys(ATTACKS))('is not used to write when the first token was right and ended: %s', async (attack) => {
    const { site } = server.studio;
    const preview = await artist.follow(await click());
    const before = site.snapshot();
    site.inject({ kind: 'unauthorized', path: '_batch' });
    gateway.alterTokenForm = ATTACKS[attack]!;
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.counts).toMatchObject({ done: 0, refused: 2 });
    expect(run.rows[0]?.detail).toContain('not for the person it was asked for');
    expect(site.snapshot()).toEqual(before);
    // The preview's question about what is allowed was answered with 404.
    const writes = site.calls.filter(({ path, status }) => path.includes('_batch') && status !== 404);
    expect(writes).toHaveLength(1);
    const [record] = await auditor.records({ runId: run.run, type: 'changes.performed' });
    expect(record).toMatchObject({ outcome: 'refused', person: { login: 'artist' } });
  });

  it('was the only thing wrong: with honest tokens the same click is done', async () => {
    const run = await artist.finish(await artist.confirm(await artist.follow(await click())));
    expect(run.counts).toMatchObject({ done: 2 });
    for (const { claims } of rowCalls()) expect(claims).toMatchObject({ sudo_as_login: 'artist' });
  });
});
