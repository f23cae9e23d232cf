/** Clicks that carry only the number of a row in the site's own event log; that row is the proof. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, encodeForm, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const LIGHT = 'Approve (light payload)';

let server: TestServer;
let auditor: Auditor;
let artist: Person;
let form: Fields;
let clock = 0;

beforeAll(async () => {
  server = await startTestServer({ overrides: { now: () => new Date(Date.now() + clock) } });
  auditor = createAuditor(server);
});
beforeEach(async () => {
  // No reset of the site: that would give event log rows the numbers of earlier ones, which are used up.
  for (const id of [6933, 6934, 6935]) server.studio.site.setField('Version', id, 'sg_status_list', 'rev');
  artist = createPerson(server, 'artist');
  form = await artist.formFor([6933, 6934], LIGHT);
});
afterAll(() => server.close());

const query = (fields: Fields): string => `/ami/approve?${encodeForm(fields)}`;
const refused = (code: string, status: number, fields: Fields) =>
  auditor.refusal({ code, status, type: 'click.refused' }, async () => {
    const answer = await artist.get(query(fields));
    clock = 0;
    return answer;
  });

describe('a light click', () => {
  it.each(['GET', 'POST'])('by %s does what a full one does', async (method) => {
    const launch = method === 'GET' ? await artist.get(query(form)) : await artist.send(form);
    const run = await artist.finish(await artist.confirm(await artist.follow(launch)));
    expect(run).toMatchObject({ actor: { login: 'artist' }, counts: { done: 2 } });
    expect(server.studio.site.rows('Version').slice(0, 2)).toMatchObject(Array(2).fill({ sg_status_list: 'apr' }));
  });

  it('works once', async () => {
    expect((await artist.get(query(form))).status).toBe(303);
    await refused('ami_replayed', 409, form);
    await refused('ami_replayed', 409, [...form, ['user_login', 'manager']]);
  });

  it('is refused when its row is a minute old', async () => {
    clock = 60_000;
    await refused('ami_stale', 401, form);
  });

  it('is refused when its row is of the future', async () => {
    clock = -60_000;
    await refused('ami_stale', 401, form);
  });

  it('is refused when there is no such row', async () => {
    await refused('ami_malformed', 400, [['event_log_entry_id', '2000000000']]);
  });

  it('is refused when its row is about something else', async () => {
    const { site } = server.studio;
    await artist.finish(await artist.confirm(await artist.follow(await artist.click([6935]))));
    const change = site.eventLog().find(({ attribute_name: field }) => field === 'sg_status_list');
    await refused('ami_malformed', 400, [['event_log_entry_id', String(change?.id)]]);
  });

  it.each(['abc', '-1', '1e9', '', '1,2', '99999999999'])('is refused with %j for a row', async (id) => {
    await refused('ami_malformed', 400, [['event_log_entry_id', id]]);
  });

  it('of somebody else does nothing for me: whoever guesses the number still has to be that person', async () => {
    const manager = createPerson(server, 'manager');
    const guessed = await manager.get(query(form));
    await auditor.refusal({ code: 'identity_mismatch', status: 403 }, () => manager.follow(guessed));
  });

  it('is refused when its row names another person than the one who wrote it', async () => {
    const { site } = server.studio;
    const id = Number(form[0]?.[1]);
    site.setField('EventLogEntry', id, 'user', { type: 'HumanUser', id: 25 });
    await refused('ami_malformed', 400, form);
  });

  it('with a wrong signature is refused, although it needs none', async () => {
    await refused('ami_signature_invalid', 401, [
      ...form,
      ['signature', 'f'.repeat(40)],
      ['timestamp', '2026-01-01T00:00:00Z'],
    ]);
  });
});
