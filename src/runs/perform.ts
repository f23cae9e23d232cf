/**
 * The only code that writes to ShotGrid. What a run intends is in the log before it begins; then the rows are read once more, a few
 * batches ahead of the writing, and batch by batch marked as being sent, written, and recorded with their outcome. A batch keeps
 * its slot until that record is durable, so that no more is written than can be recorded.
 */
import { changesPerformed, runFinished } from '../audit/events/runs.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Shotgrid } from '../shotgrid/client.ts';
import { SiteSessionEndedError } from '../shotgrid/own-session-errors.ts';
import type { FairSlots } from './fair-slots.ts';
import type { Lease } from './leases.ts';
import { lookOnceMore, unreadable, type Looked } from './look-once-more.ts';
import type { RowOutcome, RunStatus } from './outcome.ts';
import { auditContextOf, auditedOutcomes } from './run-audit.ts';
import { createRunClient, type RunClient, type RunSessions } from './run-client.ts';
import type { RunRow } from './row-store.ts';
import type { Run, RunStore } from './run-store.ts';
import { splitBatches } from './split-batches.ts';
import { SESSION_ENDED, writeBatch, type Outcomes } from './write-batch.ts';

export type PerformDeps = {
  readonly shotgrid: Shotgrid;
  readonly audit: AuditLog;
  readonly runs: RunStore;
  readonly scriptName: string;
  readonly now: () => Date;
  readonly slots: FairSlots;
  /** Rows written by one call. ShotGrid needs 50–60 ms for each and applies all of them or none. */
  readonly batchRows: number;
  /** Batches under way at a time, all runs together. */
  readonly concurrency: number;
  /** Does `work` again and again, with pauses, until it succeeds; throws only when `signal` ends it or the lease is lost. */
  readonly persistently: (work: () => Promise<unknown>, signal: AbortSignal) => Promise<void>;
  /** Waits for `ms`; resolves early when the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Absent where nobody acts by a session of their own. */
  readonly ownSessions?: RunSessions | undefined;
  /** Told whenever rows have got their outcome. */
  readonly onSettled: (runId: string) => void;
};

/** A look at a row is worth nothing any more after this time: it is looked at again before it is written. */
const LOOK_IS_OLD_MS = 10_000;
/** What somebody confirmed longer ago is not begun or gone on with. */
const CONFIRMED_IS_OLD_MS = 24 * 60 * 60_000;

const CANCELLED = 'The run was cancelled before this row’s turn came.';
const INTERRUPTED =
  'The server was away for more than a day after this was confirmed, so the rest was not done. Start again from ShotGrid.';

/**
 * Performs what is left of a run, from wherever an earlier process stopped. Ends early, between two batches, when `signal`
 * says so; what is left is then performed after the next start.
 *
 * @throws {@link LeaseLostError} when another process has taken the run over.
 */
export async function performRun(deps: PerformDeps, lease: Lease, signal: AbortSignal): Promise<void> {
  const run = await deps.runs.find(lease.runId);
  if (run?.status !== 'running') return;
  const performance: Performance = { deps, run, lease, signal, client: createRunClient(deps, run) };
  if (deps.now().getTime() - run.createdAt.getTime() > CONFIRMED_IS_OLD_MS) {
    await endEarly(performance, 'interrupted', INTERRUPTED);
    return;
  }
  const how = await writeAll(performance);
  if (how === 'signed_out') await endEarly(performance, 'interrupted', SESSION_ENDED);
  else if (how === 'cancelled') await endEarly(performance, 'cancelled', CANCELLED);
  else if (how === 'all') await finish(performance, 'finished');
}

/** What every step of one run's performance needs. */
type Performance = {
  readonly deps: PerformDeps;
  readonly run: Run;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  readonly client: RunClient;
};

/** Rows that were read at the same time. */
type Window = Looked & { readonly from: number; readonly lookedAt: number };

