/** The queue of runs in Redis. Its connection waits for a Redis that is away, where a session's gives up at once. */
import { Cluster, Redis } from 'ioredis';
import { createRedisQueue, type QueueConnection } from '../runs/redis-queue.ts';
import type { RunQueue } from '../runs/run-queue.ts';
import { parseRedisUrl, type RedisTarget } from '../session/redis-url.ts';

/** @throws TypeError when the URL is not understood. */
export function createQueue(deps: {
  readonly url: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onError: (error: Error) => void;
}): RunQueue {
  return createRedisQueue({ ...deps, connection: connectQueue(deps.url, deps.onError) });
}

function connectQueue(url: string, onError: (error: Error) => void): QueueConnection {
  const client = connect(parseRedisUrl(url));
  // Without a listener ioredis writes to the console.
  client.on('error', onError);
  // BullMQ takes copies, which it would go on connecting for ever, also after it was closed while Redis was away.
  const copies: (Redis | Cluster)[] = [];
  const duplicate = client.duplicate.bind(client) as (...given: readonly unknown[]) => Redis | Cluster;
  const tracked = (...given: readonly unknown[]): Redis | Cluster => {
    const copy = duplicate(...given);
    copy.on('error', onError);
    copies.push(copy);
    return copy;
  };
  Object.assign(client, { duplicate: tracked });
  return {
    client,
    disconnect() {
      for (const one of [client, ...copies]) one.disconnect();
    },
  };
}

function connect(target: RedisTarget): Redis | Cluster {
  const options = {
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
    // Commands that wait for a job have no end of their own.
    maxRetriesPerRequest: null,
    retryStrategy: backOff,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  switch (target.kind) {
    case 'single':
      return new Redis({ ...options, ...target.node, db: target.db });
    case 'sentinel':
      return new Redis({
        ...options,
        db: target.db,
        name: target.master,
        sentinels: [...target.nodes],
        sentinelRetryStrategy: backOff,
        enableTLSForSentinelMode: target.tls,
        ...(target.tls ? { sentinelTLS: {} } : {}),
      });
    case 'cluster':
      return new Cluster([...target.nodes], { clusterRetryStrategy: backOff, redisOptions: options });
  }
}

/** Milliseconds before the next attempt to connect. */
function backOff(times: number): number {
  return Math.min(times * 100, 2_000);
}
