/**
 * Records as the file that `record.ts` describes, to be checked without the server: everything from the first match to the
 * last, since a chain with gaps proves nothing, and on to the signed checkpoint that covers it when there is one.
 */
import type { Kysely } from 'kysely';
import { formatCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { fileEnd, fileHeader, fileRecord } from './log-file.ts';
import { NO_HASH } from './record.ts';
import { searchRecords, streamRecords } from './search.ts';
import type { AuditFilter } from './search-filter.ts';
import type { AuditTables } from './tables.ts';

/** Text of the file, part by part. @param lastSeq - Matches behind this record are left out. */
export async function* streamFile(
  db: Kysely<AuditTables>,
  filter: AuditFilter,
  lastSeq?: number,
): AsyncGenerator<{ readonly text: string; readonly records: number }> {
  const [oldest, newest] = await Promise.all([
    searchRecords(db, { ...filter, afterSeq: 0, limit: 1 }),
    searchRecords(db, { ...filter, limit: 1, ...(lastSeq === undefined ? {} : { beforeSeq: lastSeq + 1 }) }),
  ]);
  const first = oldest.records[0]?.seq;
  const lastMatch = newest.records[0]?.seq;
  if (first === undefined || lastMatch === undefined || first > lastMatch) {
    const nothing = { seq: 0, hash: NO_HASH };
    yield { text: fileHeader(nothing) + fileEnd(nothing), records: 0 };
    return;
  }
  const checkpoint = await coveringCheckpoint(db, first, lastMatch);
  let end = await headBefore(db, first);
  yield { text: fileHeader(end), records: 0 };
  for await (const part of streamRecords(db, {}, Math.max(lastMatch, checkpoint?.size ?? 0), end.seq)) {
    let text = '';
    for (const record of part) {
      end = { seq: record.seq, hash: record.hash };
      text += fileRecord(record);
      if (checkpoint?.size === record.seq) text += `${formatCheckpoint(checkpoint)}\n`;
    }
    yield { text, records: part.length };
  }
  yield { text: fileEnd(end), records: 0 };
}

/** The first checkpoint that covers the last match; else the newest that is about a record in the file. */
async function coveringCheckpoint(
  db: Kysely<AuditTables>,
  first: number,
  last: number,
): Promise<Checkpoint | undefined> {
  const checkpoints = db.selectFrom('audit_checkpoints').selectAll().limit(1);
  const row =
    (await checkpoints.where('size', '>=', last).orderBy('size').executeTakeFirst()) ??
    (await checkpoints.where('size', '>=', first).orderBy('size', 'desc').executeTakeFirst());
  if (row === undefined) return undefined;
  const { size, head, time, key_id: keyId, signature } = row;
  return { size, head, time, keyId, signature };
}

async function headBefore(
  db: Kysely<AuditTables>,
  seq: number,
): Promise<{ readonly seq: number; readonly hash: string }> {
  if (seq <= 1) return { seq: 0, hash: NO_HASH };
  const before = await db
    .selectFrom('audit_records')
    .select(['seq', 'hash'])
    .where('seq', '=', seq - 1)
    .executeTakeFirst();
  // Archived: its stub keeps the hash.
  const archived = db
    .selectFrom('audit_archives')
    .select(['last_seq as seq', 'head as hash'])
    .where('last_seq', '=', seq - 1);
  return before ?? (await archived.executeTakeFirstOrThrow());
}
