/** What administrators switch off and on, whom that stops and where, and what remains of it in the log. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase } from '../../src/database/open.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, expectUnchanged, type Auditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const REASON = 'The status codes are being <renamed> & "moved".';

let server: TestServer;
let auditor: Auditor;
let admin: Person;
let artist: Person;
beforeAll(async () => {
  server = await startTestServer({ environment: { RUN_BATCH_ROWS: '5', RUN_CONCURRENCY: '1' } });
  auditor = createAuditor(server);
  await auditor.visitOnce();
  admin = createPerson(server, 'admin.flag-off');
  await admin.visit('/admin');
});
beforeEach(() => {
  artist = createPerson(server, 'artist');
});
afterEach(async () => {
  for (const path of ['/admin/read-only', '/admin/actions/approve']) {
    if ((await admin.get(path)).text.includes('value="on"')) await turn(path);
  }
  server.studio.site.reset();
});
afterAll(() => server.close());

const ids = (count: number): number[] =>
  server.studio.site
    .rows('Version')
    .filter(({ sg_status_list: status }) => status === 'rev')
    .map(({ id }) => id)
    .slice(0, count);

/** Presses the button of a switch's page. */
async function turn(path: string, reason = REASON, person = admin): Promise<Answer> {
  const { action, fields } = (await person.get(path)).form(path);
  return person.post(action, { form: [...fields, ['reason', reason]] });
}

function press(person: Person, page: Answer, ending: string): Promise<Answer> {
  const { action, fields } = page.form(ending);
  return person.post(action, { form: fields });
}

const previewOf = async (person: Person, rows: readonly number[]): Promise<Answer> =>
  person.follow(await person.click(rows));

describe('the administrators’ pages', () => {
  it.each(['/admin', '/admin/read-only', '/admin/actions/approve'])('are nobody else’s: %s', async (path) => {
    const { record } = await auditor.refusal({ code: 'role_required', status: 403, type: 'role.refused' }, async () => {
      await artist.visit('/');
      return artist.visit(path);
    });
    expect(record.details).toMatchObject({ role: 'admin' });
    expect((await auditor.person.get(path)).code).toBe('role_required');
  });

  it('send to sign in whoever is nobody yet, and tell a program so', async () => {
    const stranger = createPerson(server, 'artist');
    expect((await stranger.get('/admin')).location?.href).toContain('/login?return_to=%2Fadmin');
    expect((await stranger.json('/admin')).code).toBe('login_required');
    const posted = await stranger.post('/admin/read-only', { form: [['turn', 'off']] });
    expect(posted.location?.href).toContain('return_to=%2Fadmin');
    expect(posted.location?.href).not.toContain('read-only');
  });

  it('are framed by nobody, not by ShotGrid either', async () => {
    for (const path of ['/admin', '/admin/read-only']) {
      const { headers } = await admin.get(path);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-frame-options']).toBe('DENY');
    }
  });

  it('know only actions and runs that there are', async () => {
    expect((await admin.get('/admin/actions/constructor')).code).toBe('action_unknown');
    expect((await admin.post('/admin/actions/nothing', { form: [['turn', 'off']] })).code).toBe('action_unknown');
    expect((await admin.get('/admin/runs/nothing/stop')).code).toBe('run_unknown');
  });

  it('show the last day, with what was refused and its reference, which leads on only for auditors', async () => {
    const run = await artist.finish(await artist.confirm(await previewOf(artist, ids(1))));
    const refused = await artist.send([['user_login', 'artist']]);
    const page = await admin.get('/admin');
    expect(page.text).toContain(refused.reference);
    expect(page.text).not.toContain('href="/audit');
    const { json } = await admin.json('/admin');
    expect(json).toMatchObject({ readOnly: null, day: { isComplete: true } });
    const { day, refusals } = json as { day: { clicks: number; runs: number; refusals: number }; refusals: object[] };
    expect(day.clicks).toBeGreaterThan(0);
    expect(day.runs).toBeGreaterThan(0);
    expect(day.refusals).toBeGreaterThan(0);
    expect(refusals[0]).toMatchObject({ reference: refused.reference, code: 'ami_malformed' });
    expect(run.finished).toBe(true);
  });
});

