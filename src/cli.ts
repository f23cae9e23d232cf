#!/usr/bin/env node
/** `understudy <command>`: what is done beside the running server. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { knowOwnName } from './actions/typescript/own-name.ts';
import { splitPems } from './audit/checkpoint.ts';
import { actionCommand } from './cli/action.ts';
import { auditCommand } from './cli/audit.ts';
import { checkCommand } from './cli/check.ts';
import { doctorCommand } from './cli/doctor.ts';
import { databaseUrlFrom, siteFrom, variableFrom } from './cli/database-url.ts';
import { loginCommands } from './cli/login.ts';
import { createTerminal } from './cli/terminal.ts';
import { thisMachine } from './shotgrid/authenticator/this-machine.ts';
import { menuCommand } from './cli/menu.ts';
import { openDatabase, type Database } from './database/open.ts';

const program = new Command('understudy').description('the action-menu handler server, from the command line');

const readFile = (path: string): string => readFileSync(path, 'utf8');
const terminal = {
  print: (line: string) => process.stdout.write(`${line}\n`),
  printError: (line: string) => process.stderr.write(`${line}\n`),
  setExitCode: (code: number) => {
    process.exitCode = code;
  },
};

knowOwnName();
program.addCommand(actionCommand({ machine: thisMachine(), env: process.env, ...terminal }));
program.addCommand(checkCommand({ env: process.env, readFile, ...terminal }));
program.addCommand(doctorCommand({ env: process.env, readFile, now: () => new Date(), ...terminal }));
const openLog = async (options?: { readonly writable: boolean }): Promise<Database> =>
  openDatabase(databaseUrlFrom(process.env, readFile), { readonly: options?.writable !== true, migrate: false });
program.addCommand(
  menuCommand({
    env: process.env,
    readFile,
    openDatabase: openLog,
    now: () => new Date(),
    newToken: () => randomBytes(32).toString('base64url'),
    sleep: (ms) => delay(ms),
    confirm: process.stdin.isTTY && process.stdout.isTTY ? askPerson : undefined,
    ...terminal,
  }),
);
program.addCommand(
  auditCommand({
    openDatabase: openLog,
    signingKeys: () => splitPems(variableFrom('AUDIT_CHECKPOINT_KEYS', process.env, readFile) ?? ''),
    site: () => siteFrom(process.env, readFile),
    now: () => new Date(),
    operator: accountName,
    ...terminal,
  }),
);
for (const command of loginCommands({
  machine: thisMachine(),
  readFile,
  now: () => new Date(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  hostName: hostname(),
  // The answer alone goes to standard output, so that a program can read it.
  terminal: process.stdin.isTTY && process.stderr.isTTY ? createTerminal(process.stdin, process.stderr) : undefined,
  readInput: () => text(process.stdin),
  openBrowser,
  ...terminal,
})) {
  program.addCommand(command);
}

/** A machine without a browser is none to complain about: the address was printed. */
async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    (await open(url)).on('error', () => undefined);
  } catch {
    // As above.
  }
}

/** Ctrl-C is a no. */
async function askPerson(message: string): Promise<boolean> {
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message, default: false }).catch(() => false);
}

/** A container may run as an account that has no name. */
function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

try {
  await program.exitOverride().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // A misspelt command is "not done", never one of a command's own answers such as "broken".
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
