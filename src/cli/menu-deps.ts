/** What the `menu` commands are given by `cli.ts`, and what they make of it: the part of the configuration that they need. */
import { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import { inspectConfig } from '../config/inspect.ts';
import type { Database } from '../database/open.ts';
import { createShotgrid, type Shotgrid } from '../shotgrid/client.ts';

export type MenuCommandDeps = {
  readonly env: Environment;
  /** Reads a `<NAME>_FILE`; may throw. */
  readonly readFile: (path: string) => string;
  /** Opens the log's database; fails when there is none, and makes none. */
  readonly openDatabase: (options?: { readonly writable: boolean }) => Promise<Database>;
  readonly now: () => Date;
  readonly newToken: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks the person; undefined where nobody can answer. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Prints one line of the answer. */
  readonly print: (line: string) => void;
  /** Prints one line of trouble. */
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

/** Exit codes of all of them; stable, since scripts rely on them. */
export const DIFFERS = 1;
/** Nothing was found out, nor done. */
export const COULD_NOT = 2;
/** Some of it was done. */
export const NOT_ALL_DONE = 3;

export type MenuOptions = { readonly json?: boolean; readonly yes?: boolean; readonly as?: string };

/** Something that whoever types the command mends before the site is asked. */
export class MenuInputError extends Error {
  override readonly name = 'MenuInputError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What needs no more than these variables, wherever the command runs. */
const NEEDED = [
  'PUBLIC_URL',
  'SHOTGRID_URL',
  'SHOTGRID_SCRIPT_NAME',
  'SHOTGRID_SCRIPT_KEY',
  'SHOTGRID_PROXY',
  'AMI_SIGNATURE_ALGORITHM',
  'AMI_MAX_AGE_SECONDS',
  'MENU_TOKENS_FILE',
  'ACTIONS_DIR',
] as const;

export type MenuSettings = {
  readonly publicUrl: string;
  readonly siteUrl: string;
  readonly scriptName: string;
  readonly algorithm: 'sha1' | 'sha256';
  readonly maxAgeSeconds: number;
  readonly tokensFile: string | undefined;
  readonly actionsDir: string;
  /** To be closed. */
  readonly shotgrid: Shotgrid;
};

/** @throws {@link MenuInputError} that names every variable that is missing or wrong. */
export function menuSettings({ env, readFile, now }: MenuCommandDeps): MenuSettings {
  const { config, secrets, problems, unusable } = inspectConfig(env, readFile);
  if (NEEDED.some((name) => unusable.has(name))) {
    throw new MenuInputError(problems.filter((problem) => NEEDED.some((name) => problem.startsWith(name))));
  }
  return {
    publicUrl: config.publicUrl,
    siteUrl: config.shotgridUrl,
    scriptName: config.scriptName,
    algorithm: config.ami.algorithm,
    maxAgeSeconds: config.ami.maxAgeSeconds,
    tokensFile: config.ami.tokensFile,
    actionsDir: config.actionsDir,
    shotgrid: createShotgrid({
      siteUrl: config.shotgridUrl,
      scriptName: config.scriptName,
      scriptKey: secrets.scriptKeys,
      proxyUrl: secrets.shotgridProxy,
      now,
    }),
  };
}

/** A subcommand with the options that all of them have. */
export function menuSubcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print the answer as one JSON object')
    .exitOverride();
}

/** Of those that change something. */
export function writingSubcommand(name: string, description: string): Command {
  return menuSubcommand(name, description)
    .option('--yes', 'do not ask')
    .option('--as <name>', 'who you say you are, for the audit log; it proves nothing');
}
