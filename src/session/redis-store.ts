/** Sessions in Redis, for several replicas. When Redis is away every call fails at once: a page says so, nobody waits. */
import { RedisStore } from 'connect-redis';
import { Cluster, Redis } from 'ioredis';
import { orUnavailable } from './errors.ts';
import { createRedisIndex } from './redis-index.ts';
import { parseRedisUrl } from './redis-url.ts';
import type { RedisTarget } from './redis-url.ts';
import { createStore } from './store.ts';
import type { SessionStore } from './store.ts';

const TIMEOUT_MS = 2_000;

/**
 * Sessions in Redis under `understudy:session:<id>`, each expiring by itself. Connects in the background and goes on trying,
 * so that the server starts, and says what is wrong, also while Redis is down; `check` tells when it is there.
 *
 * @param deps.url - See `parseRedisUrl`.
 * @param deps.onError - Told about every failed connection, for the log.
 * @throws TypeError when the URL is not understood.
 */
export function createRedisStore(deps: {
  readonly url: string;
  readonly maxAgeSeconds: number;
  readonly now: () => Date;
  readonly onError: (error: Error) => void;
}): SessionStore {
  const client = connect(parseRedisUrl(deps.url));
  // Without a listener ioredis writes to the console.
  client.on('error', deps.onError);
  const redis = new RedisStore({ client, prefix: 'understudy:session:', ttl: deps.maxAgeSeconds });
  const index = createRedisIndex({ ...deps, client, read: (id) => redis.get(id) });
  return {
    store: createStore({
      read: (id) => redis.get(id),
      async write(id, session) {
        // First the index: a session that could not be found by its person must not come to be.
        await index.note(id, session);
        await redis.set(id, session);
      },
      async touch(id, session) {
        await Promise.all([index.note(id, session), redis.touch(id, session)]);
      },
      remove: (id) => redis.destroy(id),
    }),
    listOf: (person) => orUnavailable(() => index.listOf(person)),
    listOfProvider: (issuer, sid) => orUnavailable(() => index.listOfProvider(issuer, sid)),
    end: (id) => orUnavailable(() => redis.destroy(id)),
    check: async () => {
      await orUnavailable(() => client.get('understudy:check'));
    },
    // Redis forgets expired keys by itself.
    prune: () => Promise.resolve(0),
    close: async () => {
      // quit() waits for what is under way, and fails where there is no connection to wait for.
      await client.quit().catch(() => undefined);
      client.disconnect();
    },
  };
}

function connect(target: RedisTarget): Redis | Cluster {
  const options = {
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // After a failover the old master answers READONLY: find the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
  const failFast = { enableOfflineQueue: false, retryStrategy: backOff };
  switch (target.kind) {
    case 'single':
      return new Redis({ ...options, ...failFast, ...target.node, db: target.db });
    case 'sentinel':
      return new Redis({
        ...options,
        ...failFast,
        db: target.db,
        name: target.master,
        sentinels: [...target.nodes],
        sentinelRetryStrategy: backOff,
        enableTLSForSentinelMode: target.tls,
        ...(target.tls ? { sentinelTLS: {} } : {}),
      });
    case 'cluster':
      return new Cluster([...target.nodes], {
        enableOfflineQueue: false,
        clusterRetryStrategy: backOff,
        redisOptions: options,
      });
  }
}

/** Milliseconds before the next attempt to connect. */
function backOff(times: number): number {
  return Math.min(times * 100, 2_000);
}
