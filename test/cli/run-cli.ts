/** The command line as a person starts it: a process of its own, with the environment that is given and no other. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

export function runCli(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CLI, ...args],
      { cwd: options.cwd, env: { ...COMPILE_CACHE, ...options.env }, timeout: 60_000 },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
