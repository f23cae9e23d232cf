/** The queue that carries word of runs between replicas. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunQueue } from '../../src/runs/run-queue.ts';
import { createQueue } from '../../src/web/run-queue.ts';
import { describeWithRedis } from '../support/redis.ts';
import { startOwnRedis, type OwnRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

describeWithRedis('the queue of runs', () => {
  let redis: OwnRedis;
  const queues: RunQueue[] = [];
  beforeAll(async () => {
    redis = await startOwnRedis();
  });
  afterEach(async () => {
    for (const queue of queues.splice(0)) await queue.close();
  });
  afterAll(() => redis.remove());

  function aQueue(): RunQueue {
    const queue = createQueue({
      url: redis.url,
      sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
      onError: () => undefined,
    });
    queues.push(queue);
    return queue;
  }

  it('hands each run to one replica, whichever is free', async () => {
    const [confirms, one, two] = [aQueue(), aQueue(), aQueue()];
    const performed: string[] = [];
    for (const replica of [one, two]) {
      replica.listen(async (runId) => {
        performed.push(runId);
        await delay(20);
      });
    }
    const ids = Array.from({ length: 20 }, (_, index) => `run-${index}`);
    await Promise.all(ids.map((id) => confirms.add(id)));
    await until(() => performed.length >= 20);
    expect(performed.toSorted()).toEqual(ids.toSorted());
  });

  it('says soon that Redis is away, so that a run does not wait for it, and works again when it is back', async () => {
    const queue = aQueue();
    await queue.add('before');
    await redis.stop();
    await expect(queue.add('meanwhile')).rejects.toThrow('Redis does not answer');
    await redis.restart();
    const performed: string[] = [];
    queue.listen((runId) => {
      performed.push(runId);
      return Promise.resolve();
    });
    await queue.add('after');
    await until(() => performed.includes('after'));
    // What an emptied Redis has forgotten is found in the database.
    expect(performed).not.toContain('before');
  });

  it('closes, also while Redis is away', async () => {
    const queue = aQueue();
    queue.listen(() => Promise.resolve());
    await queue.add('run');
    await redis.stop();
    await queue.close();
    queues.length = 0;
    await redis.restart();
  });
});
