/** A log that nobody reads: the pipe behind standard output is full, as with a collector that hangs. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newSecret, startStudio, type Studio } from '../../infra/studio/start.ts';
import { createLogOutput } from '../../src/web/log-output.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

let folder: string;
/** Two ends of one pipe: what fills and empties it never waits, what is given to others does. */
let own: number;
let given: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-log-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  own = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  given = openSync(pipe, constants.O_RDWR);
});
afterEach(() => {
  closeSync(own);
  closeSync(given);
  rmSync(folder, { recursive: true, force: true });
});

/** Until it takes no more. */
function fill(): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) writeSync(own, Buffer.alloc(size));
    } catch {
      // Full.
    }
  }
}

/** All that is in it, without what it was filled with. */
function empty(): string {
  const chunk = Buffer.alloc(65_536);
  let text = '';
  try {
    for (;;) text += chunk.toString('utf8', 0, readSync(own, chunk, 0, chunk.length, null));
  } catch {
    return text.replaceAll('\0', '');
  }
}

it('keeps lines for a reader that is slow, says how many it lost, and never waits', async () => {
  const lost: number[] = [];
  const exits: (() => void)[] = [];
  const output = createLogOutput({
    now: Date.now,
    onExit: (listener) => exits.push(listener),
    onLost: (lines) => lost.push(lines),
    // Closed with the output.
    fd: openSync(join(folder, 'pipe'), constants.O_RDWR),
  });
  fill();
  const line = `${'x'.repeat(1_023)}\n`;
  for (let written = 0; written < 10_000; written += 1) output.stream.write(line);
  let received = '';
  await until(() => {
    received += empty();
    return lost.length > 0;
  });
  received += empty();
  expect(received.length / line.length + lost[0]!).toBe(10_000);
  expect(received.replaceAll(line, '')).toBe('');
  expect(lost[0]).toBeLessThan(2_500);
  output.stream.write('the last\n');
  expect(await output.close(5_000)).toBe(true);
  expect(empty()).toBe('the last\n');
  output.stream.write('too late\n');
});

it('holds up neither a server’s start, nor its answers, nor its end', async () => {
  let studio: Studio | undefined;
  let child: ChildProcess | undefined;
  try {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    studio = await startStudio({ server: url });
    fill();
    child = spawn(process.execPath, [fileURLToPath(new URL('../../src/main.ts', import.meta.url))], {
      env: {
        ...studio.environment,
        PATH: process.env['PATH'],
        PUBLIC_URL: url,
        PORT: String(port),
        SESSION_SECRETS: newSecret(),
        DATABASE_URL: `file:${join(folder, 'test.db')}`,
        LOG_LEVEL: 'debug',
        ...COMPILE_CACHE,
      },
      stdio: ['ignore', given, 'inherit'],
    });
    const ended = new Promise((resolve) => child?.once('exit', (code, signal) => resolve(signal ?? code)));
    const ask = async (path: string): Promise<number> => {
      const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
      await answer.body?.cancel();
      return answer.status;
    };
    await until(async () => (await ask('/readyz').catch(() => 0)) === 200, 20_000);
    for (let asked = 0; asked < 30; asked += 1) expect(await ask('/nothing-here')).toBe(404);
    let received = '';
    await until(() => (received += empty()).includes('"path":"/nothing-here"'));
    expect(received).toContain('"msg":"listening; open');
    fill();
    for (let asked = 0; asked < 30; asked += 1) expect(await ask('/nothing-here')).toBe(404);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    child?.kill('SIGKILL');
    await studio?.close();
  }
}, 60_000);
