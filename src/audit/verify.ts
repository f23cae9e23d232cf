/** Reads the stored chain a little at a time and checks it, while others may go on appending. */
import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { createChainCheck } from './chain.ts';
import type { ChainResult, Head } from './chain.ts';
import { createCheckpointCheck } from './checkpoint-check.ts';
import type { Checkpoint, PublicKeys } from './checkpoint.ts';
import { NO_HASH, readContent } from './record.ts';
import type { SealedRecord } from './record.ts';
import type { ArchiveRow, AuditTables } from './tables.ts';

/** What to hold the log against, beside itself. */
export type VerifyOptions = {
  /** Kept elsewhere. */
  readonly checkpoints?: readonly Checkpoint[] | undefined;
  /** Whose signatures count; undefined when none are to be checked. */
  readonly keys?: PublicKeys | undefined;
};

const PAGE = 1_000;

/** Checks every record that there is when it is called, and that the last one is the one the log calls its head. */
export async function verifyRecords(db: Kysely<AuditTables>, options: VerifyOptions = {}): Promise<ChainResult> {
  for (;;) {
    const archives = await readArchives(db);
    const result = await verifyAfter(db, archives, options);
    // Records that were archived while they were being read are not missing.
    if (result.intact || (await readArchives(db)).length === archives.length) return result;
  }
}

/** Where the records that are here begin: behind the last archive, or at the start. */
export async function readStart(db: Kysely<AuditTables>): Promise<Head> {
  return startAfter(await readArchives(db));
}

async function verifyAfter(
  db: Kysely<AuditTables>,
  archives: readonly ArchiveRow[],
  { checkpoints = [], keys }: VerifyOptions,
): Promise<ChainResult> {
  const start = startAfter(archives);
  // One statement, so that all come from one moment.
  const { seq, hash, first, last } = await db
    .selectFrom('audit_head')
    .select([
      'seq',
      'hash',
      (head) =>
        head
          .selectFrom('audit_records')
          .select(({ fn }) => fn.min('seq').as('first'))
          .as('first'),
      (head) =>
        head
          .selectFrom('audit_records')
          .select(({ fn }) => fn.max('seq').as('last'))
          .as('last'),
    ])
    .executeTakeFirstOrThrow();
  if (first !== null && first <= start.seq) return { intact: false, brokenAt: first, reason: 'inserted' };
  const end = Math.max(seq, last ?? 0);
  const check = createChainCheck(start);
  const signed = createCheckpointCheck(checkpoints, keys);
  signed.see(start);

  let going = true;
  for await (const page of readPages(db, start.seq, end)) {
    for (const record of page) {
      if (checkpoints.length > 0) signed.see(record);
      going = check.push(record);
      if (!going) break;
    }
    if (!going) break;
    // SQLite answers without ever waiting: let others have their turn.
    await setImmediate();
  }
  const result = check.end();
  if (!result.intact) return result;
  if (result.size < seq) return { intact: false, brokenAt: result.size + 1, reason: 'missing' };
  if (result.size > seq || result.head !== hash) {
    return { intact: false, brokenAt: Math.min(seq + 1, result.size), reason: 'head' };
  }
  if (!(await areSealed(db, archives))) return { intact: false, brokenAt: start.seq, reason: 'stub' };
  return signed.judge(start.seq === 0 ? result : { ...result, after: start.seq });
}

async function readArchives(db: Kysely<AuditTables>): Promise<readonly ArchiveRow[]> {
  return db.selectFrom('audit_archives').selectAll().orderBy('last_seq').execute();
}

function startAfter(archives: readonly ArchiveRow[]): Head {
  const last = archives.at(-1);
  return last === undefined ? { seq: 0, hash: NO_HASH } : { seq: last.last_seq, hash: last.head };
}

/** The archives join, and the record that sealed the last one, itself in the chain, says of it what the table says. */
async function areSealed(db: Kysely<AuditTables>, archives: readonly ArchiveRow[]): Promise<boolean> {
  const last = archives.at(-1);
  if (last === undefined) return true;
  if (!archives.every(({ first_seq }, index) => first_seq === (archives[index - 1]?.last_seq ?? 0) + 1)) return false;
  const seal = await db
    .selectFrom('audit_records')
    .select(['seq', 'hash', 'line'])
    .where('seq', '=', last.sealed_by)
    .executeTakeFirst();
  if (seal === undefined) return false;
  const { type, details } = readContent(seal);
  return (
    type === 'audit.archived' &&
    details?.['firstSeq'] === last.first_seq &&
    details['lastSeq'] === last.last_seq &&
    details['head'] === last.head &&
    details['fileSha256'] === last.file_sha256
  );
}

/** The records behind number `from` up to number `to`, in parts. While one part is checked, PostgreSQL gets the next ready. */
async function* readPages(db: Kysely<AuditTables>, from: number, to: number): AsyncGenerator<readonly SealedRecord[]> {
  const read = (position: number): Promise<readonly SealedRecord[]> =>
    position < to ? readPage(db, position, Math.min(PAGE, to - position)) : Promise.resolve([]);
  let coming = read(from);
  for (let position = from; position < to; position += PAGE) {
    const page = await coming;
    coming = read(position + PAGE);
    // Nobody may come for it any more.
    coming.catch(() => undefined);
    yield page;
  }
}

/** The records numbered from `position` + 1 to `position` + `size`, as far as they are there. */
async function readPage(db: Kysely<AuditTables>, position: number, size: number): Promise<readonly SealedRecord[]> {
  const range = db
    .selectFrom('audit_records')
    .where('seq', '>', position)
    .where('seq', '<=', position + size)
    .orderBy('seq');
  const records = await range.select(['hash', 'line']).execute();
  // As many as there can be: their numbers need not be read, which takes a quarter of the time of reading.
  if (records.length === size)
    return records.map(({ hash, line }, index) => ({ seq: position + 1 + index, hash, line }));
  return range.select(['seq', 'hash', 'line']).execute();
}
