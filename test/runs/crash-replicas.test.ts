/** Two servers on one PostgreSQL and one Redis: what one leaves behind, the other goes on with. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { createRedisQueue } from '../../src/runs/redis-queue.ts';
import { databases } from '../support/databases.ts';
import { describeWithRedis } from '../support/redis.ts';
import { startOwnRedis, type OwnRedis } from '../support/redis-server.ts';
import { killsOr, KINDS, startCrashStudio, type CrashStudio } from './crash-studio.ts';

const ROWS = 300;
const KILLS = killsOr(8);
// Slow enough that many kills meet one set of runs, though the other server works on all the while.
const LATENCY = 1.5;

const postgres = databases.find(({ dialect }) => dialect === 'postgres');
// Where PostgreSQL is missing, databases.ts has said so.
const describeReplicas = postgres === undefined ? describe.skip : describeWithRedis;

describeReplicas(`two servers, one of them killed ${KILLS} times at random points, and Redis emptied once`, () => {
  let redis: OwnRedis;
  let crash: CrashStudio;
  beforeAll(async () => {
    redis = await startOwnRedis();
    crash = await startCrashStudio(await postgres!.open(), LATENCY, { REDIS_URL: redis.url });
  }, 60_000);
  afterAll(async () => {
    await crash.close();
    await redis.remove();
  });

  const batches = (): number => crash.studio.site.calls.filter(({ path }) => path.includes('_batch')).length;

  /** As a server does after a confirmation. */
  async function handOut(ids: readonly string[]): Promise<void> {
    const client = new Redis(redis.url, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    const queue = createRedisQueue({
      connection: { client, disconnect: () => client.disconnect() },
      sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
      onError: () => undefined,
    });
    for (const id of ids) await queue.add(id);
    await queue.close();
  }

  it('write no row twice, lose none, and keep one whole log', async () => {
    const started: Readonly<Record<(typeof KINDS)[number], string>>[] = [];
    const staying = await crash.startServer();
    let kills = 0;
    let restarted = false;
    while (kills < KILLS) {
      const victim = await crash.startServer();
      if ((await crash.unfinished()).length < KINDS.length) {
        const ids = await crash.confirmRuns(ROWS);
        started.push(ids);
        await handOut(Object.values(ids));
      }
      const before = batches();
      while (batches() === before && (await crash.unfinished()).length > 0) {
        for (let looks = 0; looks < 10 && batches() === before; looks += 1) await delay(5);
      }
      await delay(Math.random() * 150);
      await victim.stop();
      // Only a kill that left something unfinished counts.
      if ((await crash.unfinished()).length > 0) kills += 1;
      if (!restarted && kills >= KILLS / 2) {
        restarted = true;
        await redis.stop();
        await delay(200);
        await redis.restart();
      }
    }
    while ((await crash.unfinished()).length > 0) await delay(50);
    await staying.stop();

    for (const ids of started) for (const kind of KINDS) await crash.reckon(kind, ids[kind]);
    expect(await crash.audit.verify()).toMatchObject({ intact: true });
  }, 600_000);
});
