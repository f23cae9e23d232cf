/** `understudy audit …`: the log, checked from a terminal without the server and without any of its secrets but one address. */
import { Command } from 'commander';
import type { ChainResult } from '../audit/chain.ts';
import { createAuditLog } from '../audit/log.ts';
import type { Database } from '../database/open.ts';
import { ServiceError } from '../errors.ts';

export type AuditCommandDeps = {
  /** Opens the log's database for reading. */
  readonly openDatabase: () => Promise<Database>;
  readonly now: () => Date;
  /** Prints one line of the answer. */
  readonly print: (line: string) => void;
  /** Prints one line of trouble. */
  readonly printError: (line: string) => void;
  readonly setExitCode: (code: number) => void;
};

const INTACT = 0;
const BROKEN = 1;
const NOT_CHECKED = 2;

/** What an auditor reads for each kind of break. */
const MEANING = {
  edited: 'its content is not what was sealed',
  missing: 'it is not there',
  reordered: 'it stands in another place',
  inserted: 'what stands there was not sealed there',
  head: 'the log ends elsewhere than it says',
} as const;

/** The `audit` command with its subcommands, to be added to a program that catches `CommanderError`. */
export function auditCommand(deps: AuditCommandDeps): Command {
  const command = new Command('audit').description('check the audit log').exitOverride();
  command
    .command('verify')
    .description(
      'check that no record was edited, left out, put in or moved; exit code 0 intact, 1 broken, 2 could not check',
    )
    .option('--json', 'print the answer as one JSON object')
    .action((options: { readonly json?: boolean }) => verify(deps, options.json === true));
  return command;
}

async function verify(deps: AuditCommandDeps, json: boolean): Promise<void> {
  let result: ChainResult;
  try {
    result = await check(deps);
  } catch (error) {
    const { code, message } = described(error);
    if (json) deps.print(JSON.stringify({ error: { code, message } }));
    else deps.printError(`could not check: ${message}`);
    deps.setExitCode(NOT_CHECKED);
    return;
  }
  deps.print(json ? JSON.stringify(result) : sentence(result));
  deps.setExitCode(result.intact ? INTACT : BROKEN);
}

async function check(deps: AuditCommandDeps): Promise<ChainResult> {
  const database = await deps.openDatabase();
  try {
    return await createAuditLog({ database, now: deps.now }).verify();
  } finally {
    await database.close();
  }
}

function sentence(result: ChainResult): string {
  if (!result.intact) return `broken at record ${result.brokenAt} (${result.reason}): ${MEANING[result.reason]}`;
  return `intact: ${result.size} records, head ${result.head}`;
}

/** The cause is for the person at this terminal, who runs the server; a database's own words hold no password. */
function described(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof ServiceError)) return { code: 'unexpected', message: String(error) };
  const cause = error.cause instanceof Error ? ` ${error.cause.message}` : '';
  return { code: error.code, message: `${error.message}${cause}` };
}
