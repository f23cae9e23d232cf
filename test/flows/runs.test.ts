/** What becomes of rows when things change, break off or stop in the middle of a run. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, encodeForm, resign, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const ALL = Array.from({ length: 60 }, (_, index) => 6933 + index);

let actionsDir: string;
let server: TestServer;
let auditor: Auditor;
let artist: Person;

beforeAll(async () => {
  actionsDir = await mkdtemp(join(tmpdir(), 'understudy-actions-'));
  const file = (name: string, lines: readonly string[]) => writeFile(join(actionsDir, name), lines.join('\n'));
  await file('approve.yml', ['title: Approve', 'entity_types: [Version]', 'set:', '  sg_status_list: apr']);
  await file('close.yml', ['title: Close', 'entity_types: [Note]', 'set:', '  sg_status_list: clsd']);
  // One batch after the other, so that a test can stop between two.
  server = await startTestServer({ environment: { ACTIONS_DIR: actionsDir, RUN_CONCURRENCY: '1' } });
  auditor = createAuditor(server);
});
beforeEach(() => {
  server.studio.site.reset();
  for (const id of ALL) server.studio.site.setField('Version', id, 'sg_status_list', 'rev');
  artist = createPerson(server, 'artist');
});
afterAll(async () => {
  await server.close();
  await rm(actionsDir, { recursive: true, force: true });
});

/** The dry run's calls are not counted among the run's. */
async function previewOf(ids: readonly number[]): Promise<Answer> {
  const preview = await artist.follow(await artist.click(ids));
  server.studio.site.clearCalls();
  return preview;
}
const status = (id: number) => server.studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list'];
const approved = () => ALL.filter((id) => status(id) === 'apr');
const batches = () => server.studio.site.calls.filter(({ path }) => path.includes('_batch'));

/** How often each row's status was changed, by the site's own log. */
function writesPerRow(): Readonly<Record<string, number>> {
  const events = server.studio.site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list');
  const counts: Record<string, number> = {};
  for (const { entity } of events) {
    const { id } = entity as { readonly id: number };
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

describe('a row that is not as it was shown', () => {
  it('is left alone and said, and the others are done', async () => {
    const { site } = server.studio;
    const preview = await previewOf([6933, 6934, 6935, 6936]);
    site.setField('Version', 6934, 'sg_status_list', 'hld');
    site.setField('Version', 6935, 'sg_status_list', 'apr');
    site.retire('Version', 6936);
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.rows.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'already_so', 'failed']);
    expect(run.rows[1]?.detail).toContain('Somebody changed this row since the preview');
    expect(run.rows[3]?.detail).toContain('not there any more');
    expect(status(6934)).toBe('hld');
    expect(writesPerRow()).toEqual({ 6933: 1 });
    const page = await artist.get(`/runs/${run.run}`);
    expect(page.tally).toEqual({ done: 1, already_so: 1, failed: 2 });
    const records = await auditor.records({ runId: run.run, type: 'changes.performed' });
    expect(records.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'success']);
  });
});

describe('a row that ShotGrid refuses', () => {
  it('says so in ShotGrid’s words, and the others of its batch are done', async () => {
    const { site } = server.studio;
    const mine = [6004, 6006];
    const theirs = [6001, 6003, 6007];
    const form = resign(await artist.formFor([6933]), server.studio.facts.amiSecretToken, {
      entity_type: 'Note',
      selected_ids: [...theirs, ...mine].sort().join(','),
    });
    const preview = await artist.follow(await artist.send(form, '/ami/close'));
    const run = await artist.finish(await artist.confirm(preview));
    const outcomes = Object.groupBy(run.rows, ({ outcome }) => outcome);
    expect(outcomes['done']?.map(({ id }) => id)).toEqual(mine);
    expect(outcomes['refused']?.map(({ id }) => id)).toEqual(theirs);
    for (const row of outcomes['refused'] ?? []) expect(row.detail).toContain('not editable for this user');
    expect(site.rows('Note').filter(({ id }) => theirs.includes(id))).toMatchObject(
      Array(3).fill({ sg_status_list: expect.not.stringMatching('clsd') }),
    );
    const records = await auditor.records({ runId: run.run, type: 'changes.performed' });
    const record = records.find(({ outcome }) => outcome === 'refused');
    expect(JSON.stringify(record?.details)).toMatch(/"siteErrorId":"[0-9a-f]{32}"/);
  });
});

