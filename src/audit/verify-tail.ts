/** The last records only: quick enough for a look in passing. The whole chain is for `verify.ts`. */
import type { Kysely } from 'kysely';
import { verifyChain } from './chain.ts';
import type { ChainResult, Head } from './chain.ts';
import type { AuditTables } from './tables.ts';
import { readStart } from './verify.ts';

/**
 * Checks the last `count` records, each against the one before it, and that the last of them is the log's head. `after` in
 * the answer is the record that was taken as given.
 */
export async function verifyTail(db: Kysely<AuditTables>, count: number): Promise<ChainResult> {
  const start = await readStart(db);
  const head = await db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
  const after = Math.max(start.seq, head.seq - count);
  const given = after === start.seq ? start : await readGiven(db, after);
  if (given === undefined) return { intact: false, brokenAt: after, reason: 'missing' };
  const records = await db
    .selectFrom('audit_records')
    .select(['seq', 'hash', 'line'])
    .where('seq', '>', after)
    .where('seq', '<=', head.seq)
    .orderBy('seq')
    .execute();
  const result = verifyChain(records, given);
  if (!result.intact) return result;
  if (result.size < head.seq) return { intact: false, brokenAt: result.size + 1, reason: 'missing' };
  if (result.head !== head.hash) return { intact: false, brokenAt: head.seq, reason: 'head' };
  return { ...result, after };
}

async function readGiven(db: Kysely<AuditTables>, seq: number): Promise<Head | undefined> {
  return db.selectFrom('audit_records').select(['seq', 'hash']).where('seq', '=', seq).executeTakeFirst();
}
