/** `understudy audit verify`: the live log, or files of it with nothing but a public key. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { BrokenReason, ChainResult } from '../audit/chain.ts';
import { parseCheckpoint, readPublicKeys, splitPems } from '../audit/checkpoint.ts';
import type { Checkpoint, PublicKeys } from '../audit/checkpoint.ts';
import { readLines, verifyLogFiles } from '../audit/read-log-file.ts';
import type { AuditCommandDeps } from './audit-deps.ts';
import { describeFailure, NOT_DONE } from './audit-failure.ts';

type Options = {
  readonly json?: boolean;
  readonly file?: readonly string[];
  readonly checkpoint?: readonly string[];
  readonly publicKey?: readonly string[];
};

/** What an auditor reads for each answer, and the exit code by which a script tells it. Stable: scripts rely on them. */
const ANSWERS: Readonly<Record<BrokenReason, { readonly exitCode: number; readonly meaning: string }>> = {
  edited: { exitCode: 1, meaning: 'its content is not what was sealed' },
  missing: { exitCode: 1, meaning: 'it is not there' },
  reordered: { exitCode: 1, meaning: 'it stands in another place' },
  inserted: { exitCode: 1, meaning: 'what stands there was not sealed there' },
  head: { exitCode: 1, meaning: 'the log ends elsewhere than it says' },
  stub: { exitCode: 1, meaning: 'what the log says of its archived records is not what was sealed' },
  rewritten: { exitCode: 1, meaning: 'it is another record than the one that a checkpoint was signed for' },
  cut: { exitCode: 3, meaning: 'the log ends before it, and a checkpoint was signed when it was there' },
  unknown_key: { exitCode: 4, meaning: 'its checkpoint is signed with a key that was not given' },
  bad_signature: { exitCode: 5, meaning: 'its checkpoint is not what was signed' },
  unsigned: { exitCode: 5, meaning: 'no checkpoint was there to be checked with the key' },
  truncated: { exitCode: 6, meaning: 'the file ends before it, without the line that every whole file ends with' },
  concatenated: { exitCode: 6, meaning: 'the file holds more behind its end; check each file by itself' },
  not_a_log: { exitCode: 6, meaning: 'the file does not begin as a log does' },
};

export function verifyCommand(deps: AuditCommandDeps): Command {
  return new Command('verify')
    .description('check that no record was edited, left out, put in or moved, and that no end was cut off')
    .option('--file <path...>', 'check this exported or archived file instead of the database; several in order')
    .option('--checkpoint <path...>', 'hold the log against the signed checkpoints in this file')
    .option('--public-key <path...>', 'PEM file of public keys; without it, the keys that the server signs with')
    .option('--json', 'print the answer as one JSON object')
    .addHelpText(
      'after',
      `
Exit codes: 0 intact; 1 a record was edited, left out, put in, moved or rewritten; 2 could not check;
3 the end was cut off; 4 unknown key; 5 bad or absent signature; 6 the file is not one whole log.`,
    )
    .exitOverride()
    .action((options: Options) => verify(deps, options));
}

async function verify(deps: AuditCommandDeps, options: Options): Promise<void> {
  let result: ChainResult;
  try {
    result = await check(deps, options);
  } catch (error) {
    const { code, message } = describeFailure(error);
    if (options.json === true) deps.print(JSON.stringify({ error: { code, message } }));
    else deps.printError(`could not check: ${message}`);
    deps.setExitCode(NOT_DONE);
    return;
  }
  deps.print(options.json === true ? JSON.stringify(result) : sentence(result));
  deps.setExitCode(result.intact ? 0 : ANSWERS[result.reason].exitCode);
}

async function check(deps: AuditCommandDeps, options: Options): Promise<ChainResult> {
  const checkpoints = (await Promise.all((options.checkpoint ?? []).map(readCheckpoints))).flat();
  const keys = await readKeys(deps, options);
  if (checkpoints.length > 0 && keys === undefined) {
    throw new Error('a checkpoint is worth what its signature is: give --public-key');
  }
  if (options.file !== undefined) return verifyLogFiles(options.file, { checkpoints, keys });
  // Files are checked without what a database takes.
  const { createAuditLog } = await import('../audit/log.ts');
  const database = await deps.openDatabase();
  try {
    return await createAuditLog({ database, now: deps.now }).verify({ checkpoints, keys });
  } finally {
    await database.close();
  }
}

async function readKeys(deps: AuditCommandDeps, options: Options): Promise<PublicKeys | undefined> {
  if (options.publicKey === undefined) {
    const own = options.checkpoint === undefined ? [] : deps.signingKeys();
    return own.length === 0 ? undefined : readPublicKeys(own);
  }
  const texts = await Promise.all(options.publicKey.map((path) => readFile(path, 'utf8')));
  const pems = texts.flatMap(splitPems);
  if (pems.length === 0) throw new Error('--public-key: there is no PEM in this file');
  return readPublicKeys(pems);
}

/** Every checkpoint in a file of them, in a copy of the server's log, or in an export; other lines are passed over. */
async function readCheckpoints(path: string): Promise<readonly Checkpoint[]> {
  const found: Checkpoint[] = [];
  await readLines(path, (line) => {
    const checkpoint = line.includes('"checkpoint"') ? parseCheckpoint(line) : undefined;
    if (checkpoint !== undefined) found.push(checkpoint);
    return true;
  });
  if (found.length === 0) throw new Error(`--checkpoint: there is no checkpoint in ${path}`);
  return found;
}

function sentence(result: ChainResult): string {
  if (!result.intact) {
    return `broken at record ${result.brokenAt} (${result.reason}): ${ANSWERS[result.reason].meaning}`;
  }
  const { size, head, after, signedUpTo } = result;
  const records = after === undefined ? `${size} records` : `records ${after + 1} to ${size}`;
  const signed = signedUpTo === undefined ? '' : `; signed up to record ${signedUpTo}`;
  return `intact: ${records}, head ${head}${signed}`;
}
