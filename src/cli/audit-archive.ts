/** `understudy audit archive`: old records into a file, a sealed stub in their place. */
import { Command, InvalidArgumentError } from 'commander';
import { archiveRecords, ArchiveRefusedError } from '../audit/archive.ts';
import type { Archived } from '../audit/archive.ts';
import { readSigningKey } from '../audit/checkpoint.ts';
import type { AuditTables } from '../audit/tables.ts';
import type { AuditCommandDeps } from './audit-deps.ts';
import { describeFailure, NOT_DONE } from './audit-failure.ts';

type Options = { readonly before: Date; readonly to: string; readonly json?: boolean };

const BROKEN = 1;

export function archiveCommand(deps: AuditCommandDeps): Command {
  return new Command('archive')
    .description('move records older than a date into a compressed file that can be checked by itself')
    .requiredOption('--before <date>', 'RFC 3339 date or time, UTC unless it says otherwise', parseDate)
    .requiredOption('--to <file>', 'the file to make; .zst for Zstandard, else gzip')
    .option('--json', 'print the answer as one JSON object')
    .addHelpText('after', '\nExit codes: 0 archived; 1 the log is broken and nothing was touched; 2 not done.')
    .exitOverride()
    .action((options: Options) => archive(deps, options));
}

async function archive(deps: AuditCommandDeps, options: Options): Promise<void> {
  try {
    const archived = await run(deps, options);
    deps.print(options.json === true ? JSON.stringify(archived) : sentence(archived, options.to));
  } catch (error) {
    const broken = error instanceof ArchiveRefusedError ? error.broken : undefined;
    const { code, message } = describeFailure(error);
    if (options.json === true) deps.print(JSON.stringify({ error: { code, message }, ...(broken && { broken }) }));
    else deps.printError(`not archived: ${message}`);
    deps.setExitCode(broken === undefined ? NOT_DONE : BROKEN);
  }
}

async function run(deps: AuditCommandDeps, { before, to }: Options): Promise<Archived> {
  const [newest] = deps.signingKeys();
  const key = newest === undefined ? undefined : readSigningKey(newest);
  const { createAuditLog } = await import('../audit/log.ts');
  const database = await deps.openDatabase({ writable: true });
  const log = createAuditLog({ database, now: deps.now });
  try {
    const db = database.db.$extendTables<AuditTables>();
    return await archiveRecords({ db, log, key, now: deps.now }, { before, path: to, operator: deps.operator() });
  } finally {
    await log.close();
    await database.close();
  }
}

function sentence({ firstSeq, lastSeq, head, fileSha256 }: Archived, path: string): string {
  return `archived records ${firstSeq} to ${lastSeq}, head ${head}\n${fileSha256}  ${path}`;
}

function parseDate(text: string): Date {
  const date = new Date(/^\d{4}-\d\d-\d\d/.test(text) ? text : NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It is no date such as 2026-01-31.');
  return date;
}
