/**
 * Starts a server program for tests on a free port, waits until it answers, and stops it. On Linux the kernel ends it
 * together with the test run, also when that is killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../infra/install/find-program.mjs';
import { freePort } from './free-port.ts';

export type Service = { readonly port: number; readonly pid: number; stop(): Promise<void> };

type Start = {
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  /** Resolves when the server on this port answers, rejects while it does not. */
  readonly answers: (port: number) => Promise<unknown>;
  /** System account to run as; only root can choose. */
  readonly user?: string;
  readonly stopSignal?: NodeJS.Signals;
  /** A free port is chosen when absent. */
  readonly port?: number;
};

/** @throws Error with the program's own output when it ends or does not answer within 20 seconds. */
export async function spawnService(start: Start): Promise<Service> {
  const port = start.port ?? (await freePort());
  const stopSignal = start.stopSignal ?? 'SIGTERM';
  const [command, ...args] = commandAs(start.user, stopSignal, [start.program, ...start.args(port)]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

  const stop = async () => {
    if (hasEnded()) return;
    child.kill(stopSignal);
    await exited;
  };
  for (const deadline = Date.now() + 20_000; ;) {
    try {
      await start.answers(port);
      if (child.pid !== undefined) return { port, pid: child.pid, stop };
    } catch (error) {
      if (!hasEnded() && Date.now() < deadline) {
        await delay(20);
        continue;
      }
      await stop();
      throw new Error(`${start.program} does not answer:\n${output}`, { cause: error });
    }
  }
}

/** Prefix of a command that runs it as `user` (root only) and has the kernel end it when this process ends. */
export function commandAs(
  user: string | undefined,
  deathSignal: NodeJS.Signals,
  command: readonly string[],
): [string, ...string[]] {
  const isRoot = process.getuid?.() === 0;
  const account = user !== undefined && isRoot ? user : undefined;
  const setpriv = findProgram(['setpriv']);
  if (setpriv !== undefined) {
    const identity = account === undefined ? [] : [`--reuid=${account}`, `--regid=${account}`, '--init-groups'];
    return [setpriv, `--pdeathsig=${deathSignal.replace('SIG', '')}`, ...identity, '--', ...command];
  }
  if (account !== undefined) return ['runuser', '-u', account, '--', ...command];
  return command as [string, ...string[]];
}
