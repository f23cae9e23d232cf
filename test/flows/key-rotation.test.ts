/** Keys that are replaced while people go on clicking. Session secrets: many-tabs.test.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../infra/studio/start.ts';
import { createPerson, resign, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const SCRIPT = 298;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
beforeEach(() => server.studio.site.reset());
afterAll(() => server.close());

async function restart(changes: Readonly<Record<string, string>>): Promise<void> {
  await server.drain();
  await server.start(changes);
}

/** One click, to its end. */
async function approve(person: Person, row: number): Promise<unknown> {
  const run = await person.finish(await person.confirm(await person.follow(await person.click([row]))));
  return run.counts;
}

describe('a new script key', () => {
  it('takes over without one click being refused, and the old one is then taken out', async () => {
    const { site } = server.studio;
    const [artist, manager] = [createPerson(server, 'artist'), createPerson(server, 'manager')];
    const key = newSecret();
    await restart({ SHOTGRID_SCRIPT_KEY: `${key},${site.scriptKey}` });
    expect(await approve(artist, 6933)).toMatchObject({ done: 1 });

    // A preview that is open while the key changes, and people with and without a token from before.
    const open = await artist.follow(await artist.click([6934]));
    site.setField('ApiUser', SCRIPT, 'salted_password', key);
    expect(await approve(manager, 6935)).toMatchObject({ done: 1 });
    site.inject({ kind: 'unauthorized', path: '^/api/v1/entity', count: 1 });
    expect(await artist.finish(await artist.confirm(open))).toMatchObject({ counts: { done: 1 } });

    await restart({ SHOTGRID_SCRIPT_KEY: key });
    expect(await approve(artist, 6936)).toMatchObject({ done: 1 });
    expect(server.lines.join()).not.toContain(key);
  });
});

describe('a new secret token of menu items', () => {
  it('is taken beside the old one, until that is taken out', async () => {
    const old = server.studio.facts.amiSecretToken;
    const token = newSecret();
    const artist = createPerson(server, 'artist');
    const click = async (secretToken: string) => artist.send(resign(await artist.formFor([6933]), secretToken));

    await restart({ AMI_SECRET_TOKENS: `${token},${old}` });
    expect((await click(old)).status).toBe(303);
    expect((await click(token)).status).toBe(303);
    await restart({ AMI_SECRET_TOKENS: token });
    expect((await click(token)).status).toBe(303);
    const refused = await click(old);
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('ami_signature_invalid')]);
  });
});

describe('a new secret at the identity provider', () => {
  it('is not needed by whoever is signed in already', async () => {
    const artist = createPerson(server, 'artist');
    await artist.visit('/login');
    await restart({ OIDC_CLIENT_SECRET: 'not in force at the provider yet' });
    expect(await approve(artist, 6933)).toMatchObject({ done: 1 });
    const late = await createPerson(server, 'manager').visit('/login');
    expect([late.status, late.text]).toEqual([401, expect.stringContaining('login_failed')]);
  });
});