async function writeAll(performance: Performance): Promise<'all' | 'cancelled' | 'stopped' | 'signed_out'> {
  const { deps, run, signal } = performance;
  // One failure ends all: aborted when a batch cannot be marked or recorded.
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const underWay = new Set<Promise<void>>();
  const seen: { isCancelled: boolean; isSignedOut: boolean; failure: Error | undefined } = {
    isCancelled: false,
    isSignedOut: false,
    failure: undefined,
  };
  const fail = (error: unknown): void => {
    if (error instanceof SiteSessionEndedError) {
      seen.isSignedOut = true;
      return;
    }
    seen.failure ??= error instanceof Error ? error : new Error('a run broke', { cause: error });
    broken.abort();
  };

  function begin(rows: readonly RunRow[], lookedAt: number, release: () => void): void {
    const work = performBatch(performance, rows, lookedAt)
      .then((went) => {
        if (went === 'cancelled') seen.isCancelled = true;
        if (went === 'signed_out') seen.isSignedOut = true;
      })
      .catch(fail)
      .finally(() => {
        release();
        underWay.delete(work);
      });
    underWay.add(work);
  }

  try {
    let next = look(performance, 0);
    for (;;) {
      const window = await next;
      if (window === undefined) break;
      await settle(performance, window.settled);
      for (const batch of splitBatches(window.toWrite, deps)) {
        const release = await deps.slots.take(run.id, stop);
        if (release === undefined || seen.isCancelled || seen.isSignedOut) {
          release?.();
          break;
        }
        begin(batch, window.lookedAt, release);
      }
      if (stop.aborted || seen.isCancelled || seen.isSignedOut) break;
      // While the last batches of this window are being written.
      next = look(performance, window.from);
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(underWay);
  if (seen.failure !== undefined) throw seen.failure;
  if (signal.aborted) return 'stopped';
  if (seen.isSignedOut) return 'signed_out';
  return seen.isCancelled ? 'cancelled' : 'all';
}

/** The next open rows, read as they are now; undefined when there are none. */
async function look(performance: Performance, from: number): Promise<Window | undefined> {
  const { deps, run } = performance;
  const rows = await deps.runs.openRows(run.id, from, deps.batchRows * deps.concurrency);
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const lookedAt = deps.now().getTime();
  return { ...(await lookAt(performance, rows)), from: last.position + 1, lookedAt };
}

async function lookAt(performance: Performance, rows: readonly RunRow[]): Promise<Looked> {
  const { deps, run, client } = performance;
  return lookOnceMore(await client(), run.actor, rows, () => deps.runs.createdIds(run.id));
}

async function performBatch(
  performance: Performance,
  rows: readonly RunRow[],
  lookedAt: number,
): Promise<'performed' | 'cancelled' | 'signed_out'> {
  const { deps, run, lease, signal } = performance;
  const client = await performance.client();
  const isOld = deps.now().getTime() - lookedAt > LOOK_IS_OLD_MS;
  const { settled, toWrite } = isOld ? await lookAt(performance, rows) : { settled: new Map(), toWrite: rows };
  // Without this mark a later process could not tell "never sent" from "perhaps written": it must be kept before sending.
  const marked = { maySend: false };
  await deps.persistently(
    () =>
      // Through the log although it says nothing: marks and records of batches that coincide share a commit, and nothing is
      // sent while nothing could be recorded.
      deps.audit.append([], {
        alongside: async (executor) => {
          marked.maySend = await deps.runs.markSending(executor, lease, positionsOf(toWrite));
        },
      }),
    signal,
  );
  if (!marked.maySend) {
    await settle(performance, settled);
    return 'cancelled';
  }
  const written = await writeBatch(client, toWrite, (ms) => deps.sleep(ms, signal));
  await settle(performance, new Map([...settled, ...afterResending(toWrite, written)]), rows);
  deps.onSettled(run.id);
  return [...written.values()].some(({ outcome }) => outcome === 'not_done') ? 'signed_out' : 'performed';
}

/** A row that an earlier process sent, and that is so now, is that process's work. */
function afterResending(rows: readonly RunRow[], outcomes: Outcomes): Outcomes {
  const resent = new Set(rows.filter(({ progress }) => progress === 'sending').map(({ position }) => position));
  return new Map(
    [...outcomes].map(([position, outcome]): [number, RowOutcome] =>
      resent.has(position) && outcome.outcome === 'already_so' ? [position, { outcome: 'done' }] : [position, outcome],
    ),
  );
}

/** Outcomes and their record become durable together, for as long as the run is ours. */
async function settle(performance: Performance, outcomes: Outcomes, known?: readonly RunRow[]): Promise<void> {
  const { deps, run, lease, signal } = performance;
  if (outcomes.size === 0) return;
  const rows = known ?? (await rowsOf(deps, run.id, outcomes));
  const events = changesPerformed(auditContextOf(run, deps.scriptName), auditedOutcomes(rows, outcomes));
  await deps.persistently(
    () =>
      deps.audit.append(events, {
        alongside: async (executor) => {
          await deps.runs.holdLease(executor, lease);
          await deps.runs.settle(executor, run.id, outcomes);
        },
      }),
    signal,
  );
  deps.onSettled(run.id);
}

async function rowsOf(deps: PerformDeps, runId: string, outcomes: Outcomes): Promise<readonly RunRow[]> {
  const positions = [...outcomes.keys()];
  const from = Math.min(...positions);
  return deps.runs.rows(runId, { from, limit: Math.max(...positions) - from + 1 });
}

/** Nothing more is sent; what an earlier process may have sent is looked at. */
async function endEarly(
  performance: Performance,
  status: Exclude<RunStatus, 'running' | 'finished'>,
  detail: string,
): Promise<void> {
  const { deps, run } = performance;
  for (let from = 0; ;) {
    const rows = await deps.runs.openRows(run.id, from, deps.batchRows * deps.concurrency);
    const last = rows.at(-1);
    if (last === undefined) break;
    from = last.position + 1;
    const sent = rows.filter(({ progress }) => progress === 'sending');
    const looked = await lookAtSent(performance, sent);
    const outcomes = rows.map(({ position, progress }): [number, RowOutcome] => [
      position,
      looked.settled.get(position) ??
        (progress === 'sending' ? { outcome: 'unknown', detail: PERHAPS_SENT } : { outcome: 'not_done', detail }),
    ]);
    await settle(performance, new Map(outcomes), rows);
  }
  await finish(performance, status);
}

async function lookAtSent(performance: Performance, sent: readonly RunRow[]): Promise<Looked> {
  if (sent.length === 0) return { settled: new Map(), toWrite: [] };
  try {
    return await lookAt(performance, sent);
  } catch (error) {
    if (!(error instanceof SiteSessionEndedError)) throw error;
    return { settled: unreadable(sent), toWrite: [] };
  }
}

const PERHAPS_SENT =
  'The server was stopped while it wrote this row, and the row did not show the change afterwards. Look at it in ShotGrid.';

async function finish({ deps, run, lease, signal }: Performance, status: Exclude<RunStatus, 'running'>): Promise<void> {
  await deps.persistently(async () => {
    const counts = await deps.runs.counts(run.id);
    const note = status === 'finished' ? undefined : status;
    await deps.audit.append(runFinished(auditContextOf(run, deps.scriptName), { counts, note }), {
      alongside: async (executor) => {
        await deps.runs.holdLease(executor, lease);
        await deps.runs.finish(executor, run.id, status);
        await deps.ownSessions?.forget(executor, run.id);
      },
    });
  }, signal);
  deps.onSettled(run.id);
}

function positionsOf(rows: readonly RunRow[]): readonly number[] {
  return rows.map(({ position }) => position);
}
