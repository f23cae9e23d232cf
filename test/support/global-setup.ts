/** Runs once before all tests: one redis-server and one PostgreSQL for the whole run, as far as they are installed. */
import { findRedis } from '../../infra/install/find-program.mjs';
import { SHARED_POSTGRES, SHARED_REDIS } from './shared-services.ts';
import { hasPostgres, startOwnPostgres } from './postgres.ts';
import { startOwnRedis } from './redis-server.ts';
import { stopShared, willRemove, willStop } from './global-teardown.ts';
import { useMemoryFolder } from './memory-folder.ts';

export default async function startShared(): Promise<void> {
  // A run that is started from within a test run must not inherit servers that it would not own.
  Reflect.deleteProperty(process.env, SHARED_POSTGRES);
  Reflect.deleteProperty(process.env, SHARED_REDIS);
  willRemove(useMemoryFolder());
  const started = await Promise.allSettled([startPostgres(), startRedis()]);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return;
  await stopShared();
  throw failed.reason;
}

async function startPostgres(): Promise<void> {
  if (!hasPostgres()) return;
  const postgres = await startOwnPostgres();
  willStop(() => postgres.stop());
  process.env[SHARED_POSTGRES] = postgres.url();
}

async function startRedis(): Promise<void> {
  if (findRedis() === undefined) return;
  const redis = await startOwnRedis();
  willStop(() => redis.remove());
  process.env[SHARED_REDIS] = redis.url;
}
