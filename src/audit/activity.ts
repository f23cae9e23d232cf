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
import type { SearchPlan } from './search-plan.ts';
import type { ActivityKind, AuditTables } from './tables.ts';

export type Activity = {
  /** Records that match. */
  readonly total: number;
  /** False: there are more than `total`, and the bars are of the newest `total` of them. */
  readonly isComplete: boolean;
  readonly unit: BarUnit;
  /** Oldest first, without gaps in time. */
  readonly bars: readonly (BarSpan & { readonly counts: Readonly<Partial<Record<AuditOutcome, number>>> })[];
  readonly actors: Actors;
};

export type Actors = {
  /** False: only of the newest {@link COUNTED_RECORDS} records. */
  readonly isComplete: boolean;
  /** Most records first. Texts are empty where records name nobody. */
  readonly list: readonly {
    readonly person: string;
    readonly realActor: string;
    readonly actionId: string;
    readonly records: number;
  }[];
};

/** Without ready counts, no more records than this are counted. */
export const COUNTED_RECORDS = 10_000;
const MOST_ACTORS = 8;
const HOUR_MS = 3_600_000;

const KINDS = {
  person: 'person',
  realActor: 'real_actor',
  actionId: 'action_id',
  type: 'type',
  code: 'code',
  projectId: 'project_id',
} as const satisfies Partial<Record<keyof AuditFilter, ActivityKind>>;

const ACTORS = { person: 'person', realActor: 'real_actor', actionId: 'action_id' } as const;

export async function readActivity(db: Kysely<AuditTables>, filter: AuditFilter): Promise<Activity> {
  const plan = await planSearch(db, filter);
  if (plan === undefined) {
    return { total: 0, isComplete: true, unit: 'day', bars: [], actors: { isComplete: true, list: [] } };
  }
  const counted = await countedSource(db, filter);
  const daily = dailySource(filter);
  // One by one only what no ready count tells, and then once for both.
  const records = counted === undefined || daily === undefined ? await readRecords(db, plan) : [];
  const isWhole = records.length <= COUNTED_RECORDS;
  const times = counted === undefined ? countTimes(records.slice(0, COUNTED_RECORDS)) : await readTimes(db, counted);
  return {
    total: times.total,
    isComplete: counted !== undefined || isWhole,
    ...barsWithin(filter, times),
    actors:
      daily === undefined
        ? { isComplete: isWhole, list: countActors(records.slice(0, COUNTED_RECORDS)) }
        : { isComplete: true, list: await readActors(db, daily) },
  };
}

/** Counts by the shortest unit that is known, whose keys begin with the keys of every longer one. */
type Times = {
  readonly total: number;
  readonly shortest: 'hour' | 'minute';
  readonly counts: ReadonlyMap<string, Readonly<Partial<Record<AuditOutcome, number>>>>;
};

function barsWithin(filter: AuditFilter, { shortest, counts }: Times): Pick<Activity, 'unit' | 'bars'> {
  const keys = [...counts.keys()].sort();
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return { unit: 'day', bars: [] };
  const from = filter.from ?? startOf(first);
  const to = filter.to ?? new Date(startOf(last).getTime() + 1);
  const fitting = unitFor(from, to);
  const unit = shortest === 'hour' && fitting === 'minute' ? 'hour' : fitting;
  const byBar = new Map<string, Partial<Record<AuditOutcome, number>>>();
  for (const [key, byOutcome] of counts) {
    for (const [outcome, count] of Object.entries(byOutcome)) {
      add(byBar, key.slice(0, PREFIX_LENGTH[unit]), outcome as AuditOutcome, count);
    }
  }
  return { unit, bars: barsOf(from, to, unit).map((bar) => ({ ...bar, counts: byBar.get(bar.key) ?? {} })) };
}

function startOf(key: string): Date {
  return new Date(`${key}${key.length === PREFIX_LENGTH.hour ? ':00' : ''}:00Z`);
}

function add(
  counts: Map<string, Partial<Record<AuditOutcome, number>>>,
  key: string,
  outcome: AuditOutcome,
  count: number,
): void {
  const entry = counts.get(key) ?? {};
  entry[outcome] = (entry[outcome] ?? 0) + count;
  counts.set(key, entry);
}

/** A table of hour, outcome and records. */
type Source = RawBuilder<unknown>;

