/**
 * The only code that writes to ShotGrid. What a run intends is in the log before it begins; then batch by batch the rows are
 * read once more, marked as being sent, written, and recorded with their outcome. The next batch waits for that record.
 */
import { changesPerformed, runFinished } from '../audit/events.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Shotgrid, ShotgridClient } from '../shotgrid/client.ts';
import { readBack, settleBeforeWrite } from './compare-rows.ts';
import { countOutcomes, type RowOutcome } from './outcome.ts';
import { readCurrent } from './read-current.ts';
import { clientFor } from './resolve-actor.ts';
import { auditContextOf, auditedOutcomes } from './run-audit.ts';
import { isSettled, type Run, type RunRow, type RunStore } from './run-store.ts';
import { writeBatch, type Outcomes } from './write-batch.ts';

/** Rows written by one call. ShotGrid needs 50–60 ms for each and applies all of them or none. */
const BATCH_ROWS = 50;

export type PerformDeps = {
  readonly shotgrid: Shotgrid;
  readonly audit: AuditLog;
  readonly runs: RunStore;
  readonly scriptName: string;
  /** Does `work` again and again, with pauses, until it succeeds; throws only when `signal` ends it. */
  readonly persistently: (work: () => Promise<unknown>, signal: AbortSignal) => Promise<void>;
};

/**
 * Performs what is left of a run, from wherever an earlier process stopped. Ends early, between two batches, when `signal`
 * says so; what is left is then performed after the next start.
 */
export async function performRun(deps: PerformDeps, runId: string, signal: AbortSignal): Promise<void> {
  const run = await deps.runs.find(runId);
  if (run?.status !== 'running') return;
  const client = clientFor(deps.shotgrid, run.actor);
  const open = (await deps.runs.rows(runId)).filter((row) => !isSettled(row));
  for (let start = 0; start < open.length; start += BATCH_ROWS) {
    if (signal.aborted) return;
    await performBatch(deps, run, client, open.slice(start, start + BATCH_ROWS), signal);
  }
  await finish(deps, run, signal);
}

async function performBatch(
  deps: PerformDeps,
  run: Run,
  client: ShotgridClient,
  rows: readonly RunRow[],
  signal: AbortSignal,
): Promise<void> {
  const { settled, toWrite } = await lookOnceMore(client, rows);
  // Without this mark a later process could not tell "never sent" from "perhaps written": it must be kept before sending.
  await deps.persistently(() => deps.runs.markSending(run.id, positionsOf(toWrite)), signal);
  const outcomes = new Map([...settled, ...(await writeBatch(client, toWrite))]);
  const events = changesPerformed(auditContextOf(run, deps.scriptName), auditedOutcomes(rows, outcomes));
  await deps.persistently(
    () => deps.audit.append(events, { alongside: (executor) => deps.runs.settle(executor, run.id, outcomes) }),
    signal,
  );
}

/** What needs no write any more gets its outcome; the rest is to be written. */
async function lookOnceMore(
  client: ShotgridClient,
  rows: readonly RunRow[],
): Promise<{ readonly settled: Outcomes; readonly toWrite: readonly RunRow[] }> {
  let current: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  try {
    current = await readCurrent(client, rows);
  } catch (error) {
    return { settled: new Map(rows.map((row) => [row.position, cannotRead(row, error)])), toWrite: [] };
  }
  const settled = new Map<number, RowOutcome>();
  const toWrite: RunRow[] = [];
  for (const row of rows) {
    const outcome =
      row.progress === 'sending'
        ? settleInterrupted(row, current.get(row.position))
        : settleBeforeWrite(row.change, current.get(row.position));
    if (outcome === undefined) toWrite.push(row);
    else settled.set(row.position, outcome);
  }
  return { settled, toWrite };
}

/** An earlier process marked the row and was gone before its outcome: the row itself says whether it was written. */
function settleInterrupted(
  row: RunRow,
  current: Readonly<Record<string, unknown>> | undefined,
): RowOutcome | undefined {
  switch (readBack(row.change, current)) {
    case 'applied':
      return { outcome: 'done' };
    case 'untouched':
      return undefined;
    case 'different':
      return {
        outcome: 'unknown',
        detail:
          'The server was stopped while it wrote this row, and the row now holds another value. Look at it in ShotGrid.',
      };
  }
}

function cannotRead(row: RunRow, error: unknown): RowOutcome {
  if (row.progress === 'sending') {
    return {
      outcome: 'unknown',
      detail: 'The server was stopped while it wrote this row, and it cannot be read back now. Look at it in ShotGrid.',
    };
  }
  const isRefusal = error instanceof Error && 'status' in error && error.status === 403;
  const why = error instanceof Error ? error.message : 'ShotGrid could not be read.';
  return { outcome: isRefusal ? 'refused' : 'failed', detail: `${why} This row was not changed.` };
}

async function finish(deps: PerformDeps, run: Run, signal: AbortSignal): Promise<void> {
  await deps.persistently(async () => {
    const rows = await deps.runs.rows(run.id);
    const counts = countOutcomes(rows.map((row) => (isSettled(row) ? row.progress : undefined)));
    await deps.audit.append(runFinished(auditContextOf(run, deps.scriptName), { counts }), {
      alongside: (executor) => deps.runs.finish(executor, run.id),
    });
  }, signal);
}

function positionsOf(rows: readonly RunRow[]): readonly number[] {
  return rows.map(({ position }) => position);
}
