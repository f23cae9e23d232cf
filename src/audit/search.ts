/** Finding records: filters that all must match, newest first, page by page by the number of the last record seen. */
import type { Kysely } from 'kysely';
import type { AuditOutcome } from './event.ts';
import { searchable } from './indexer.ts';
import { readContent } from './record.ts';
import type { AuditRecord } from './record.ts';
import type { AuditTables, IndexRow } from './tables.ts';

export type AuditFilter = {
  readonly person?: string | undefined;
  readonly realActor?: string | undefined;
  readonly subject?: string | undefined;
  readonly type?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly code?: string | undefined;
  readonly actionId?: string | undefined;
  readonly launchId?: string | undefined;
  readonly runId?: string | undefined;
  readonly projectId?: number | undefined;
  readonly reference?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Only records older than this one: where the page before ended. */
  readonly beforeSeq?: number | undefined;
  /** Records a page: 1 to 500, 50 by default. */
  readonly limit?: number | undefined;
};

export type AuditPage = {
  readonly records: readonly AuditRecord[];
  /** `beforeSeq` of the next page; absent on the last. */
  readonly nextBeforeSeq?: number;
};

const MAX_LIMIT = 500;

/** Which column a filter compares for equality. */
const EQUAL = {
  person: 'person',
  realActor: 'real_actor',
  subject: 'subject',
  type: 'type',
  outcome: 'outcome',
  code: 'code',
  actionId: 'action_id',
  launchId: 'launch_id',
  runId: 'run_id',
  projectId: 'project_id',
  reference: 'reference',
} as const satisfies Partial<Record<keyof AuditFilter, keyof IndexRow>>;

export async function searchRecords(db: Kysely<AuditTables>, filter: AuditFilter): Promise<AuditPage> {
  // No record has such a number; PostgreSQL would call it an error.
  if ([filter.projectId, filter.beforeSeq].some((n) => n !== undefined && !Number.isSafeInteger(n))) {
    return { records: [] };
  }
  const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 50), 1), MAX_LIMIT);
  let query = db
    .selectFrom('audit_index')
    .innerJoin('audit_records', 'audit_records.seq', 'audit_index.seq')
    .select(['audit_records.seq', 'audit_records.hash', 'audit_records.line'])
    .orderBy('audit_index.seq', 'desc')
    .limit(limit + 1);
  for (const [name, column] of Object.entries(EQUAL) as [keyof typeof EQUAL, keyof IndexRow][]) {
    const value = filter[name];
    if (value === undefined) continue;
    query = query.where(`audit_index.${column}`, '=', typeof value === 'string' ? searchable(value) : value);
  }
  if (filter.from !== undefined) query = query.where('audit_index.time', '>=', filter.from.toISOString());
  if (filter.to !== undefined) query = query.where('audit_index.time', '<', filter.to.toISOString());
  if (filter.beforeSeq !== undefined) query = query.where('audit_index.seq', '<', filter.beforeSeq);

  const found = await query.execute();
  const records = found.slice(0, limit).map((record) => ({ ...record, content: readContent(record) }));
  const last = records.at(-1);
  return found.length > limit && last !== undefined ? { records, nextBeforeSeq: last.seq } : { records };
}
