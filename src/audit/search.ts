/** Finding records: filters that all must match, newest first, page by page by the number of the last record seen. */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { readContent } from './record.ts';
import type { AuditRecord, SealedRecord } from './record.ts';
import type { AuditFilter, PageOfRecords } from './search-filter.ts';
import { planSearch } from './search-plan.ts';
import type { AuditTables } from './tables.ts';

export type AuditPage = {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  /** `beforeSeq` of the page of older records; absent when there are none. */
  readonly nextBeforeSeq?: number;
  /** `afterSeq` of the page of newer records; absent when there are none, or none were asked about. */
  readonly newerAfterSeq?: number;
};

const MAX_LIMIT = 500;
/** One statement fetches no more than this to be exported. */
const EXPORT_PAGE = 500;

export async function searchRecords(db: Kysely<AuditTables>, filter: AuditFilter & PageOfRecords): Promise<AuditPage> {
  const { beforeSeq, afterSeq } = filter;
  if ([beforeSeq, afterSeq].some((n) => n !== undefined && !Number.isSafeInteger(n))) return { records: [] };
  const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 50), 1), MAX_LIMIT);
  const isBackwards = afterSeq !== undefined && beforeSeq === undefined;
  const found = await fetchRecords(db, filter, { beforeSeq, afterSeq, oldestFirst: isBackwards, limit: limit + 1 });
  const isMore = found.length > limit;
  const nearest = found.slice(0, limit);
  const records = (isBackwards ? nearest.reverse() : nearest).map((record) => ({
    ...record,
    content: readContent(record),
  }));
  const [first, last] = [records[0], records.at(-1)];
  // Somebody came from the other side, so there is something there.
  const isOlder = isBackwards || isMore;
  const isNewer = isBackwards ? isMore : beforeSeq !== undefined;
  return {
    records,
    ...(isOlder && last !== undefined ? { nextBeforeSeq: last.seq } : {}),
    ...(isNewer && first !== undefined ? { newerAfterSeq: first.seq } : {}),
  };
}

/** Every record that matches, oldest first, behind number `fromSeq` up to and including `lastSeq`; a part at a time. */
export async function* streamRecords(
  db: Kysely<AuditTables>,
  filter: AuditFilter,
  lastSeq: number,
  fromSeq = 0,
): AsyncGenerator<readonly SealedRecord[]> {
  for (let afterSeq = fromSeq, more = true; more;) {
    const page = await fetchRecords(db, filter, {
      afterSeq,
      beforeSeq: lastSeq + 1,
      oldestFirst: true,
      limit: EXPORT_PAGE,
    });
    if (page.length > 0) yield page;
    afterSeq = page.at(-1)?.seq ?? afterSeq;
    more = page.length === EXPORT_PAGE;
  }
}

async function fetchRecords(
  db: Kysely<AuditTables>,
  filter: AuditFilter,
  page: {
    readonly beforeSeq: number | undefined;
    readonly afterSeq: number | undefined;
    readonly oldestFirst: boolean;
    readonly limit: number;
  },
): Promise<SealedRecord[]> {
  const plan = await planSearch(db, filter);
  if (plan === undefined) return [];
  const before = page.beforeSeq === undefined ? sql`` : sql`and ${plan.seq} < ${page.beforeSeq}`;
  const after = page.afterSeq === undefined ? sql`` : sql`and ${plan.seq} > ${page.afterSeq}`;
  const order = page.oldestFirst ? sql`asc` : sql`desc`;
  // First which, then their lines: whatever has to be sorted is small.
  const { rows } = await sql<SealedRecord>`
    select r.seq, r.hash, r.line
    from (
      select i.seq ${plan.from} where ${plan.where} ${before} ${after} order by ${plan.seq} ${order} limit ${page.limit}
    ) found
    cross join audit_records r
    where r.seq = found.seq
    order by r.seq ${order}`.execute(db);
  return rows;
}