describe('an answer that never comes', () => {
  it.each(['drop', 'bad_gateway', 'empty', 'unavailable'] as const)(
    'after the change was made is read back, and found done: %s',
    async (kind) => {
      const preview = await previewOf([6933, 6934]);
      server.studio.site.inject({ kind, path: '_batch', after: true });
      const run = await artist.finish(await artist.confirm(preview));
      expect(run.counts).toMatchObject({ done: 2, unknown: 0 });
      expect(writesPerRow()).toEqual({ 6933: 1, 6934: 1 });
    },
  );

  it('before the change was made is called unknown, and is not sent again', async () => {
    const preview = await previewOf([6933, 6934]);
    server.studio.site.inject({ kind: 'drop', path: '_batch' });
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.counts).toMatchObject({ done: 0, failed: 0, unknown: 2 });
    expect(batches()).toHaveLength(1);
    expect((await artist.get(`/runs/${run.run}`)).tally).toEqual({ unknown: 2 });
    const [record] = await auditor.records({ runId: run.run, type: 'run.finished' });
    expect(record).toMatchObject({ outcome: 'unknown', details: { counts: { unknown: 2 } } });
  });

  it('is waited for while the site asks for it, and then sent once more', async () => {
    const preview = await previewOf([6933, 6934]);
    server.studio.site.inject({ kind: 'rate_limited', path: '_batch' });
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.counts).toMatchObject({ done: 2 });
    expect(writesPerRow()).toEqual({ 6933: 1, 6934: 1 });
  });

  it('of a site that is away when the run begins leaves every row as it is', async () => {
    const { site } = server.studio;
    const preview = await previewOf([6933, 6934]);
    const before = site.snapshot();
    site.inject({ kind: 'unavailable', path: 'Version/_search', count: 3 });
    const run = await artist.finish(await artist.confirm(preview));
    expect(run.counts).toMatchObject({ done: 0, failed: 2 });
    expect(run.rows[0]?.detail).toContain('This row was not changed.');
    expect(site.snapshot()).toEqual(before);
  });
});

describe('a client that hangs up', () => {
  it('while its confirmation is being worked on changes nothing about the run or its record', async () => {
    const { site } = server.studio;
    const preview = await previewOf([6933, 6934]);
    const { action, fields } = preview.form('/run');
    site.clearCalls();
    site.inject({ kind: 'slow', path: 'HumanUser/_search', delayMs: 300 });
    const body = encodeForm(fields);
    const client = request(`${server.url}${action}`, {
      method: 'POST',
      headers: {
        cookie: artist.jar.header(new URL(server.url)),
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        origin: server.url,
      },
    });
    client.on('error', () => undefined);
    client.end(body);
    await until(() => site.calls.some(({ path }) => path.endsWith('_search')));
    client.destroy();

    await until(() => approved().length === 2);
    const again = await until(async () => {
      const answer = await artist.get(preview.url.pathname);
      return answer.location?.pathname.startsWith('/runs/') === true ? answer : undefined;
    });
    const run = await artist.finish(again);
    expect(run.counts).toMatchObject({ done: 2 });
    expect(writesPerRow()).toEqual({ 6933: 1, 6934: 1 });
    const types = (await auditor.records({ runId: run.run })).map(({ type }) => type);
    expect(types).toEqual(['run.finished', 'changes.performed', 'changes.intended', 'run.confirmed']);
  });
});

describe('a server that is stopped in the middle of a run', () => {
  it('ends its batch, goes on after the next start, and writes no row twice', async () => {
    const { site } = server.studio;
    const preview = await previewOf(ALL);
    site.inject({ kind: 'slow', path: '_batch', delayMs: 200 });
    const confirmed = await artist.confirm(preview);
    await until(() => batches().length === 1);

    await server.drain();
    expect(approved()).toHaveLength(50);
    expect(batches()).toHaveLength(1);

    await server.start();
    const run = await artist.finish(confirmed);
    expect(run.counts).toMatchObject({ done: 60 });
    expect(approved()).toEqual(ALL);
    expect(writesPerRow()).toEqual(Object.fromEntries(ALL.map((id) => [id, 1])));
    const types = (await auditor.records({ runId: run.run })).map(({ type }) => type);
    expect(types).toEqual([
      'run.finished',
      'changes.performed',
      'changes.performed',
      'changes.intended',
      'run.confirmed',
    ]);
    expect(await auditor.verify()).toMatchObject({ intact: true });
  });

  it('takes nothing new while it drains, and says so to whoever watches', async () => {
    const { site } = server.studio;
    const preview = await previewOf(ALL);
    site.inject({ kind: 'slow', path: '_batch', delayMs: 200 });
    await artist.confirm(preview);
    await until(() => batches().length === 1);
    const draining = server.drain();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    await draining;
    await server.start();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await until(() => approved().length === 60);
  });
});
