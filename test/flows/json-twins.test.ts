/** Every page has a twin for programs, by `Accept`. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let artist: Person;
let auditor: Person;
let launchPath: string;
let runPath: string;

beforeAll(async () => {
  server = await startTestServer();
  artist = createPerson(server, 'artist');
  auditor = createPerson(server, 'auditor');
  await auditor.visit('/audit');
  const preview = await artist.follow(await artist.click([6933]));
  runPath = (await artist.confirm(preview)).location!.pathname;
  await artist.finish(await artist.get(runPath));
  launchPath = (await artist.click([6934])).location!.pathname;
});
afterAll(() => server.close());

describe('the JSON twin', () => {
  const twins: Readonly<Record<string, () => [Person, string, object]>> = {
    'of the front page': () => [
      artist,
      '/',
      {
        actions: expect.arrayContaining([
          expect.objectContaining({ id: 'approve', title: 'Approve', entityTypes: ['Version'] }),
        ]),
      },
    ],
    'of a preview': () => [
      artist,
      launchPath,
      {
        action: { id: 'approve' },
        actor: { id: 24, login: 'artist', through: 'understudy' },
        plan: {
          changes: [{ kind: 'update', id: 6934, fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }] }],
          untouched: [],
        },
        confirm: { method: 'POST', path: `${launchPath}/run`, fields: { csrf: expect.any(String) } },
      },
    ],
    'of a run': () => [
      artist,
      runPath,
      {
        status: 'finished',
        finished: true,
        settled: 1,
        total: 1,
        counts: { done: 1 },
        rows: [{ id: 6933, outcome: 'done' }],
      },
    ],
    'of the log': () => [auditor, '/audit', { records: expect.any(Array) }],
    'of a record': () => [
      auditor,
      '/audit/records/1',
      { hash: expect.stringMatching(/^[0-9a-f]{64}$/), content: { seq: 1, v: 1 } },
    ],
    'of the check': () => [auditor, '/audit/verify', { intact: true, head: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    'of the sign-out': () => [createPerson(server, 'artist'), '/signed-out', { signedIn: false }],
  };
  it.each(Object.keys(twins))('%s says the same, and only to those who ask for it', async (which) => {
    const [person, path, expected] = twins[which]!();
    const twin = await person.json(path);
    expect(twin.status).toBe(200);
    expect(twin.json).toMatchObject(expected);
    expect(twin.headers.vary).toContain('Accept');
    expect(twin.headers['cache-control']).toBe('no-store');
    for (const accept of ['text/html', '*/*', 'text/html,application/json;q=0.9']) {
      expect((await person.get(path, { headers: { accept } })).headers['content-type']).toMatch(/^text\/html/);
    }
  });

  it('can be walked from the preview to the run', async () => {
    const twin = (await artist.json(launchPath)).json as {
      readonly confirm: { readonly path: string; readonly fields: Readonly<Record<string, string>> };
    };
    const confirmed = await artist.post(twin.confirm.path, { form: Object.entries(twin.confirm.fields) });
    expect(await artist.finish(confirmed)).toMatchObject({ counts: { done: 1 } });
  });

  it.each(['/audit', '/audit/records/1', '/audit/verify', '/admin', '/account'])(
    'of %s asks a program that is not signed in to sign in, and leads it nowhere',
    async (path) => {
      const twin = await createPerson(server, 'auditor').json(path);
      expect([twin.status, twin.code]).toEqual([401, 'login_required']);
    },
  );

  it.each([
    ['/launches/nope', 404, 'launch_unknown'],
    ['/runs/nope', 404, 'run_unknown'],
    ['/nope', 404, 'page_unknown'],
    ['/audit', 403, 'role_required'],
    ['/audit/records/1', 403, 'role_required'],
    ['/login/callback', 401, 'login_failed'],
    ['/ami/approve', 400, 'ami_malformed'],
    ['/ami/nope', 404, 'action_unknown'],
  ])('of the refusal at %s has code, status, message, remedy and reference', async (path, status, code) => {
    const twin = await artist.json(path);
    expect(twin.status).toBe(status);
    expect(twin.json).toEqual({
      code,
      status,
      message: expect.stringMatching(/\.$/),
      remedy: expect.stringMatching(/\.$/),
      reference: twin.headers['x-request-id'],
    });
    const page = await artist.get(path);
    expect(page).toMatchObject({ status, code, reference: page.headers['x-request-id'] });
  });

  it.each(['/audit/records/0', '/audit/records/999999', '/audit/records/1e1', '/audit/records/-1', '/audit/records/x'])(
    'of a record that is not there is a refusal: %s',
    async (path) => {
      expect(await auditor.json(path)).toMatchObject({ status: 404, code: 'record_unknown' });
    },
  );

  it.each(["' or 1=1 --", '\0', '%', '😀', 'x'.repeat(500)])('of a search for %j is a search', async (text) => {
    const answer = await auditor.json(`/audit?person=${encodeURIComponent(text)}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ records: [], total: 0, next: null, previous: null });
    const malformed = await auditor.json(`/audit?before=${encodeURIComponent(text)}`);
    expect(malformed).toMatchObject({ status: 400, code: 'audit_filter_invalid' });
  });
});
