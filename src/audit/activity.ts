/**
 * How much happened when, and who acted as whom: the picture above a search, counted from the same filter. What the hourly
 * counts can tell is exact whatever the length of the log; all else is counted record by record, up to a limit that is said.
 */
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import { barsOf, PREFIX_LENGTH, unitFor } from './activity-bars.ts';
import type { BarSpan, BarUnit } from './activity-bars.ts';
import type { AuditOutcome } from './event.ts';
import { searchable } from './indexer.ts';
import type { AuditFilter } from './search-filter.ts';
import { planSearch } from './search-plan.ts';
import type { ActivityRow, AuditTables } from './tables.ts';

export type Activity = {
  /** Records that match. */
  readonly total: number;
  /** False: there are more than `total`, and everything here is of the newest `total` of them. */
  readonly isComplete: boolean;
  readonly unit: BarUnit;
  /** Oldest first, without gaps in time. */
  readonly bars: readonly (BarSpan & { readonly counts: Readonly<Partial<Record<AuditOutcome, number>>> })[];
  /** Most records first. Texts are empty where records name nobody. */
  readonly actors: readonly {
    readonly person: string;
    readonly realActor: string;
    readonly actionId: string;
    readonly records: number;
  }[];
};

/** Without hourly counts, no more records than this are counted. */
export const COUNTED_RECORDS = 10_000;
const MOST_ACTORS = 8;
const HOUR_MS = 3_600_000;

const COUNTED_COLUMNS = {
  person: 'person',
  realActor: 'real_actor',
  actionId: 'action_id',
  type: 'type',
  outcome: 'outcome',
  code: 'code',
  projectId: 'project_id',
} as const satisfies Partial<Record<keyof AuditFilter, keyof ActivityRow>>;

export async function readActivity(db: Kysely<AuditTables>, filter: AuditFilter): Promise<Activity> {
  const source = (await countedSource(db, filter)) ?? (await recordSource(db, filter));
  const nothing: Activity = { total: 0, isComplete: true, unit: 'day', bars: [], actors: [] };
  if (source === undefined) return nothing;
  const { first, last, total } = await extent(db, source.rows);
  if (first === null || last === null) return nothing;
  const from = filter.from ?? new Date(first);
  const to = filter.to ?? new Date(new Date(last).getTime() + 1);
  const unit = source.isHourly && unitFor(from, to) === 'minute' ? 'hour' : unitFor(from, to);
  const [counts, actors] = await Promise.all([countByTime(db, source.rows, unit), countByActor(db, source.rows)]);
  return {
    total: source.isHourly ? Number(total) : Math.min(Number(total), COUNTED_RECORDS),
    isComplete: source.isHourly || Number(total) <= COUNTED_RECORDS,
    unit,
    bars: barsOf(from, to, unit).map((bar) => ({ ...bar, counts: counts.get(bar.key) ?? {} })),
    actors,
  };
}

/** A table of time, outcome, person, real_actor, action_id and records. */
type Source = { readonly rows: RawBuilder<unknown>; readonly isHourly: boolean };

/** The hourly counts, when they know everything that the filter asks: whole hours, and no question about single records. */
async function countedSource(db: Kysely<AuditTables>, filter: AuditFilter): Promise<Source | undefined> {
  const { from, to, ...asked } = filter;
  if (Object.entries(asked).some(([name, value]) => value !== undefined && !(name in COUNTED_COLUMNS)))
    return undefined;
  if (!isWholeHour(from) || !isWholeHour(to)) return undefined;
  if (filter.projectId !== undefined && !Number.isSafeInteger(filter.projectId)) return undefined;
  if (!(await isLong(db, from, to))) return undefined;
  const where = [sql`1 = 1`];
  for (const [name, column] of Object.entries(COUNTED_COLUMNS) as [keyof typeof COUNTED_COLUMNS, string][]) {
    const value = filter[name];
    if (value === undefined) continue;
    where.push(sql`${sql.ref(column)} = ${typeof value === 'string' ? searchable(value) : value}`);
  }
  if (from !== undefined) where.push(sql`hour >= ${from.toISOString().slice(0, 13)}`);
  if (to !== undefined) where.push(sql`hour < ${to.toISOString().slice(0, 13)}`);
  return {
    rows: sql`(select hour || ':00:00.000Z' as time, outcome, person, real_actor, action_id, records
      from audit_activity where ${sql.join(where, sql` and `)}) s`,
    isHourly: true,
  };
}

