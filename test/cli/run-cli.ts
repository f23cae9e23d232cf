/** The command line, as a person starts it and without the start. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CommanderError, type Command } from 'commander';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A process of its own, with the environment that is given and no other. */
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

/** What a command says, and with what exit code it ends. */
export type Terminal = {
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

/** The same in this process, as `cli.ts` has it: most of the time of a command goes into its start. */
export async function runHere(create: (terminal: Terminal) => Command, args: readonly string[]): Promise<Ended> {
  const ended = { code: 0, stdout: '', stderr: '' };
  const command = create({
    print: (line) => void (ended.stdout += `${line}\n`),
    printError: (line) => void (ended.stderr += `${line}\n`),
    setExitCode: (code) => void (ended.code = code),
  });
  for (const each of [command, ...command.commands]) {
    each.configureOutput({
      writeOut: (text) => void (ended.stdout += text),
      writeErr: (text) => void (ended.stderr += text),
    });
  }
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    ended.code = error.exitCode === 0 ? 0 : 2;
  }
  return ended;
}
