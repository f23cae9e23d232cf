/** What a person can do with a run: follow it, stop it, look at its rows, take it back, try the rest again, and who may not. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let auditor: Auditor;
let artist: Person;
beforeAll(async () => {
  server = await startTestServer({ environment: { RUN_BATCH_ROWS: '5', RUN_CONCURRENCY: '1' } });
  auditor = createAuditor(server);
});
beforeEach(() => {
  server.studio.site.reset();
  artist = createPerson(server, 'artist');
});
afterAll(() => server.close());

const waiting = (): number[] =>
  server.studio.site
    .rows('Version')
    .filter(({ sg_status_list: status }) => status === 'rev')
    .map(({ id }) => id);
const statusOf = (id: number): unknown =>
  server.studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list'];

async function approve(person: Person, ids: readonly number[]): Promise<Answer> {
  return person.confirm(await person.follow(await person.click(ids)));
}

/** Presses a button of a page. */
function press(person: Person, page: Answer, ending: string, headers = {}): Promise<Answer> {
  const { action, fields } = page.form(ending);
  return person.post(action, { form: fields, headers });
}

type Said = { readonly event: string; readonly data: { readonly settled?: number; readonly status?: string } };

/** Everything that a stream says until it ends. */
async function listen(person: Person, path: string): Promise<readonly Said[]> {
  const { text, headers } = await person.get(`${path}/events`, { headers: { accept: 'text/event-stream' } });
  expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
  return text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => {
      const [, event = '', data = '{}'] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      return { event, data: JSON.parse(data) as Said['data'] };
    });
}

describe('a run in progress', () => {
  it('tells how far it is, at least once a second, and ends with its end', async () => {
    server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 1200, skip: 1, count: 2 });
    const ids = waiting().slice(0, 15);
    const confirmed = await approve(artist, ids);
    const said = await listen(artist, confirmed.location!.pathname);
    expect(said.at(-1)).toMatchObject({ event: 'end', data: { status: 'finished', settled: 15 } });
    const settled = said.map(({ data }) => data.settled ?? 0);
    expect(settled).toEqual(settled.toSorted((a, b) => a - b));
    expect(said.length).toBeGreaterThanOrEqual(4);
    expect(new Set(settled).size).toBeGreaterThan(1);
  }, 60_000);

  it('stops before its next batch when its person says so, and says what was done', async () => {
    server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 600, skip: 1, count: 20 });
    const ids = waiting().slice(0, 20);
    const confirmed = await approve(artist, ids);
    const { pathname } = confirmed.location!;
    const page = await artist.get(pathname);
    expect(page.text).toContain('data-run-progress');
    const stranger = createPerson(server, 'manager');
    await stranger.visit('/');
    expect((await press(artist, page, '/cancel', { 'sec-fetch-site': 'cross-site' })).code).toBe('csrf_invalid');
    expect((await artist.post(`${pathname}/cancel`, { form: [['csrf', 'x']] })).code).toBe('csrf_invalid');
    expect((await press(artist, page, '/cancel')).status).toBe(303);
    const run = await artist.finish(confirmed);
    expect(run.status).toBe('cancelled');
    const done = run.counts['done'] ?? 0;
    expect(done).toBeLessThan(20);
    expect(run.counts).toMatchObject({ not_done: 20 - done });
    expect(ids.filter((id) => statusOf(id) === 'apr')).toHaveLength(done);
    expect((await artist.get(pathname)).text).toContain('The run was stopped.');

    const retry = await artist.get(`${pathname}/retry`);
    expect(retry.tally).toMatchObject({ changes: 20 - done });
    server.studio.site.clearFaults();
    const again = await artist.finish(await press(artist, retry, '/retry'));
    expect(again.counts).toMatchObject({ done: 20 - done });
    expect(ids.every((id) => statusOf(id) === 'apr')).toBe(true);
    expect((await artist.get(pathname)).text).toContain('The other rows were tried again');
  }, 60_000);
});

