import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAuditLog } from '../../src/audit/log.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { databases } from '../support/databases.ts';

const PROGRAM = fileURLToPath(new URL('append-process.ts', import.meta.url));

const running: ReturnType<typeof spawn>[] = [];
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

function startAppending(url: string, count: number, name: string, burst = 1) {
  const child = spawn(process.execPath, [PROGRAM, url, String(count), name, String(burst)], {
    env: { ...process.env, ...COMPILE_CACHE },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  return { child, acknowledged: createInterface(child.stdout), exited: once(child, 'exit') };
}

describe.each(databases)('processes that append to one log in $name', ({ open }) => {
  const openLog = async () => {
    const database = await open();
    return { url: database.url, log: createAuditLog({ database, now: () => new Date() }) };
  };

  it('keep one chain', async () => {
    const { url, log } = await openLog();
    const processes = ['a', 'b', 'c'].map((name) => startAppending(url, 40, name));
    for (const { exited } of processes) expect(await exited).toEqual([0, null]);
    expect(await log.verify()).toMatchObject({ intact: true, size: 120 });
    for (const name of ['a', 'b', 'c']) {
      for (const n of [1, 40]) expect((await log.search({ reference: `${name}-${n}` })).records).toHaveLength(1);
    }
  });

  it('lose nothing that they acknowledged when they are killed, 20 times in the middle of a burst', async () => {
    const { url, log } = await openLog();
    for (let round = 1; round <= 20; round += 1) {
      // Somewhere in the first, the second … the seventh burst of 16.
      const stopAfter = 1 + ((round * 37) % 100);
      const { child, acknowledged, exited } = startAppending(url, 1_000_000, `round-${round}`, 16);
      const seen: string[] = [];
      for await (const line of acknowledged) {
        seen.push(line);
        if (seen.length === stopAfter) child.kill('SIGKILL');
      }
      expect(await exited).toEqual([null, 'SIGKILL']);
      expect(seen.length).toBeGreaterThanOrEqual(stopAfter);
      const lost: string[] = [];
      for (const line of seen.filter((one) => / [0-9a-f]{64}$/.test(one))) {
        const [seq, hash] = line.split(' ');
        if ((await log.read(Number(seq)))?.hash !== hash) lost.push(line);
      }
      expect(lost).toEqual([]);
    }
    expect(await log.verify()).toMatchObject({ intact: true });
  }, 180_000);
});
