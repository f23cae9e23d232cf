/** Reads the stored chain a little at a time and checks it, while others may go on appending. */
import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { createChainCheck } from './chain.ts';
import type { ChainResult } from './chain.ts';
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

  for (let position = 0, going = true; going && position < end;) {
    const records = await db
      .selectFrom('audit_records')
      .select(['seq', 'hash', 'line'])
      .where('seq', '>', position)
      .where('seq', '<=', end)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const reached = records.at(-1);
    if (reached === undefined) break;
    position = reached.seq;
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