describe('a run that is over', () => {
  it('is undone by its person once, leaving alone what somebody changed since; undoing is undoable', async () => {
    const ids = waiting().slice(0, 6);
    const run = await artist.finish(await approve(artist, ids));
    server.studio.site.setField('Version', ids[0]!, 'sg_status_list', 'vwd');
    const page = await artist.get(`/runs/${run.run}`);
    expect(page.text).toContain(`href="/runs/${run.run}/undo"`);
    const preview = await artist.get(`/runs/${run.run}/undo`);
    expect(preview.tally).toMatchObject({ changes: 5, changed_since: 1 });
    const undone = await artist.finish(await press(artist, preview, '/undo'));
    expect(ids.map(statusOf)).toEqual(['vwd', ...Array<string>(5).fill('rev')]);
    const twice = await press(artist, preview, '/undo');
    expect(twice.location?.pathname).toBe(`/runs/${undone.run}`);
    expect((await artist.get(`/runs/${run.run}`)).text).toContain('This run was undone');

    const redo = await artist.get(`/runs/${undone.run}/undo`);
    await artist.finish(await press(artist, redo, '/undo'));
    expect(ids.map(statusOf)).toEqual(['vwd', ...Array<string>(5).fill('apr')]);
  });

  it('says that a preview of its undo is out of date, and shows the new one', async () => {
    const ids = waiting().slice(0, 2);
    const run = await artist.finish(await approve(artist, ids));
    const preview = await artist.get(`/runs/${run.run}/undo`);
    server.studio.site.setField('Version', ids[0]!, 'sg_status_list', 'vwd');
    await artist.get(`/runs/${run.run}/undo`);
    const back = await artist.follow(await press(artist, preview, '/undo'));
    expect(back.text).toContain('have changed since that page was made');
    expect(back.tally).toMatchObject({ changes: 1, changed_since: 1 });
  });

  it('is undone for somebody by an admin under their own name, and page and record name both', async () => {
    const ids = waiting().slice(0, 2);
    const run = await artist.finish(await approve(artist, ids));
    const admin = createPerson(server, 'admin.flag-on');
    await admin.visit('/login');
    const preview = await admin.get(`/runs/${run.run}/undo`);
    expect(preview.text).toContain('A run of Alma Ortiz (artist).');
    expect(preview.text).toContain('Acting as Nadia Kerr');
    const undone = await admin.finish(await press(admin, preview, '/undo'));
    expect(undone).toMatchObject({
      actor: { login: 'admin.flag-on' },
      about: { login: 'artist' },
      counts: { done: 2 },
    });
    expect(server.studio.site.eventLog().at(-1)).toMatchObject({ user: { type: 'HumanUser', id: 26 } });

    const page = await admin.get(`/runs/${undone.run}`);
    expect(page.text).toContain('As Nadia Kerr');
    expect(page.text).toContain('This undoes a run of Alma Ortiz (artist)');
    await auditor.visitOnce();
    for (const who of [artist, admin, auditor.person]) {
      const { text } = await who.get(`/runs/${run.run}`);
      expect(text).toContain('This run was undone by Nadia Kerr (admin.flag-on)');
    }
    expect(await auditor.records({ runId: undone.run, type: 'run.confirmed' })).toMatchObject([
      { person: { login: 'admin.flag-on', proven: true }, details: { undoOf: run.run, runOf: 'artist' } },
    ]);
    const [shown] = await auditor.records({ runId: run.run, type: 'plan.made' });
    expect(shown).toMatchObject({ person: { login: 'admin.flag-on', proven: true } });
  });

  it('is shown to nobody else, and undone by nobody else', async () => {
    const run = await artist.finish(await approve(artist, waiting().slice(0, 2)));
    const manager = createPerson(server, 'manager');
    await manager.visit('/login');
    for (const path of ['', '/undo', '/retry', '/events', '/rows.csv', '/rows.json']) {
      expect((await manager.get(`/runs/${run.run}${path}`)).status).toBe(403);
    }
    const before = server.studio.site.snapshot();
    for (const path of ['/undo', '/retry', '/cancel']) {
      expect((await manager.post(`/runs/${run.run}${path}`, { form: [['csrf', 'x']] })).status).toBe(403);
    }
    await auditor.visitOnce();
    expect((await auditor.person.get(`/runs/${run.run}`)).status).toBe(200);
    const { record } = await auditor.refusal({ code: 'run_not_yours', status: 403, type: 'run.refused' }, () =>
      auditor.person.get(`/runs/${run.run}/undo`),
    );
    expect(record.runId).toBe(run.run);
    expect(server.studio.site.snapshot()).toEqual(before);
    const signedOut = createPerson(server, 'artist');
    expect((await signedOut.get(`/runs/${run.run}/events`)).code).toBe('login_required');
    expect((await signedOut.get(`/runs/${run.run}/undo`)).location?.pathname).toBe('/login');
  });

  it('is downloaded as CSV and as JSON, whole', async () => {
    const ids = waiting().slice(0, 7);
    server.studio.site.setField('Version', ids[0]!, 'code', '=HYPERLINK("https://evil.example")');
    const run = await artist.finish(await approve(artist, ids));
    const csv = await artist.get(`/runs/${run.run}/rows.csv`);
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="?Approve-/);
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines[0]).toBe('type,id,name,kind,outcome,detail,field,before,after');
    expect(lines).toHaveLength(8);
    expect(csv.text).toContain(
      `Version,${ids[0]!},"'=HYPERLINK(""https://evil.example"")",update,done,,sg_status_list,rev,apr`,
    );
    const json = JSON.parse((await artist.get(`/runs/${run.run}/rows.json`)).text) as { rows: { id: number }[] };
    expect(json).toMatchObject({ run: run.run, actor: 'artist', status: 'finished' });
    expect(json.rows.map(({ id }) => id)).toEqual(ids);
  });

  it('shows the rows of one outcome, and finds them by name', async () => {
    const ids = waiting().slice(0, 5);
    const form = await artist.formFor(ids);
    const preview = await artist.follow(await artist.send(form));
    server.studio.site.setField('Version', ids[1]!, 'sg_status_list', 'vwd');
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.counts).toMatchObject({ done: 4, failed: 1 });
    const shown = (page: Answer): number[] =>
      [...page.text.matchAll(/<tr data-row="(\d+)"/g)].map(([, id]) => Number(id));
    expect(shown(await artist.get(`/runs/${run.run}`))[0]).toBe(ids[1]);
    expect(shown(await artist.get(`/runs/${run.run}?outcome=failed`))).toEqual([ids[1]]);
    const name = String(server.studio.site.rows('Version').find(({ id }) => id === ids[2])?.['code']);
    expect(shown(await artist.get(`/runs/${run.run}?q=${encodeURIComponent(name.toLowerCase())}`))).toEqual([ids[2]]);
    expect(shown(await artist.get(`/runs/${run.run}?outcome=nonsense&page=99`))).toHaveLength(5);
  });
});

it('holds only so many streams of one person open, and closes those that nobody reads', async () => {
  server.studio.site.inject({ kind: 'slow', path: '/_batch', delayMs: 3000, skip: 1, count: 1 });
  const confirmed = await approve(artist, waiting().slice(0, 2));
  const path = `${confirmed.location!.pathname}/events`;
  const cookies = artist.jar.header(new URL(server.url));
  const ended = new AbortController();
  const streams = await Promise.all(
    Array.from({ length: 12 }, () =>
      fetch(`${server.url}${path}`, { headers: { cookie: cookies }, signal: ended.signal }),
    ),
  );
  expect(streams.map(({ status }) => status)).toEqual(Array(12).fill(200));
  const refused = await artist.get(path);
  expect(refused).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(refused.headers['retry-after']).toBe('10');
  ended.abort();
  for (let tries = 0; tries < 100; tries += 1) {
    const { status } = await artist.get(path, { headers: { accept: 'text/event-stream' } });
    if (status === 200) return;
    await delay(50);
  }
  throw new Error('streams that nobody reads stay open');
}, 60_000);