function isWholeHour(time: Date | undefined): boolean {
  return time === undefined || time.getTime() % HOUR_MS === 0;
}

/** In a short span minutes matter, and its records are few enough to be counted one by one, or too many for minutes. */
async function isLong(db: Kysely<AuditTables>, from: Date | undefined, to: Date | undefined): Promise<boolean> {
  if (from !== undefined && to !== undefined && unitFor(from, to) !== 'minute') return true;
  let hours = db
    .selectFrom('audit_hours')
    .select(({ fn }) => [
      fn.min('hour').as('first'),
      fn.max('hour').as('last'),
      fn.min('first_seq').as('firstSeq'),
      fn.max('last_seq').as('lastSeq'),
    ]);
  if (from !== undefined) hours = hours.where('hour', '>=', from.toISOString().slice(0, 13));
  if (to !== undefined) hours = hours.where('hour', '<', to.toISOString().slice(0, 13));
  const { first, last, firstSeq, lastSeq } = await hours.executeTakeFirstOrThrow();
  if ((first as string | null) === null) return false;
  const begin = from ?? new Date(`${first}:00:00Z`);
  const end = to ?? new Date(new Date(`${last}:00:00Z`).getTime() + HOUR_MS);
  return unitFor(begin, end) !== 'minute' || lastSeq - firstSeq + 1 >= COUNTED_RECORDS;
}

async function recordSource(db: Kysely<AuditTables>, filter: AuditFilter): Promise<Source | undefined> {
  const plan = await planSearch(db, filter);
  if (plan === undefined) return undefined;
  const text = (column: string) => sql`coalesce(i.${sql.ref(column)}, '') as ${sql.ref(column)}`;
  return {
    rows: sql`(select i.time, i.outcome, ${text('person')}, ${text('real_actor')}, ${text('action_id')}, 1 as records
      ${plan.from} where ${plan.where} order by i.seq desc limit ${COUNTED_RECORDS + 1}) s`,
    isHourly: false,
  };
}

async function extent(db: Kysely<AuditTables>, rows: RawBuilder<unknown>) {
  const { rows: found } = await sql<{ first: string | null; last: string | null; total: number | string }>`
    select min(time) as first, max(time) as last, coalesce(sum(records), 0) as total from ${rows}`.execute(db);
  return found[0] ?? { first: null, last: null, total: 0 };
}

async function countByTime(db: Kysely<AuditTables>, rows: RawBuilder<unknown>, unit: BarUnit) {
  const { rows: found } = await sql<{ key: string; outcome: AuditOutcome; records: number | string }>`
    select substr(time, 1, ${sql.lit(PREFIX_LENGTH[unit])}) as key, outcome, sum(records) as records
    from ${rows} group by 1, 2`.execute(db);
  const counts = new Map<string, Partial<Record<AuditOutcome, number>>>();
  for (const { key, outcome, records } of found) {
    counts.set(key, { ...counts.get(key), [outcome]: Number(records) });
  }
  return counts;
}

async function countByActor(db: Kysely<AuditTables>, rows: RawBuilder<unknown>): Promise<Activity['actors']> {
  const { rows: found } = await sql<{
    person: string;
    real_actor: string;
    action_id: string;
    records: number | string;
  }>`
    select person, real_actor, action_id, sum(records) as records
    from ${rows} where person <> '' group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit ${sql.lit(MOST_ACTORS)}`.execute(
    db,
  );
  return found.map(({ person, real_actor: realActor, action_id: actionId, records }) => ({
    person,
    realActor,
    actionId,
    records: Number(records),
  }));
}
