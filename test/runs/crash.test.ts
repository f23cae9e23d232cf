/** A server that is killed outright, again and again, in the middle of its runs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { databases } from '../support/databases.ts';
import { killsOr, KINDS, startCrashStudio, type CrashStudio } from './crash-studio.ts';

const ROWS = 300;
const KILLS = killsOr(12);
const LATENCY = 0.15;

const [{ open }] = databases as [(typeof databases)[number]];
let crash: CrashStudio;
beforeAll(async () => {
  crash = await startCrashStudio(await open(), LATENCY);
}, 60_000);
afterAll(async () => {
  await crash.close();
});

const batches = (): number => crash.studio.site.calls.filter(({ path }) => path.includes('_batch')).length;

/** Until the run's server has sent something since, or has nothing left to send. */
async function untilItWrites(since: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    for (let looks = 0; looks < 10; looks += 1) {
      if (batches() > since) return;
      await delay(5);
    }
    if ((await crash.unfinished()).length === 0) return;
  }
  throw new Error('nobody goes on with the runs');
}

describe(`a server killed ${KILLS} times, at random points of runs of ${ROWS} rows`, () => {
  it('writes no row twice, loses none, and keeps its log whole', async () => {
    const started = [await crash.confirmRuns(ROWS)];
    let kills = 0;
    while (kills < KILLS) {
      if ((await crash.unfinished()).length === 0) started.push(await crash.confirmRuns(ROWS));
      const before = batches();
      const server = await crash.startServer();
      await untilItWrites(before);
      await delay(Math.random() * 120);
      await server.stop();
      // Only a kill that left something unfinished counts.
      if ((await crash.unfinished()).length > 0) kills += 1;
    }
    const last = await crash.startServer();
    while ((await crash.unfinished()).length > 0) await delay(50);
    await last.stop();

    for (const ids of started) for (const kind of KINDS) await crash.reckon(kind, ids[kind]);
    expect(await crash.audit.verify()).toMatchObject({ intact: true });
    for (const ids of started) {
      for (const kind of KINDS) {
        const { records } = await crash.audit.search({ runId: ids[kind], type: 'run.finished' });
        expect(records).toHaveLength(1);
      }
    }
  }, 600_000);
});
