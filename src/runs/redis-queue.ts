/**
 * Hands runs out to the replicas of one Redis, by BullMQ. A job is a run's id and nothing else: Redis may be emptied or away, and the
 * database still says which runs there are.
 */
import { Queue, Worker, type ConnectionOptions } from 'bullmq';
import type { RunQueue } from './run-queue.ts';

const NAME = 'runs';
/** In braces, so that a cluster keeps all keys of the queue on one node. */
const PREFIX = '{understudy}';
/** Runs of one replica at a time; how many calls they make together is limited elsewhere. */
const RUNS_AT_A_TIME = 50;
const ADD_MS = 2_000;
const CLOSE_MS = 3_000;

export type QueueConnection = {
  readonly client: ConnectionOptions;
  /** Lets go of it, also when Redis is away. */
  readonly disconnect: () => void;
};

/** Connects in the background and goes on trying; until then `add` rejects. */
export function createRedisQueue(deps: {
  readonly connection: QueueConnection;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onError: (error: Error) => void;
}): RunQueue {
  const { connection } = deps;
  const shared = { connection: connection.client, prefix: PREFIX, skipVersionCheck: true } as const;
  const queue = new Queue(NAME, shared);
  queue.on('error', deps.onError);
  let worker: Worker | undefined;

  /** BullMQ waits for a Redis that is away as long as it takes; nobody here does. */
  async function within<T>(ms: number, work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const tooLong = deps.sleep(ms, over.signal).then(() => {
      if (!over.signal.aborted) throw new Error('Redis does not answer');
    });
    try {
      return (await Promise.race([work, tooLong])) as T;
    } finally {
      over.abort();
      work.catch(() => undefined);
    }
  }

  return {
    async add(runId) {
      // Added again under the same id it is the same job.
      await within(ADD_MS, queue.add('run', null, { jobId: runId, removeOnComplete: true, removeOnFail: true }));
    },
    listen(perform) {
      worker ??= new Worker(NAME, ({ id }) => (id === undefined ? Promise.resolve() : perform(id)), {
        ...shared,
        concurrency: RUNS_AT_A_TIME,
      });
      worker.on('error', deps.onError);
    },
    async close() {
      // By force: who performs waits for its runs itself, and a lost job is found in the database.
      const closing = Promise.all([worker?.close(true), queue.close()]);
      await within(CLOSE_MS, closing).catch(deps.onError);
      connection.disconnect();
    },
  };
}