/** The hourly counts, when they know all that the filter asks: whole hours, one respect, and the outcome. */
async function countedSource(db: Kysely<AuditTables>, filter: AuditFilter): Promise<Source | undefined> {
  const { from, to, outcome, ...asked } = filter;
  const [respect, ...more] = Object.entries(asked).filter(([, value]) => value !== undefined);
  if (more.length > 0 || (respect !== undefined && !isKnown(KINDS, respect[0]))) return undefined;
  if (!isWhole(from, HOUR_MS) || !isWhole(to, HOUR_MS) || !(await isLong(db, from, to))) return undefined;
  const kind = respect === undefined ? 'all' : KINDS[respect[0] as keyof typeof KINDS];
  const value = respect === undefined ? '' : textOf(respect[1]);
  const where = [sql`kind = ${kind}`, sql`value = ${value}`];
  if (outcome !== undefined) where.push(sql`outcome = ${outcome}`);
  if (from !== undefined) where.push(sql`hour >= ${from.toISOString().slice(0, 13)}`);
  if (to !== undefined) where.push(sql`hour < ${to.toISOString().slice(0, 13)}`);
  return sql`audit_activity where ${sql.join(where, sql` and `)}`;
}

function textOf(value: AuditFilter[keyof AuditFilter]): string | null {
  return typeof value === 'string' || typeof value === 'number' ? searchable(`${value}`) : null;
}

function isKnown(names: object, name: string): boolean {
  return Object.hasOwn(names, name);
}

function isWhole(time: Date | undefined, ms: number): boolean {
  return time === undefined || time.getTime() % ms === 0;
}

/** In a short span minutes matter: its records are counted one by one, unless they are too many for that. */
async function isLong(db: Kysely<AuditTables>, from: Date | undefined, to: Date | undefined): Promise<boolean> {
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

async function readTimes(db: Kysely<AuditTables>, source: Source): Promise<Times> {
  const { rows } = await sql<{ hour: string; outcome: AuditOutcome; records: number | string }>`
    select hour, outcome, sum(records) as records from ${source} group by 1, 2`.execute(db);
  const counts = new Map<string, Partial<Record<AuditOutcome, number>>>();
  for (const { hour, outcome, records } of rows) add(counts, hour, outcome, Number(records));
  return { shortest: 'hour', counts, total: rows.reduce((total, { records }) => total + Number(records), 0) };
}

type CountedRecord = {
  readonly time: string;
  readonly outcome: AuditOutcome;
  readonly person: string | null;
  readonly real_actor: string | null;
  readonly action_id: string | null;
};

/** One more than is counted, to know whether there are more. */
async function readRecords(
  db: Kysely<AuditTables>,
  { from, where, seq }: NonNullable<SearchPlan>,
): Promise<readonly CountedRecord[]> {
  const { rows } = await sql<CountedRecord>`
    select i.time, i.outcome, i.person, i.real_actor, i.action_id
    ${from} where ${where} order by ${seq} desc limit ${COUNTED_RECORDS + 1}`.execute(db);
  return rows;
}

function countTimes(records: readonly CountedRecord[]): Times {
  const counts = new Map<string, Partial<Record<AuditOutcome, number>>>();
  for (const { time, outcome } of records) add(counts, time.slice(0, PREFIX_LENGTH.minute), outcome, 1);
  return { shortest: 'minute', counts, total: records.length };
}

function countActors(records: readonly CountedRecord[]): Actors['list'] {
  const counted = new Map<string, { person: string; realActor: string; actionId: string; records: number }>();
  for (const { person, real_actor: realActor, action_id: actionId } of records) {
    if (person === null || person === '') continue;
    const key = JSON.stringify([person, realActor, actionId]);
    const actor = counted.get(key) ?? { person, realActor: realActor ?? '', actionId: actionId ?? '', records: 0 };
    actor.records += 1;
    counted.set(key, actor);
  }
  return [...counted.values()].sort((a, b) => b.records - a.records).slice(0, MOST_ACTORS);
}

async function readActors(db: Kysely<AuditTables>, source: RawBuilder<unknown>): Promise<Actors['list']> {
  const { rows } = await sql<{ person: string; real_actor: string; action_id: string; records: number | string }>`
    select person, real_actor, action_id, sum(records) as records
    from ${source} and person <> '' group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit ${sql.lit(MOST_ACTORS)}`.execute(
    db,
  );
  return rows.map(({ person, real_actor: realActor, action_id: actionId, records }) => ({
    person,
    realActor,
    actionId,
    records: Number(records),
  }));
}

/** The daily counts of persons and actions, when the filter asks for whole days and nothing else but these. */
function dailySource(filter: AuditFilter): RawBuilder<unknown> | undefined {
  const { from, to, ...asked } = filter;
  if (!isWhole(from, 24 * HOUR_MS) || !isWhole(to, 24 * HOUR_MS)) return undefined;
  const where = [sql`1 = 1`];
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    if (!isKnown(ACTORS, name)) return undefined;
    where.push(sql`${sql.ref(ACTORS[name as keyof typeof ACTORS])} = ${textOf(value)}`);
  }
  if (from !== undefined) where.push(sql`day >= ${from.toISOString().slice(0, 10)}`);
  if (to !== undefined) where.push(sql`day < ${to.toISOString().slice(0, 10)}`);
  return sql`audit_actors where ${sql.join(where, sql` and `)}`;
}