describe('an action that is switched off', () => {
  it('is refused at the click with the reason, who and when, and recorded; on again it works', async () => {
    const before = await artist.formFor(ids(1));
    expect((await turn('/admin/actions/approve')).location?.pathname).toBe('/admin');
    const { answer, record } = await auditor.refusal(
      { code: 'action_off', status: 403, type: 'click.refused' },
      async () => artist.send(before),
    );
    expect(answer.text).toContain('The status codes are being &lt;renamed&gt; &amp;');
    expect(answer.text).toContain('Otto Brandt');
    expect(record.details).toMatchObject({ reason: expect.stringContaining(REASON) });
    const twin = await artist.post('/ami/approve', {
      form: await artist.formFor(ids(1)),
      cookies: false,
      headers: { accept: 'application/json', origin: server.studio.site.url },
    });
    expect(twin.json).toMatchObject({ code: 'action_off', status: 403, message: expect.stringContaining(REASON) });
    expect((await turn('/admin/actions/approve')).location?.pathname).toBe('/admin');
    expect((await artist.send(await artist.formFor(ids(1)))).location?.pathname).toMatch(/^\/launches\//);
    const switched = await auditor.records({ type: 'admin.action_switched', actionId: 'approve' });
    expect(switched.slice(0, 2).map(({ person, details }) => [person?.login, details?.['isOn']])).toEqual([
      ['admin.flag-off', true],
      ['admin.flag-off', false],
    ]);
    expect(switched[1]?.details).toMatchObject({ reason: REASON });
  });

  it('is refused at every later door too: the launch, its form, its report and the confirmation', async () => {
    const preview = await previewOf(artist, ids(1));
    const launch = preview.url.pathname;
    await turn('/admin/actions/approve');
    for (const path of [launch, `${launch}/report.csv?plan=x`]) {
      const { record } = await auditor.refusal({ code: 'action_off', status: 403 }, () => artist.get(path));
      expect(record.type).toBe('launch.refused');
    }
    await auditor.refusal({ code: 'action_off', status: 403, type: 'run.refused' }, () => artist.confirm(preview));
    expect((await artist.json(launch)).code).toBe('action_off');

    await turn('/admin/actions/approve');
    expect((await artist.get(launch)).tally).toMatchObject({ changes: 1 });
  });

  it('lets a run that was confirmed go on, and be undone, but neither tried again nor done anew', async () => {
    server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 300, skip: 1, count: 20 });
    const rows = ids(12);
    const preview = await previewOf(artist, rows);
    const confirmed = await artist.confirm(preview);
    await turn('/admin/actions/approve');
    expect((await artist.get(preview.url.pathname)).location?.pathname).toBe(confirmed.location?.pathname);
    const run = await artist.finish(confirmed);
    expect(run.counts).toMatchObject({ done: 12 });
    server.studio.site.clearFaults();

    const undone = await artist.finish(await press(artist, await artist.get(`/runs/${run.run}/undo`), '/undo'));
    expect(undone.counts).toMatchObject({ done: 12 });
    const redo = await artist.get(`/runs/${undone.run}/undo`);
    expect(redo.text).toContain('data-refusal="action_off"');
    expect(redo.text).not.toContain('data-confirm');
    const csrf = /name="csrf" value="([^"]+)"/.exec(redo.text)?.[1] ?? '';
    await auditor.refusal({ code: 'action_off', status: 403, type: 'run.refused' }, () =>
      artist.post(`/runs/${undone.run}/undo`, { form: [['csrf', csrf]] }),
    );
  });
});

describe('a server that is read-only', () => {
  it('takes clicks and shows previews, says who, when and why, and confirms nothing', async () => {
    const earlier = await previewOf(artist, ids(1));
    await turn('/admin/read-only');
    const preview = await previewOf(artist, ids(2));
    expect(preview.tally).toMatchObject({ changes: 2 });
    expect(preview.text).toContain('data-refusal="read_only"');
    expect(preview.text).toContain('Otto Brandt');
    expect(preview.text).not.toContain('data-confirm');
    expect(preview.text).not.toContain('<renamed>');
    expect((await artist.json(preview.url.pathname)).json).toMatchObject({ refused: { code: 'read_only' } });
    const { answer } = await auditor.refusal({ code: 'read_only', status: 403, type: 'run.refused' }, () =>
      artist.confirm(earlier),
    );
    expect(answer.text).toContain('&lt;renamed&gt;');

    await turn('/admin/read-only');
    expect((await artist.finish(await artist.confirm(earlier))).counts).toMatchObject({ done: 1 });
    const switched = await auditor.records({ type: 'admin.read_only_switched' });
    expect(switched.slice(0, 2).map(({ details }) => details?.['isReadOnly'])).toEqual([false, true]);
  });

  it('refuses undo and retry, shows what they would do, and lets a run that goes on be stopped', async () => {
    const run = await artist.finish(await artist.confirm(await previewOf(artist, ids(1))));
    const undo = await artist.get(`/runs/${run.run}/undo`);
    server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 500, skip: 1, count: 20 });
    const going = await artist.confirm(await previewOf(artist, ids(20)));
    const { pathname } = going.location!;
    await turn('/admin/read-only');
    await auditor.refusal({ code: 'read_only', status: 403, type: 'run.refused' }, () => press(artist, undo, '/undo'));
    expect((await artist.get(`/runs/${run.run}/undo`)).text).toContain('data-refusal="read_only"');

    expect((await admin.get('/admin')).text).toContain(`/admin${pathname}/stop`);
    const stop = await admin.get(`/admin${pathname}/stop`);
    expect((await press(admin, stop, '/cancel')).location?.pathname).toBe(pathname);
    expect((await artist.finish(going)).status).toBe('cancelled');
    const [record] = await auditor.records({ type: 'run.cancelled' });
    expect(record?.person?.login).toBe('admin.flag-off');
    expect((await admin.get(`/admin${pathname}/stop`)).location?.pathname).toBe(pathname);
  }, 60_000);
});

