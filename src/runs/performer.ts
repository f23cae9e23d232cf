/** Performs runs in the background of this process: a page that is closed stops nothing, a server that stops ends between batches. */
import { performRun, type PerformDeps } from './perform.ts';

export type Performer = {
  /** Begins, and returns at once. */
  start(runId: string): void;
  /** Goes on with what an earlier process left unfinished. */
  resume(): Promise<void>;
  /** Lets every run end its batch, and returns when all have. */
  drain(): Promise<void>;
  readonly inProgress: number;
};

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

export function createPerformer(
  deps: Omit<PerformDeps, 'persistently'> & {
    /** Waits for `ms`; resolves early when the signal says so. */
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly onTrouble: (runId: string, error: unknown) => void;
  },
): Performer {
  const draining = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  async function perform(runId: string): Promise<void> {
    try {
      await performRun(
        { ...deps, persistently: (work, signal) => persistently(runId, work, signal) },
        runId,
        draining.signal,
      );
    } catch (error) {
      // The run stays unfinished in the database, and the next start goes on with it.
      deps.onTrouble(runId, error);
    } finally {
      underWay.delete(runId);
    }
  }

  async function persistently(runId: string, work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await work();
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        deps.onTrouble(runId, error);
        await deps.sleep(pause, signal);
      }
    }
  }

  return {
    start(runId) {
      if (draining.signal.aborted || underWay.has(runId)) return;
      underWay.set(runId, perform(runId));
    },
    async resume() {
      for (const runId of await deps.runs.unfinished()) this.start(runId);
    },
    async drain() {
      draining.abort();
      await Promise.all(underWay.values());
    },
    get inProgress() {
      return underWay.size;
    },
  };
}
