/** A server in a process of its own, so that it shares no event loop with whoever measures it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';

export type Child = {
  readonly origin: string;
  /** Milliseconds from the start of the process to the first 200. */
  readonly readyAfterMs: number;
  /** Resident memory in MB now; undefined where there is no /proc. */
  readonly residentMb: () => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
};

const PATIENCE_MS = 20_000;
const POLL_MS = 5;

/**
 * Starts `node <script>` with exactly this environment and waits until `readyPath` answers 200.
 *
 * @param start.port - Where the script listens.
 * @param start.logFile - Takes its output, as in operation.
 */
export async function startChild(start: {
  readonly script: URL;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly readyPath: string;
  readonly logFile: string;
}): Promise<Child> {
  const origin = `http://localhost:${start.port}`;
  const log = openSync(start.logFile, 'w', 0o600);
  const started = performance.now();
  const child = spawn(process.execPath, [...execArguments(), start.script.pathname], {
    env: { PATH: process.env['PATH'], ...start.environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = once(child, 'exit');

  while (!(await answers(`${origin}${start.readyPath}`))) {
    if (child.exitCode !== null || performance.now() - started > PATIENCE_MS) {
      child.kill('SIGKILL');
      throw new Error(`${start.script.pathname} did not start:\n${readFileSync(start.logFile, 'utf8')}`);
    }
    await delay(POLL_MS);
  }
  const readyAfterMs = performance.now() - started;

  return {
    origin,
    readyAfterMs,
    residentMb: () => residentMb(child.pid),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** `BENCH_NODE_OPTIONS="--cpu-prof"` shows where the time goes. */
function execArguments(): readonly string[] {
  return (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '');
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await request(url, { headers: { accept: 'application/json' } });
    await response.body.dump();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}

async function residentMb(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid ?? ''}/status`, 'utf8');
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
