/** `understudy doctor`: what is wrong with the whole set-up, and how to mend it. Changes nothing on the site. */
import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import { inspectConfig } from '../config/inspect.ts';
import { openDatabase, type Database } from '../database/open.ts';
import { sqlitePath } from '../database/sqlite.ts';
import { createDoctor } from '../doctor/doctor.ts';
import type { CheckResult, Level, Report } from '../doctor/report.ts';
import { plain } from './text-table.ts';

export type DoctorCommandDeps = {
  readonly env: Environment;
  /** May throw. */
  readonly readFile: (path: string) => string;
  readonly now: () => Date;
  /** Prints one line of the answer. */
  readonly print: (line: string) => void;
  /** Prints one line of trouble. */
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

type Options = { readonly json?: boolean; readonly as?: string; readonly claims?: string };

/** Stable, since scripts rely on them. */
const EXIT_CODES: Readonly<Record<Report['level'], number>> = { ok: 0, warning: 1, failure: 3 };
const COULD_NOT = 2;

export function doctorCommand(deps: DoctorCommandDeps): Command {
  return new Command('doctor')
    .description('look at the whole set-up: what is wrong with it, and how to mend it')
    .option('--json', 'print the report as one JSON object')
    .option('--as <login>', 'somebody who agreed to be acted for: a token is asked for, and nothing is done with it')
    .option(
      '--claims <file>',
      'claims of one ID token, or a list of those of several, as JSON: which claim is the login?',
    )
    .addHelpText('after', '\nExit codes: 0 all well; 1 warnings; 2 could not look; 3 failures.')
    .exitOverride()
    .action((options: Options) => look(deps, options));
}

async function look(deps: DoctorCommandDeps, options: Options): Promise<void> {
  const { env, readFile, now, print, printError, setExitCode } = deps;
  const claims = readClaims(options.claims, readFile);
  if (typeof claims === 'string') {
    printError(claims);
    setExitCode(COULD_NOT);
    return;
  }
  const inspected = inspectConfig(env, readFile);
  const examine = createDoctor({
    inspected,
    now,
    openDatabase: () => openAsItIs(inspected.secrets.databaseUrl),
    freeBytes,
  });
  const report = await examine({ asLogin: options.as, claims });
  if (options.json === true) print(JSON.stringify(report));
  else for (const line of inWords(report)) print(line);
  setExitCode(EXIT_CODES[report.level]);
}

/** Neither makes a file nor brings tables up to date: that is the server's to do. */
async function openAsItIs(url: string): Promise<Database | undefined> {
  if (url.startsWith('file:') && !existsSync(sqlitePath(url))) return undefined;
  return openDatabase(url, { migrate: false });
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

type Claims = Readonly<Record<string, unknown>>;

/** The claims, or why there are none. */
function readClaims(
  path: string | undefined,
  readFile: (path: string) => string,
): readonly Claims[] | string | undefined {
  if (path === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFile(path));
  } catch {
    return `--claims: ${path} cannot be read, or is not JSON`;
  }
  const samples: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const isObject = (value: unknown): value is Claims =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (samples.length > 0 && samples.every(isObject)) return samples;
  return `--claims: ${path} holds neither the claims of an ID token nor a list of such`;
}

const WORDS: Readonly<Record<Level, string>> = { ok: 'ok', warning: 'WARNING', failure: 'FAILURE', skipped: 'skipped' };

function inWords({ checks, ms }: Report): readonly string[] {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const count = (level: Level): number => checks.filter((check) => check.level === level).length;
  const number = (level: 'failure' | 'warning'): string => `${count(level)} ${level}${count(level) === 1 ? '' : 's'}`;
  return [
    ...checks.flatMap((check) => describe(check, width)),
    '',
    `${number('failure')}, ${number('warning')}, ${count('ok')} well, ${count('skipped')} skipped, in ${(ms / 1000).toFixed(1)} s`,
  ];
}

function describe({ level, title, saw, remedy, details = [] }: CheckResult, width: number): readonly string[] {
  const margin = ' '.repeat(9 + width + 2);
  return [
    `${WORDS[level].padEnd(9)}${title.padEnd(width)}  ${plain(saw)}`,
    // What is well needs no list to be worked through.
    ...(level === 'ok' && details.length > 0
      ? [`${margin}${plain(details.join(', '))}`]
      : details.map((detail) => `${margin}- ${plain(detail)}`)),
    ...(remedy === undefined ? [] : [`${margin}→ ${plain(remedy)}`]),
  ];
}
