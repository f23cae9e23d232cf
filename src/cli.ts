#!/usr/bin/env node
/** `understudy <command>`: what is done beside the running server. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { knowOwnName } from './actions/typescript/own-name.ts';
import { splitPems } from './audit/checkpoint.ts';
import { actionCommand } from './cli/action.ts';
import { auditCommand } from './cli/audit.ts';
import { checkCommand } from './cli/check.ts';
import { doctorCommand } from './cli/doctor.ts';
import { databaseUrlFrom, siteFrom, variableFrom } from './cli/database-url.ts';
import { openDatabase } from './database/open.ts';

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
program.addCommand(actionCommand({ env: process.env, ...terminal }));
program.addCommand(checkCommand({ env: process.env, readFile, ...terminal }));
program.addCommand(doctorCommand({ env: process.env, readFile, now: () => new Date(), ...terminal }));
program.addCommand(
  auditCommand({
    openDatabase: async (options) =>
      openDatabase(databaseUrlFrom(process.env, readFile), { readonly: options?.writable !== true, migrate: false }),
    signingKeys: () => splitPems(variableFrom('AUDIT_CHECKPOINT_KEYS', process.env, readFile) ?? ''),
    site: () => siteFrom(process.env, readFile),
    now: () => new Date(),
    operator: accountName,
    ...terminal,
  }),
);

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
