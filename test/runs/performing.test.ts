/** Runs over a site at its worst: each row ends in a true word, and no row is written twice. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import { LeaseLostError } from '../../src/runs/leases.ts';
import type { RunProgress } from '../../src/runs/progress.ts';
import { RunNotYoursError } from '../../src/runs/errors.ts';
import { databases, type TestDatabases } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { createEngine, noteOn, remove, setStatus, type Engine } from './engine.ts';

const [{ open }] = databases as [(typeof databases)[number]];
const ALL = Array.from({ length: 60 }, (_, index) => 6933 + index);
const REQUEST = { reference: 'GGGG-HHHH-JJ', clientAddress: undefined };

let site: Site;
let engines: Engine[];
let project: number;
beforeAll(async () => {
  site = await startSite();
});
beforeEach(() => {
  site.reset();
  project = site.rows('Project')[0]!.id;
  for (const id of ALL) site.setField('Version', id, 'sg_status_list', 'rev');
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
});
afterAll(() => site.close());

async function engineOn(
  database: Awaited<ReturnType<TestDatabases['open']>>,
  settings?: Parameters<typeof createEngine>[2],
): Promise<Engine> {
  const engine = createEngine(site, database, settings);
  engines.push(engine);
  return Promise.resolve(engine);
}
const anEngine = async (settings?: Parameters<typeof createEngine>[2]): Promise<Engine> =>
  engineOn(await open(), settings);

const batches = () => site.calls.filter(({ path }) => path.includes('_batch'));
const writes = (): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { entity, attribute_name: field } of site.eventLog()) {
    if (field !== 'sg_status_list') continue;
    const { id } = entity as { readonly id: number };
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
};
const onceEach = (ids: readonly number[]) => Object.fromEntries(ids.map((id) => [id, 1]));

describe('a fault of the site', () => {
  it.each([
    ['a burst of 429 in the middle', { kind: 'rate_limited', count: 10, skip: 1 }],
    ['502 pages after the change was made', { kind: 'bad_gateway', after: true, count: 3 }],
    ['connections lost after the change was made', { kind: 'drop', after: true, count: 3 }],
    ['a token that ends in the middle', { kind: 'unauthorized', skip: 1 }],
    ['a proper 503', { kind: 'unavailable', retryAfterSeconds: 0, count: 2 }],
  ] as const)('ends in every row done, each written once: %s', async (_what, fault) => {
    const engine = await anEngine({ batchRows: 10 });
    site.inject({ ...fault, path: '_batch' });
    const run = await engine.run(
      'manager',
      ALL.map((id) => setStatus(id)),
    );
    expect(run.counts.done).toBe(60);
    expect(writes()).toEqual(onceEach(ALL));
  });

  it('before the change, of which nobody can tell, is unknown and not sent again', async () => {
    const engine = await anEngine({ batchRows: 10, concurrency: 1 });
    site.inject({ kind: 'bad_gateway', path: '_batch', skip: 1 });
    const run = await engine.run(
      'manager',
      ALL.map((id) => setStatus(id)),
    );
    expect(run.counts).toMatchObject({ done: 50, unknown: 10 });
    expect(Object.keys(writes())).toHaveLength(50);
  });

  it('one row of 60 refused is found by halving, and the other 59 are done', async () => {
    const engine = await anEngine();
    const rows = [
      ...ALL.slice(0, 30).map((id) => setStatus(id)),
      noteClosed(6001),
      ...ALL.slice(30).map((id) => setStatus(id)),
    ];
    const run = await engine.run('artist', rows);
    expect(run.counts).toMatchObject({ done: 60, refused: 1 });
    expect((await engine.runs.rows(run.id))[30]).toMatchObject({
      progress: 'refused',
      siteErrorId: expect.any(String),
    });
    expect(batches().length).toBeLessThan(20);
  });

  it('creates whose answer is lost are unknown, whether they were made or not, and never made twice', async () => {
    const engine = await anEngine({ batchRows: 5, concurrency: 1 });
    site.inject({ kind: 'drop', path: '_batch', after: true });
    site.inject({ kind: 'drop', path: '_batch' });
    const notes = Array.from({ length: 15 }, (_, index) => noteOn(`lost ${index}`, project));
    const run = await engine.run('manager', notes);
    expect(run.counts).toMatchObject({ done: 5, unknown: 10 });
    expect(site.rows('Note').filter(({ subject }) => String(subject).startsWith('lost'))).toHaveLength(10);
  });

  it('a delete of a row that is gone meanwhile is already so', async () => {
    const engine = await anEngine();
    site.inject({ kind: 'slow', path: '_search', delayMs: 100 });
    const run = await engine.confirm('manager', [remove('Version', 6933), remove('Version', 6934)]);
    const deleted = until(() => site.calls.some(({ path }) => path.includes('_search'))).then(() =>
      site.retire('Version', 6934),
    );
    const over = await engine.finish(run);
    await deleted;
    expect(over.counts).toMatchObject({ done: 1, already_so: 1 });
  });
});

const noteClosed = (id: number) => ({
  ...setStatus(id, 'clsd', String(site.rows('Note').find((row) => row.id === id)?.['sg_status_list'])),
  entityType: 'Note',
});

describe('going on with the allowed rows', () => {
  it('leaves the others out without asking ShotGrid again, and records that', async () => {
    const engine = await anEngine();
    const permissions = {
      rows: [
        { permission: 'allowed' },
        { permission: 'refused', reason: 'Not yours.' },
        { permission: 'unchecked', why: 'site' },
      ],
      counts: { allowed: 1, refused: 1, unchecked: 1 },
      checkedAt: '2026-05-01T12:00:00Z',
    } as const;
    const run = await engine.run(
      'manager',
      ALL.slice(0, 3).map((id) => setStatus(id)),
      permissions,
    );
    expect(run.counts).toMatchObject({ done: 2, refused: 1 });
    expect(writes()).toEqual(onceEach([6933, 6935]));
    const { records } = await engine.audit.search({ runId: run.id, type: 'changes.performed' });
    expect(records.map(({ content }) => content.outcome).sort()).toEqual(['refused', 'success']);
  });
});

describe('a run that is cancelled', () => {
  it('stops before its next batch, says what was done, and what was not', async () => {
    const engine = await anEngine({ batchRows: 10, concurrency: 1 });
    site.inject({ kind: 'slow', path: '_batch', delayMs: 300, skip: 1 });
    const run = await engine.confirm(
      'manager',
      ALL.map((id) => setStatus(id)),
    );
    engine.performer.start(run.id);
    await until(() => batches().length === 2);
    const current = (await engine.runs.find(run.id))!;
    await expect(engine.cancelRun(current, engine.identity('artist'), REQUEST)).rejects.toThrow(RunNotYoursError);
    expect(await engine.cancelRun(current, engine.identity('manager'), REQUEST)).toBe(true);
    const over = await engine.finish(run);
    expect(over).toMatchObject({ status: 'cancelled', counts: { done: 20, not_done: 40, waiting: 0 } });
    expect(Object.keys(writes())).toHaveLength(20);
    expect(await engine.cancelRun(over, engine.identity('manager'), REQUEST)).toBe(false);
    const types = (await engine.audit.search({ runId: run.id })).records.map(({ content }) => content.type);
    expect(types.filter((type) => type === 'run.cancelled')).toHaveLength(1);
    const { run: rest } = await engine.follow('retry', over, 'manager');
    expect(rest.counts).toMatchObject({ done: 40 });
    expect(writes()).toEqual(onceEach(ALL));
  });

  it('by an admin is recorded as the admin’s doing', async () => {
    const engine = await anEngine();
    const run = await engine.confirm('manager', [setStatus(6933)]);
    await engine.cancelRun(run, engine.identity('admin.flag-on'), REQUEST);
    expect(await engine.finish(run)).toMatchObject({ status: 'cancelled', counts: { not_done: 1 } });
    const [record] = (await engine.audit.search({ type: 'run.cancelled' })).records;
    expect(record?.content).toMatchObject({ person: { login: 'admin.flag-on' }, details: { runOf: 'manager' } });
    expect(writes()).toEqual({});
  });
});

describe('a run that was confirmed more than a day ago', () => {
  it('is not begun: it ends as interrupted', async () => {
    const database = await open();
    const engine = await engineOn(database);
    const run = await engine.confirm('manager', [setStatus(6933)]);
    await sql`update runs set created_at = '2020-01-01T00:00:00.000Z'`.execute(database.db);
    expect(await engine.finish(run)).toMatchObject({ status: 'interrupted', counts: { not_done: 1 } });
    expect(writes()).toEqual({});
  });
});

describe('a small run beside a large one', () => {
  it('does not wait for its end', async () => {
    const engine = await anEngine({ batchRows: 5, concurrency: 2 });
    site.inject({ kind: 'slow', path: '_batch', delayMs: 50, count: 100 });
    const large = await engine.confirm(
      'manager',
      ALL.slice(0, 55).map((id) => setStatus(id)),
    );
    const small = await engine.confirm(
      'manager',
      ALL.slice(57).map((id) => setStatus(id)),
    );
    engine.performer.start(large.id);
    await until(() => batches().length > 0);
    expect((await engine.finish(small)).counts.done).toBe(3);
    expect((await engine.runs.find(large.id))?.status).toBe('running');
    expect((await engine.finish(large)).counts.done).toBe(55);
  });
});

describe.each(databases)('two processes on one run in $name', ({ open: openKind }) => {
  it('are never both at work: one performs it, and no row is written twice', async () => {
    const one = await openKind();
    const [first, second] = [
      await engineOn(one, { batchRows: 5 }),
      await engineOn(await openKind(one.url), { batchRows: 5 }),
    ];
    const run = await first.confirm(
      'manager',
      ALL.map((id) => setStatus(id)),
    );
    first.performer.start(run.id);
    second.performer.start(run.id);
    expect((await first.finish(run)).counts.done).toBe(60);
    expect(writes()).toEqual(onceEach(ALL));
    expect([...first.troubles, ...second.troubles]).toEqual([]);
  });

  it('one that lost its lease may neither send nor settle', async () => {
    const database = await openKind();
    const engine = await engineOn(database);
    const run = await engine.confirm('manager', [setStatus(6933)]);
    const mine = { runId: run.id, token: 'mine', seconds: -1 };
    const theirs = { runId: run.id, token: 'theirs', seconds: 60 };
    expect(await engine.runs.takeLease(mine)).toBe(true);
    expect(await engine.runs.takeLease(theirs)).toBe(true);
    expect(await engine.runs.takeLease({ ...mine, token: 'third' })).toBe(false);
    await expect(engine.runs.markSending(database.db, mine, [0])).rejects.toThrow(LeaseLostError);
    expect((await engine.runs.rows(run.id))[0]?.progress).toBe('waiting');
    await expect(engine.runs.holdLease(database.db, mine)).rejects.toThrow(LeaseLostError);
    await engine.runs.releaseLease(mine);
    expect(await engine.runs.abandoned()).toEqual([]);
    expect(await engine.runs.markSending(database.db, theirs, [0])).toBe(true);
    await engine.runs.releaseLease(theirs);
    expect(await engine.runs.abandoned()).toEqual([run.id]);
  });
});

describe('the progress of a run', () => {
  it('is told as it goes on, also to whom another process must tell it, and ends with the run', async () => {
    const database = await open();
    const [here, elsewhere] = [
      await engineOn(database, { batchRows: 10, concurrency: 1 }),
      await engineOn(await open(database.url)),
    ];
    site.inject({ kind: 'slow', path: '_batch', delayMs: 150, count: 10 });
    const run = await here.confirm(
      'manager',
      ALL.map((id) => setStatus(id)),
    );
    const watch = async (engine: Engine): Promise<RunProgress[]> => {
      const seen: RunProgress[] = [];
      for await (const progress of engine.progress.subscribe(run.id, new AbortController().signal)) seen.push(progress);
      return seen;
    };
    const watching = [watch(here), watch(elsewhere)];
    here.performer.start(run.id);
    for (const seen of await Promise.all(watching)) {
      expect(seen.at(-1)).toMatchObject({ status: 'finished', settled: 60, total: 60, counts: { done: 60 } });
      const settled = seen.map((progress) => progress.settled);
      expect(settled).toEqual(settled.toSorted((a, b) => a - b));
      expect(settled.length).toBeGreaterThan(1);
    }
    expect(await here.progress.read('no such run')).toBeUndefined();
    const nothing = here.progress.subscribe('no such run', new AbortController().signal)[Symbol.asyncIterator]();
    expect(await nothing.next()).toMatchObject({ done: true });
  });

  it('is no longer told to whoever has gone', async () => {
    const engine = await anEngine();
    const run = await engine.confirm('manager', [setStatus(6933)]);
    const gone = new AbortController();
    const told: RunProgress[] = [];
    for await (const progress of engine.progress.subscribe(run.id, gone.signal)) {
      told.push(progress);
      gone.abort();
    }
    expect(told).toHaveLength(1);
  });
});
