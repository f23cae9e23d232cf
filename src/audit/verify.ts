/** Reads the stored chain a little at a time and checks it, while others may go on appending. */
import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { createChainCheck } from './chain.ts';
import type { ChainResult } from './chain.ts';
import type { SealedRecord } from './record.ts';
import type { AuditTables } from './tables.ts';

const PAGE = 500;

/** Checks every record that there is when it is called, and that the last one is the one the log calls its head. */
export async function verifyRecords(db: Kysely<AuditTables>): Promise<ChainResult> {
  // One statement, so that both come from one moment.
  const { seq, hash, last } = await db
    .selectFrom('audit_head')
    .select([
      'seq',
      'hash',
      (head) =>
        head
          .selectFrom('audit_records')
          .select(({ fn }) => fn.max('seq').as('last'))
          .as('last'),
    ])
    .executeTakeFirstOrThrow();
  const end = Math.max(seq, last ?? 0);
  const check = createChainCheck();

  for (let position = 0, going = true; going && position < end; position += PAGE) {
    const records = await readPage(db, position, Math.min(PAGE, end - position));
    going = records.every((record) => check.push(record));
    // SQLite answers without ever waiting: let others have their turn.
    await setImmediate();
  }
  const result = check.end();
  if (!result.intact || (result.size === seq && result.head === hash)) return result;
  return result.size < seq
    ? { intact: false, brokenAt: result.size + 1, reason: 'missing' }
    : { intact: false, brokenAt: Math.min(seq + 1, result.size), reason: 'head' };
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
