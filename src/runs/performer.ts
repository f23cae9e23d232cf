/**
 * Performs runs in the background of this process: a page that is closed stops nothing, a server that stops ends between batches.
 * The database says which runs there are and whose each one is; a queue only carries word of them.
 */
import { createFairSlots } from './fair-slots.ts';
import { LeaseLostError, type Lease } from './leases.ts';
import { performRun, type PerformDeps } from './perform.ts';
import type { RunQueue } from './run-queue.ts';

export type Performer = {
  /** Sees to it that the run is begun, here or by another replica, and returns at once. */
  start(runId: string): void;
  /**
   * Goes on with what other processes left unfinished, now and from then on, until `drain`; takes what the queue hands out.
   */
  resume(): Promise<void>;
  /** Lets every run end its batches, and returns when all have. */
  drain(): Promise<void>;
  readonly inProgress: number;
};

export type PerformerSettings = {
  readonly batchRows: number;
  readonly concurrency: number;
  /** A run whose process has not been heard of for this long is another's to take. */
  readonly leaseSeconds: number;
};

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_POLL_MS = 5_000;
/** A new run is left to the queue for this long. */
const QUEUE_MS = 3_000;

export function createPerformer(
  deps: Omit<PerformDeps, 'persistently' | 'slots' | 'batchRows' | 'concurrency'> & {
    readonly settings: PerformerSettings;
    readonly randomId: () => string;
    readonly onTrouble: (runId: string, error: unknown) => void;
    /** Hands runs out to all replicas; absent: this process performs what it starts. */
    readonly queue?: RunQueue | undefined;
  },
): Performer {
  const { settings, queue } = deps;
  const slots = createFairSlots(settings.concurrency);
  const draining = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  let polling: Promise<void> | undefined;

  /** Resolves when this process has nothing more to do with the run. */
  function begin(runId: string): Promise<void> {
    if (draining.signal.aborted) return Promise.resolve();
    let work = underWay.get(runId);
    if (work === undefined) {
      work = perform(runId);
      underWay.set(runId, work);
    }
    return work;
  }

  async function perform(runId: string): Promise<void> {
    const lease: Lease = { runId, token: deps.randomId(), seconds: settings.leaseSeconds };
    const over = new AbortController();
    try {
      if (!(await deps.runs.takeLease(lease))) return;
      const lost = new AbortController();
      const heart = keepLease(lease, lost, over.signal);
      try {
        await performRun(
          {
            ...deps,
            ...settings,
            slots,
            persistently: (work, signal) => persistently(runId, work, signal),
          },
          lease,
          AbortSignal.any([draining.signal, lost.signal]),
        );
        // Not after a failure: the site may still be at work on what it was sent, and the lease is the time it is given.
        await deps.runs.releaseLease(lease);
      } finally {
        over.abort();
        await heart;
      }
    } catch (error) {
      // The run stays unfinished in the database, and whoever finds it next goes on with it.
      deps.onTrouble(runId, error);
    } finally {
      underWay.delete(runId);
    }
  }

  /** Says again and again that this process is alive; `lost` is told when that comes too late. */
  async function keepLease(lease: Lease, lost: AbortController, over: AbortSignal): Promise<void> {
    for (;;) {
      await deps.sleep((lease.seconds * 1000) / 3, over);
      if (over.aborted) return;
      try {
        await deps.runs.renewLease(lease);
      } catch (error) {
        if (error instanceof LeaseLostError) {
          lost.abort();
          return;
        }
        deps.onTrouble(lease.runId, error);
      }
    }
  }

  async function persistently(runId: string, work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await work();
        return;
      } catch (error) {
        if (signal.aborted || error instanceof LeaseLostError) throw error;
        deps.onTrouble(runId, error);
        await deps.sleep(pause, signal);
      }
    }
  }

  async function takeAbandoned(): Promise<void> {
    for (const runId of await deps.runs.abandoned(queue === undefined ? 0 : QUEUE_MS)) void begin(runId);
  }

  async function poll(): Promise<void> {
    const everyMs = Math.min(LONGEST_POLL_MS, (settings.leaseSeconds * 1000) / 2);
    while (!draining.signal.aborted) {
      await deps.sleep(everyMs, draining.signal);
      await takeAbandoned().catch((error: unknown) => deps.onTrouble('', error));
    }
  }

  return {
    start(runId) {
      if (draining.signal.aborted) return;
      if (queue === undefined) void begin(runId);
      // A queue that is away must not keep a run waiting.
      else void queue.add(runId).catch(() => begin(runId));
    },
    async resume() {
      await takeAbandoned();
      queue?.listen(begin);
      polling ??= poll();
    },
    async drain() {
      draining.abort();
      await queue?.close();
      await Promise.all([...underWay.values(), polling]);
    },
    get inProgress() {
      return underWay.size;
    },
  };
}
