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
import type { Database } from './database/open.ts';
import { thisMachine } from './shotgrid/authenticator/this-machine.ts';

const readFile = (path: string): string => readFileSync(path, 'utf8');
const terminal = {
  print: (line: string) => process.stdout.write(`${line}\n`),
  printError: (line: string) => process.stderr.write(`${line}\n`),
  setExitCode: (code: number) => {
    process.exitCode = code;
  },
};

const openLog = async (options?: { readonly writable: boolean }): Promise<Database> => {
  const [{ databaseUrlFrom }, { openDatabase }] = await Promise.all([
    import('./cli/database-url.ts'),
    import('./database/open.ts'),
  ]);
  return openDatabase(databaseUrlFrom(process.env, readFile), {
    readonly: options?.writable !== true,
    migrate: false,
  });
};

/** A start loads the modules of the commands that it is about, and no others: all of them take a second. */
const groups: readonly { readonly names: readonly string[]; readonly load: () => Promise<readonly Command[]> }[] = [
  { names: ['action'], load: action },
  { names: ['check'], load: check },
  { names: ['doctor'], load: doctor },
  { names: ['menu'], load: menu },
  { names: ['audit'], load: audit },
  { names: ['login', 'logout', 'whoami'], load: login },
];

async function action(): Promise<readonly Command[]> {
  const { actionCommand } = await import('./cli/action.ts');
  return [actionCommand({ machine: thisMachine(), env: process.env, ...terminal })];
}

async function check(): Promise<readonly Command[]> {
  const { checkCommand } = await import('./cli/check.ts');
  return [checkCommand({ env: process.env, readFile, ...terminal })];
}

async function doctor(): Promise<readonly Command[]> {
  const { doctorCommand } = await import('./cli/doctor.ts');
  return [doctorCommand({ env: process.env, readFile, now: () => new Date(), ...terminal })];
}

async function menu(): Promise<readonly Command[]> {
  const { menuCommand } = await import('./cli/menu.ts');
  return [
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
  ];
}

async function audit(): Promise<readonly Command[]> {
  const [{ auditCommand }, { splitPems }, { siteFrom, variableFrom }] = await Promise.all([
    import('./cli/audit.ts'),
    import('./audit/checkpoint.ts'),
    import('./cli/database-url.ts'),
  ]);
  return [
    auditCommand({
      openDatabase: openLog,
      signingKeys: () => splitPems(variableFrom('AUDIT_CHECKPOINT_KEYS', process.env, readFile) ?? ''),
      site: () => siteFrom(process.env, readFile),
      now: () => new Date(),
      operator: accountName,
      ...terminal,
    }),
  ];
}

async function login(): Promise<readonly Command[]> {
  const [{ loginCommands }, { createTerminal }] = await Promise.all([
    import('./cli/login.ts'),
    import('./cli/terminal.ts'),
  ]);
  return loginCommands({
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
  });
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

/** Help, no name and a misspelt one need all of them, to list and to suggest. */
async function programFor(name: string | undefined): Promise<Command> {
  const program = new Command('understudy').description('the action-menu handler server, from the command line');
  const asked = groups.find(({ names }) => name !== undefined && names.includes(name));
  for (const { load } of asked === undefined ? groups : [asked]) {
    for (const command of await load()) program.addCommand(command);
  }
  return program.exitOverride();
}

knowOwnName();
const program = await programFor(process.argv[2]);
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // A misspelt command is "not done", never one of a command's own answers such as "broken".
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