describe('a switch', () => {
  const state = async (): Promise<unknown> => (await admin.json('/admin/actions/approve')).json;

  it.each([
    ['no token', [['turn', 'off']], 'csrf_invalid', 403],
    ['another’s token', [['csrf', 'x'.repeat(43)]], 'csrf_invalid', 403],
  ] as const)('is not turned with %s', async (_what, form, code, status) => {
    const before = server.studio.site.snapshot();
    const answer = await admin.post('/admin/actions/approve', { form: [...form, ['reason', REASON]] });
    expect([answer.code, answer.status]).toEqual([code, status]);
    expect(await state()).toMatchObject({ off: null });
    expectUnchanged(server.studio.site.snapshot(), before);
  });

  it('is not turned from another site, whatever it sends', async () => {
    const { action, fields } = (await admin.get('/admin/read-only')).form('/read-only');
    const answer = await admin.post(action, {
      form: [...fields, ['reason', REASON]],
      headers: { origin: server.studio.site.url, 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.code).toBe('csrf_invalid');
    expect((await admin.json('/admin')).json).toMatchObject({ readOnly: null });
  });

  it.each([
    ['none', ''],
    ['blanks', '   '],
    ['an endless one', 'x'.repeat(301)],
    ['two lines', 'two\nlines'],
    ['one that runs backwards', 'back\u202Ewards'],
  ])('wants a reason that people can read, not %s; the attempt is recorded', async (_what, reason) => {
    const answer = await turn('/admin/actions/approve', reason);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('role="alert"');
    expect(await state()).toMatchObject({ off: null });
    const [record] = await auditor.records({ type: 'admin.refused' });
    expect(record).toMatchObject({ code: 'form_invalid', person: { login: 'admin.flag-off' } });
  });

  it('is not turned, and nobody is asked about, when the log cannot be written', async () => {
    const { action, fields } = (await admin.get('/admin/actions/approve')).form('/actions/approve');
    const who = (await admin.get('/admin/who')).form('/who');
    const { db, close } = await openDatabase(server.databaseUrl);
    await sql`create trigger full_disk before insert on audit_records begin select raise(abort, 'full'); end`.execute(
      db,
    );
    try {
      for (const answer of [
        await admin.post(action, { form: [...fields, ['reason', REASON]] }),
        await admin.post(who.action, { form: [...who.fields, ['person', 'artist']] }),
      ]) {
        expect([answer.status, answer.code]).toEqual([503, 'audit_unavailable']);
        expect(answer.text).not.toContain('Alma Ortiz');
      }
      expect((await admin.get('/admin')).status).toBe(200);
    } finally {
      await sql`drop trigger full_disk`.execute(db);
      await close();
    }
    expect(await state()).toMatchObject({ off: null });
  });

  it('is turned by one of two administrators at a time: the other is shown how it is now', async () => {
    const { action, fields } = (await admin.get('/admin/actions/approve')).form('/actions/approve');
    const other = createPerson(server, 'admin.flag-on');
    await other.visit('/admin');
    await turn('/admin/actions/approve', 'the other was first', other);
    const late = await admin.post(action, { form: [...fields, ['reason', REASON]] });
    expect(late.status).toBe(422);
    expect(late.text).toContain('the other was first');
    const program = await admin.post(action, {
      form: [...fields, ['reason', REASON]],
      headers: { accept: 'application/json' },
    });
    expect(program.json).toMatchObject({ code: 'form_invalid', status: 422 });
    expect(await state()).toMatchObject({ off: { reason: 'the other was first', by: { login: 'admin.flag-on' } } });
  });
});
