/** Checkpoints of a real log, to a real file and a real address. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { checkCheckpoint, parseCheckpoint } from '../../src/audit/checkpoint.ts';
import type { Checkpoint } from '../../src/audit/checkpoint.ts';
import { createCheckpoints } from '../../src/audit/checkpoints.ts';
import type { CheckpointPlan } from '../../src/audit/checkpoints.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import { databases } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { startCollector, type Collector } from './collector.ts';
import { newKey } from './logs.ts';

const key = newKey();
const FIRST = new Date('2026-01-02T03:04:05.678Z');
let folder: string;
let collector: Collector;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-checkpoints-'));
  collector = await startCollector();
});
afterEach(async () => {
  await collector.close();
  await rm(folder, { recursive: true });
});

describe.each(databases)('checkpoints of a log in $name', ({ open }) => {
  const start = async (plan: Partial<CheckpointPlan> = {}, url?: string) => {
    const database = await open(url);
    const logged: Checkpoint[] = [];
    const troubles: string[] = [];
    let ticks = 0;
    const checkpoints = createCheckpoints({
      db: database.db.$extendTables<AuditTables>(),
      now: () => new Date(FIRST.getTime() + ticks++),
      plan: { key: key.signing, everyRecords: 5, everyMinutes: 10, toLog: (one) => logged.push(one), ...plan },
      onTrouble: (where) => troubles.push(where),
    });
    const log = createAuditLog({ database, now: () => new Date(), onCommitted: checkpoints.wake });
    const append = (count: number) => log.append(Array.from({ length: count }, () => loggedOut({})));
    return { database, log, checkpoints, logged, troubles, append };
  };

  it('are signed after so many records, and hold', async () => {
    const { append, log, logged, checkpoints } = await start();
    await append(4);
    expect(logged).toEqual([]);
    const [last] = (await append(1)).slice(-1);
    const checkpoint = await until(() => logged[0]);
    expect(checkpoint).toMatchObject({ size: 5, head: last?.hash, time: '2026-01-02T03:04:05.678Z' });
    expect(checkCheckpoint(checkpoint, key.keys)).toBeUndefined();
    await append(7);
    await until(() => logged.length === 2);
    expect(await log.verify({ checkpoints: logged, keys: key.keys })).toMatchObject({ intact: true, signedUpTo: 12 });
    await checkpoints.close();
  });

  it('are signed at the end for what is new, and not twice for the same', async () => {
    const file = join(folder, 'checkpoints.jsonl');
    const one = await start({ file });
    await one.append(2);
    await one.checkpoints.close();
    expect(one.logged.map(({ size }) => size)).toEqual([2]);
    const two = await start({ file }, one.database.url);
    await two.checkpoints.close();
    expect(two.logged).toEqual([]);
    const three = await start({ file }, one.database.url);
    await three.append(1);
    await three.checkpoints.close();
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.map((line) => parseCheckpoint(line)?.size)).toEqual([2, 3, undefined]);
  });

  it('are not signed for a log without records', async () => {
    const { checkpoints, logged } = await start();
    await checkpoints.close();
    expect(logged).toEqual([]);
  });

  it('come once, although several servers would sign at the same moment', async () => {
    const one = await start();
    const two = await start({}, one.database.url);
    await one.append(4);
    await Promise.all([one.append(1), two.append(1)]);
    await until(() => one.logged.length + two.logged.length > 0);
    await Promise.all([one.checkpoints.close(), two.checkpoints.close()]);
    const sizes = [...one.logged, ...two.logged].map(({ size }) => size);
    expect(new Set(sizes).size).toBe(sizes.length);
    expect(sizes).toContain(6);
  });

  it('are signed for whoever asks, of all that was durable then, also while another is being signed', async () => {
    const { append, checkpoints, logged, log } = await start({ everyRecords: 1 });
    expect(await checkpoints.sign()).toBeUndefined();
    for (let count = 1; count <= 20; count += 1) {
      const [last] = await append(1);
      const signed = await Promise.all([checkpoints.sign(), checkpoints.sign()]);
      expect(signed).toMatchObject([
        { size: count, head: last?.hash },
        { size: count, head: last?.hash },
      ]);
      expect(signed.map((one) => one && checkCheckpoint(one, key.keys))).toEqual([undefined, undefined]);
      expect(logged.filter(({ size }) => size === count)).toEqual([signed[0]]);
      expect(signed[1]).toEqual(signed[0]);
    }
    await checkpoints.close();
    expect(logged.map(({ size }) => size)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(await log.verify({ checkpoints: logged, keys: key.keys })).toMatchObject({ signedUpTo: 20 });
  });

  it('are refused to whoever asks while the database does not answer', async () => {
    const { append, checkpoints, database } = await start();
    await append(1);
    await sql`alter table audit_checkpoints rename to away`.execute(database.db);
    await expect(checkpoints.sign()).rejects.toThrow();
    await checkpoints.close();
  });

  it('wait for an address that is down, hold nobody up, and arrive in order', async () => {
    collector.answer = 503;
    const { append, checkpoints, logged, troubles } = await start({ everyRecords: 1, url: collector.url });
    await append(1);
    await until(() => troubles.includes('address'));
    await append(1);
    await until(() => logged.length === 2);
    collector.answer = 200;
    await until(() => collector.bodies.length === 2);
    expect(collector.bodies.map((body) => parseCheckpoint(body))).toEqual(logged);
    await checkpoints.close();
  });

  it('wait for a disk that is gone', async () => {
    const file = join(folder, 'not-there-yet', 'checkpoints.jsonl');
    const { append, checkpoints, troubles } = await start({ everyRecords: 1, file });
    await append(1);
    await until(() => troubles.includes('file'));
    await checkpoints.close();
  });

  it('cannot be changed or taken back in the database', async () => {
    const { append, checkpoints, database } = await start();
    await append(1);
    await checkpoints.close();
    for (const statement of ['update audit_checkpoints set size = 0', 'delete from audit_checkpoints']) {
      await expect(sql.raw(statement).execute(database.db)).rejects.toThrow('append-only');
    }
  });
});
