/**
 * Redis for tests: a fresh logical database on the test run's shared server. A server to stop and start: redis-server.ts.
 */
import { describe, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { SHARED_REDIS } from './shared-services.ts';

/** `describe`, or a suite named as skipped where redis-server is not installed; with CI=true that is a failure. */
export function describeWithRedis(title: string, body: () => void): void {
  if (process.env[SHARED_REDIS] !== undefined) describe(title, body);
  else if (process.env['CI'] === 'true')
    describe(title, () => it('needs redis-server', () => Promise.reject(missing())));
  else describe.skip(`${title} (redis-server is not installed)`, body);
}

/** URL of an empty logical database that nobody else in this test run uses. */
export async function freshRedisUrl(): Promise<string> {
  const shared = process.env[SHARED_REDIS];
  if (shared === undefined) throw missing();
  const client = new Redis(shared);
  try {
    return `${shared}/${await client.incr('databases-given-out')}`;
  } finally {
    await client.quit();
  }
}

function missing(): Error {
  return new Error('redis-server is not installed: apt-get install redis-server');
}
