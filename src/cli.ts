#!/usr/bin/env node
/** `understudy <command>`: what is done beside the running server. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { auditCommand } from './cli/audit.ts';
import { databaseUrlFrom } from './cli/database-url.ts';
import { openDatabase } from './database/open.ts';

const program = new Command('understudy').description('the action-menu handler server, from the command line');

program.addCommand(
  auditCommand({
    openDatabase: async () =>
      openDatabase(
        databaseUrlFrom(process.env, (path) => readFileSync(path, 'utf8')),
        { readonly: true },
      ),
    now: () => new Date(),
    print: (line) => process.stdout.write(`${line}\n`),
    printError: (line) => process.stderr.write(`${line}\n`),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  }),
);

try {
  await program.exitOverride().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // A misspelt command is "not done", never one of a command's own answers such as "broken".
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
