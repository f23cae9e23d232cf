/**
 * How far a run is, as it goes on: from the database, since any process may perform it. Whoever performs it here gives a nudge, so
 * that its watchers need not wait for the next look.
 */
import type { RunCounts, RunStatus } from './outcome.ts';
import type { RunStore } from './run-store.ts';

export type RunProgress = {
  readonly status: RunStatus;
  readonly settled: number;
  readonly total: number;
  readonly counts: RunCounts;
  /** Asked to stop, and about to. */
  readonly isCancelling: boolean;
};

export type Progress = {
  /** As it is now; undefined when there is no such run. */
  read(runId: string): Promise<RunProgress | undefined>;
  /**
   * As it is now and then whenever it has changed, at most four times a second; ends with the run's own end, or when `signal`
   * says so. A database that is away for a while is waited for.
   */
  subscribe(runId: string, signal: AbortSignal): AsyncIterable<RunProgress>;
  /** Something about this run has changed in this process. */
  readonly nudge: (runId: string) => void;
};

const LEAST_GAP_MS = 250;
const LOOK_EVERY_MS = 1_000;

export function createProgress(deps: {
  readonly runs: Pick<RunStore, 'find' | 'counts'>;
  /** Waits for `ms`; resolves early when the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}): Progress {
  const watchers = new Map<string, Set<() => void>>();

  async function read(runId: string): Promise<RunProgress | undefined> {
    // The run first: one that ends in between is told as running once more, never as ended with rows open.
    const run = await deps.runs.find(runId);
    if (run === undefined) return undefined;
    const counts = await deps.runs.counts(runId);
    const total = Object.values(counts).reduce((sum, rows) => sum + rows, 0);
    const { status } = run;
    return {
      status,
      settled: total - counts.waiting,
      total,
      counts,
      isCancelling: status === 'running' && run.cancelRequestedAt !== undefined,
    };
  }

  /** Remembers nudges from now on, so that none is missed between two looks. */
  function watch(runId: string, signal: AbortSignal) {
    let nudged = new AbortController();
    const wake = (): void => nudged.abort();
    const all = watchers.get(runId) ?? new Set();
    watchers.set(runId, all.add(wake));
    return {
      /** Resolves at a nudge since the last time, after a second, or at the signal. */
      async somethingNew(): Promise<void> {
        await deps.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, nudged.signal]));
        nudged = new AbortController();
      },
      end(): void {
        all.delete(wake);
        if (all.size === 0) watchers.delete(runId);
      },
    };
  }

  return {
    read,
    async *subscribe(runId, signal) {
      const watching = watch(runId, signal);
      let said = '';
      try {
        while (!signal.aborted) {
          const now = await read(runId).catch(() => 'away' as const);
          if (now === undefined) return;
          if (now !== 'away') {
            const text = JSON.stringify(now);
            if (text !== said) yield now;
            said = text;
            if (now.status !== 'running') return;
          }
          await deps.sleep(LEAST_GAP_MS, signal);
          await watching.somethingNew();
        }
      } finally {
        watching.end();
      }
    },
    nudge(runId) {
      for (const wake of watchers.get(runId) ?? []) wake();
    },
  };
}
