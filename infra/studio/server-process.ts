/** The real server as a child process: started with an environment of its own, watched until ready, stopped gently. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type ServerProcess = {
  /** Resolves with the exit code (null when killed), however it ended. */
  readonly ended: Promise<number | null>;
  /** Resolves once `/readyz` says 200; throws when the process ends first or the time is over. */
  readonly ready: (timeoutMs: number) => Promise<void>;
  /** SIGTERM, and SIGKILL when it has not drained after `graceMs`. */
  readonly stop: (graceMs?: number) => Promise<void>;
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What a program needs of its surroundings; nothing else of the caller's environment may configure the server. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'SystemRoot', 'NODE_COMPILE_CACHE'];

/**
 * @param environment - Configuration of the server, `PUBLIC_URL` among it.
 * @param logFile - Gets standard output and error, from the start.
 */
export function startServerProcess(environment: Readonly<Record<string, string>>, logFile: string): ServerProcess {
  const log = openSync(logFile, 'w', 0o600);
  const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { ...(Object.fromEntries(inherited) as Record<string, string>), ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = endOf(child);
  let running = true;
  void ended.then(() => {
    running = false;
  });

  return {
    ended,
    async ready(timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      while (Date.now() < deadline) {
        if (!running) throw new Error(`The server ended while starting. Its last words:\n\n${lastLines(logFile)}`);
        if (await isReady(`${environment['PUBLIC_URL'] ?? ''}/readyz`)) return;
        await wait(50);
      }
      throw new Error(`The server was not ready after ${timeoutMs / 1000} s. Its last words:\n\n${lastLines(logFile)}`);
    },
    async stop(graceMs = 10_000) {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(killer);
    },
  };
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
