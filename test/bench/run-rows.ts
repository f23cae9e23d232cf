/**
 * ⑤ A run of 1,000 updates over the site's latency model, against the best that any schedule of so many calls at a time could do, one
 * call per row, and one batch after the other; then the memory of a large run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openDatabase } from '../../src/database/open.ts';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';
import { createEngine, setStatus, type EngineSite } from '../runs/engine.ts';
import type { Row } from './table.ts';

/** Of a measured site's slowness, so that a round takes seconds. */
const LATENCY = 0.5;
const CALL_MS = 300 * LATENCY;
const ROW_MS = 58 * LATENCY;
const ROWS = 1_000;
const BATCH_ROWS = 50;
const CONCURRENCY = 4;
/** Slow ways are measured over fewer rows. */
const ROWS_IN_TURN = 150;
const ROWS_ALONE = 30;
const LEAST_OF_BEST = 0.9;
const LEAST_TIMES_ALONE = 5;
const PATIENCE_MS = 120_000;

/** @param folder - Everything that the measurement writes. */
export async function measureRuns(folder: string): Promise<readonly Row[]> {
  const child = fork(new URL('./site-process.ts', import.meta.url));
  const shotgrid: { client?: Shotgrid } = {};
  try {
    const [site] = (await once(child, 'message')) as [EngineSite];
    const script = createShotgrid({ siteUrl: site.url, ...site, now: () => new Date() });
    shotgrid.client = script;
    await setLatency(site, 0);
    const ids = await makeVersions(script, ROWS + ROWS_IN_TURN + ROWS_ALONE);
    await setLatency(site, LATENCY);
    const rate = (from: number, count: number, settings: { batchRows: number; concurrency: number }) =>
      rowsPerSecond(site, join(folder, `run-${from}.db`), ids.slice(from, from + count), settings);

    const ours = await rate(0, ROWS, { batchRows: BATCH_ROWS, concurrency: CONCURRENCY });
    const inTurn = await rate(ROWS, ROWS_IN_TURN, { batchRows: BATCH_ROWS, concurrency: 1 });
    const alone = await rate(ROWS + ROWS_IN_TURN, ROWS_ALONE, { batchRows: 1, concurrency: 1 });
    const rounds = Math.ceil(ROWS / BATCH_ROWS / CONCURRENCY);
    const best = (ROWS * 1000) / (rounds * (CALL_MS + ROW_MS * BATCH_ROWS));
    const boundless = (ROWS * 1000) / (CALL_MS + (ROW_MS * ROWS) / CONCURRENCY);
    return describe({ ours, inTurn, alone, best, boundless });
  } finally {
    await shotgrid.client?.close();
    child.disconnect();
  }
}

function describe(rates: Readonly<Record<'ours' | 'inTurn' | 'alone' | 'best' | 'boundless', number>>): readonly Row[] {
  const { ours, inTurn, alone, best, boundless } = rates;
  const what = `run of ${ROWS.toLocaleString('en')} updates, ${CONCURRENCY} batches of ${BATCH_ROWS} at a time`;
  const told = (rate: number): string => `${rate.toFixed(0)} rows/s`;
  return [
    {
      what,
      measured: `${(ours / best).toFixed(2)} of best`,
      budget: `≥ ${LEAST_OF_BEST.toFixed(2)} of best`,
      met: ours / best >= LEAST_OF_BEST,
    },
    {
      what: `${what}: against one call per row`,
      measured: `${(ours / alone).toFixed(1)} ×`,
      budget: `≥ ${LEAST_TIMES_ALONE} ×`,
      met: ours / alone >= LEAST_TIMES_ALONE,
    },
    { what: '  Understudy', measured: told(ours), budget: '' },
    { what: '  best possible schedule of these batches', measured: told(best), budget: '' },
    { what: '  best possible schedule of batches of any size', measured: told(boundless), budget: '' },
    { what: '  one batch after the other', measured: told(inTurn), budget: '' },
    { what: '  one call per row, one after the other', measured: told(alone), budget: '' },
  ];
}

/** From the moment it is told to begin until its end is recorded. */
async function rowsPerSecond(
  site: EngineSite,
  file: string,
  ids: readonly number[],
  settings: { readonly batchRows: number; readonly concurrency: number },
): Promise<number> {
  const database = await openDatabase(`file:${file}`);
  const engine = createEngine(site, database, settings);
  try {
    // A person who has just seen a preview has a token.
    await engine.client('manager').rowsByIds('Version', ids.slice(0, 1), { fields: ['code'] });
    const run = await engine.confirm(
      'manager',
      ids.map((id) => setStatus(id)),
    );
    const started = performance.now();
    const { counts } = await engine.finish(run, PATIENCE_MS);
    const seconds = (performance.now() - started) / 1000;
    if (counts.done !== ids.length) throw new Error(`only ${counts.done} of ${ids.length} rows are done`);
    return ids.length / seconds;
  } finally {
    await engine.close();
    await database.close();
  }
}

async function makeVersions(shotgrid: Shotgrid, count: number): Promise<readonly number[]> {
  const [project] = await shotgrid.asScript().search('Project', { fields: [], limit: 1 });
  const made = await shotgrid.asScript().batch(
    Array.from({ length: count }, (_, index) => ({
      operation: 'create',
      entityType: 'Version',
      data: { project: { type: 'Project', id: project?.id ?? 0 }, code: `bench ${index}`, sg_status_list: 'rev' },
    })),
  );
  return made.map((result) => (result.operation === 'create' ? result.row.id : 0));
}

async function setLatency(site: EngineSite, factor: number): Promise<void> {
  const { ok } = await fetch(`${site.url}/_studio/latency`, { method: 'POST', body: JSON.stringify({ factor }) });
  if (!ok) throw new Error('the site does not take its latency');
}

/** The peak of a process that makes, keeps, confirms and performs a plan of 5,000 rows with 40 columns. */
export async function measureLargeRun(folder: string): Promise<Row> {
  const child = fork(new URL('./large-run.ts', import.meta.url), [`file:${join(folder, 'large-run.db')}`]);
  const [{ peakMb, done }] = (await once(child, 'message')) as [{ readonly peakMb: number; readonly done: number }];
  return {
    what: `memory, run of ${done.toLocaleString('en')} rows with 40 columns, at its peak`,
    measured: `${peakMb.toFixed(0)} MB`,
    budget: '',
  };
}
