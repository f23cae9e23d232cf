/** One click, as the README tells it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let auditor: Auditor;
beforeAll(async () => {
  server = await startTestServer();
  auditor = createAuditor(server);
});
beforeEach(() => server.studio.site.reset());
afterAll(() => server.close());

describe('one click', () => {
  it('changes the selected rows as the person who clicked, and leaves a record that verifies', async () => {
    const { site } = server.studio;
    const artist = createPerson(server, 'artist');
    const before = site.snapshot();

    const preview = await artist.follow(await artist.click([6933, 6934, 6935]));
    expect(preview.text).toContain('Acting as Alma Ortiz');
    expect(preview.tally).toMatchObject({ changes: 3 });
    expect(site.snapshot()).toEqual(before);

    const run = await artist.finish(await artist.confirm(preview));
    expect(run).toMatchObject({ actor: { login: 'artist' }, counts: { done: 3, failed: 0, refused: 0, unknown: 0 } });

    expect(site.rows('Version').slice(0, 3)).toMatchObject(Array(3).fill({ sg_status_list: 'apr' }));
    expect(site.rows('Version').slice(3)).toEqual(before['Version']?.slice(3));
    expect(site.rows('Task')).toEqual(before['Task']);

    const events = site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list');
    expect(events).toMatchObject(
      [6933, 6934, 6935].map((id) => ({
        entity: { type: 'Version', id },
        user: { type: 'HumanUser', id: 24 },
        meta: { new_value: 'apr', sudo_actual_user: expect.objectContaining({ type: 'ApiUser' }) },
      })),
    );

    const records = await auditor.records({ runId: run.run });
    expect(records.map(({ type }) => type)).toEqual([
      'run.finished',
      'changes.performed',
      'changes.intended',
      'run.confirmed',
    ]);
    for (const record of records) {
      expect(record).toMatchObject({
        person: { login: 'artist', id: 24, proven: true },
        realActor: { type: 'ApiUser', name: 'understudy' },
        reference: run.reference,
      });
    }
    expect(records[1]?.details?.['rows']).toMatchObject(
      [6933, 6934, 6935].map((id) => ({
        id,
        outcome: 'done',
        fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
      })),
    );
    expect(await auditor.verify()).toMatchObject({ intact: true });
  });

  it('shows the ShotGrid page its own window’s changes', async () => {
    const { site } = server.studio;
    const artist = createPerson(server, 'artist');
    const form = await artist.formFor([6933]);
    const window = form.find(([name]) => name === 'session_uuid')?.[1];
    await artist.finish(await artist.confirm(await artist.follow(await artist.send(form))));
    expect(site.eventLog().at(-1)).toMatchObject({ attribute_name: 'sg_status_list', session_uuid: window });
  });

  it('is not asked to sign in again for the next', async () => {
    const artist = createPerson(server, 'artist');
    await artist.follow(await artist.click([6933]));
    const next = await artist.get((await artist.click([6934])).location!.pathname);
    expect(next.status).toBe(200);
    expect(next.tally).toMatchObject({ changes: 1 });
  });

  it('is answered without touching the session: the cross-site POST sets the launch’s cookie and no other', async () => {
    const artist = createPerson(server, 'artist');
    const { status, setCookies } = await artist.click([6933]);
    expect(status).toBe(303);
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(
      /^launch\.[\w-]{22}=[\w-]{43}; Max-Age=900; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('leaves rows alone that are already so, and rows that are gone, and says both', async () => {
    const { site } = server.studio;
    site.setField('Version', 6933, 'sg_status_list', 'apr');
    const artist = createPerson(server, 'artist');
    const form = await artist.formFor([6933, 6934, 6935]);
    site.retire('Version', 6934);
    const preview = await artist.follow(await artist.send(form));
    expect(preview.tally).toEqual({ changes: 1, already_so: 1, not_found: 1 });
    await artist.finish(await artist.confirm(preview));
    expect(site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list')).toHaveLength(1);
  });

  it('that would change nothing has no button', async () => {
    const artist = createPerson(server, 'artist');
    server.studio.site.setField('Version', 6933, 'sg_status_list', 'apr');
    const preview = await artist.follow(await artist.click([6933]));
    expect(preview.tally).toEqual({ changes: 0, already_so: 1 });
    expect(() => preview.form('/run')).toThrow('has no form');
  });

  it('of a manager is the manager’s', async () => {
    const manager = createPerson(server, 'manager');
    const run = await manager.finish(await manager.confirm(await manager.follow(await manager.click([6934]))));
    expect(run.actor.login).toBe('manager');
    expect(server.studio.site.eventLog().at(-1)).toMatchObject({ user: { type: 'HumanUser', id: 25 } });
  });

  it('of an admin who may be acted for is the admin’s', async () => {
    const admin = createPerson(server, 'admin.flag-on');
    const run = await admin.finish(await admin.confirm(await admin.follow(await admin.click([6933]))));
    expect(run).toMatchObject({ actor: { login: 'admin.flag-on' }, counts: { done: 1 } });
  });
});
