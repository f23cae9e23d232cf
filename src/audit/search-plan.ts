/**
 * A filter as SQL that stays fast in a long log. One condition leads: the database walks its index from the newest record
 * on and checks the others there. The leader is the rarest, which is found by counting a little, not left to a planner.
 */
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import { searchable } from './indexer.ts';
import type { AuditFilter } from './search-filter.ts';
import {
  fieldTerm,
  projectTerm,
  rowFieldTerm,
  rowTerm,
  SELF_TERM,
  undoTerm,
  wordsOf,
  wordTerm,
} from './search-terms.ts';
import type { AuditTables, IndexRow } from './tables.ts';

/** `from … where …` over audit_index as `i`, to be ordered by `seq`. Undefined when nothing can match. */
export type SearchPlan =
  | { readonly from: RawBuilder<unknown>; readonly where: RawBuilder<unknown>; readonly seq: RawBuilder<unknown> }
  | undefined;

type Condition = {
  /** Checks one record, without an index that would lead elsewhere. */
  readonly check: RawBuilder<unknown>;
  /** Goes through the matches by index. */
  readonly lead: {
    readonly from: RawBuilder<unknown>;
    readonly where: RawBuilder<unknown>;
    /** The number of the record as the leading index has it: in its order nothing needs to be sorted. */
    readonly seq: RawBuilder<unknown>;
  };
  /** Rows of the index that match; only its size matters. */
  readonly matches: RawBuilder<unknown>;
  /** Leads only to few matches: those of several words come in no order and must be sorted. */
  readonly sorts?: boolean;
};

/** Counting stops here: two conditions with more matches than this overlap soon enough. */
const COUNTED = 20_000;

const COLUMNS = {
  person: 'person',
  realActor: 'real_actor',
  subject: 'subject',
  type: 'type',
  outcome: 'outcome',
  code: 'code',
  actionId: 'action_id',
  launchId: 'launch_id',
  runId: 'run_id',
  reference: 'reference',
  clientAddress: 'client_address',
} as const satisfies Partial<Record<keyof AuditFilter, keyof IndexRow>>;

const FROM_INDEX = { from: sql`from audit_index i`, seq: sql`i.seq` };

export async function planSearch(db: Kysely<AuditTables>, filter: AuditFilter): Promise<SearchPlan> {
  if (!isPossible(filter)) return undefined;
  const span = await seqSpan(db, filter);
  if (span === undefined) return undefined;
  const conditions = conditionsOf(filter);
  const sizes = conditions.length < 2 ? [0] : await Promise.all(conditions.map((one) => countSome(db, one)));
  const leader = rarest(conditions, sizes) ?? (await onlyLeader(db, conditions));
  const { from, seq } = leader?.lead ?? FROM_INDEX;
  const where = conditions.map((one) => (one === leader ? one.lead.where : one.check));
  if (span.first > 1) where.push(sql`${seq} >= ${span.first}`);
  if (span.last !== Infinity) where.push(sql`${seq} <= ${span.last}`);
  // Never by the index of times: that would give up the order of records.
  if (filter.from !== undefined) where.push(sql`i.time || '' >= ${filter.from.toISOString()}`);
  if (filter.to !== undefined) where.push(sql`i.time || '' < ${filter.to.toISOString()}`);
  return { from, seq, where: where.length === 0 ? sql`1 = 1` : sql.join(where, sql` and `) };
}

/** No record has such numbers; PostgreSQL would call them an error. */
function isPossible({ projectId, entity, from, to }: AuditFilter): boolean {
  const numbers = [projectId, entity?.id].every((n) => n === undefined || Number.isSafeInteger(n));
  return numbers && (from === undefined || to === undefined || from < to);
}

/** Which records a time can be in; time and seq rise together, but for the clocks of several servers. */
async function seqSpan(
  db: Kysely<AuditTables>,
  { from, to }: AuditFilter,
): Promise<{ readonly first: number; readonly last: number } | undefined> {
  if (from === undefined && to === undefined) return { first: 1, last: Infinity };
  let hours = db
    .selectFrom('audit_hours')
    .select(({ fn }) => [fn.min('first_seq').as('first'), fn.max('last_seq').as('last')]);
  if (from !== undefined) hours = hours.where('hour', '>=', from.toISOString().slice(0, 13));
  if (to !== undefined) hours = hours.where('hour', '<=', to.toISOString().slice(0, 13));
  const { first, last } = await hours.executeTakeFirstOrThrow();
  return (first as number | null) === null ? undefined : { first, last };
}

function conditionsOf(filter: AuditFilter): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const [name, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, keyof IndexRow][]) {
    const value = filter[name];
    if (value !== undefined) conditions.push(byColumn(column, searchable(value), sql`|| ''`));
  }
  if (filter.projectId !== undefined) conditions.push(byColumn('project_id', filter.projectId, sql`+ 0`));
  if (filter.projectName !== undefined) conditions.push(byTerm(projectTerm(filter.projectName)));
  if (filter.undoOf !== undefined) conditions.push(byTerm(undoTerm(filter.undoOf)));
  if (filter.executor === 'self') conditions.push(byTerm(SELF_TERM));
  if (filter.executor === 'script') conditions.push(BY_SCRIPT);
  const { entity, field } = filter;
  if (entity !== undefined && field !== undefined) {
    conditions.push(byTerm(rowFieldTerm(entity.type, entity.id, field)));
  } else if (entity !== undefined) conditions.push(byTerm(rowTerm(entity.type, entity.id)));
  else if (field !== undefined) conditions.push(byTerm(fieldTerm(field)));
  for (const word of new Set(wordsOf(filter.text ?? ''))) conditions.push(byWord(word));
  return conditions;
}

/** @param nothing - What leaves a value as it is and yet keeps its index from being used. */
function byColumn(column: keyof IndexRow, value: string | number | null, nothing: RawBuilder<unknown>): Condition {
  const name = sql.ref(`i.${column}`);
  return {
    check: sql`${name} ${nothing} = ${value}`,
    lead: { ...FROM_INDEX, where: sql`${name} = ${value}` },
    matches: sql`from audit_index i where ${name} = ${value}`,
  };
}

/** Whatever is not marked as the person's own doing. */
const NOT_BY_SELF = sql`i.real_actor is not null and not exists
  (select 1 from audit_terms t where t.term = ${SELF_TERM} and t.seq = i.seq)`;
const BY_SCRIPT: Condition = {
  check: NOT_BY_SELF,
  lead: { ...FROM_INDEX, where: NOT_BY_SELF },
  matches: sql`from audit_index i where i.real_actor is not null`,
};

function byTerm(term: string): Condition {
  return {
    check: sql`exists (select 1 from audit_terms t where t.term = ${term} and t.seq = i.seq)`,
    // "Cross" fixes the order of the two in SQLite.
    lead: {
      from: sql`from audit_terms d cross join audit_index i`,
      where: sql`d.term = ${term} and d.seq = i.seq`,
      seq: sql`d.seq`,
    },
    matches: sql`from audit_terms where term = ${term}`,
  };
}

function byWord(word: string): Condition {
  const start = wordTerm(word);
  // The last character there is: every text that begins like `start` is below.
  const end = `${start}\u{10FFFF}`;
  const matches = sql`from audit_terms where term >= ${start} and term < ${end}`;
  return {
    check: sql`exists (select 1 from audit_terms t where t.seq = i.seq and t.term >= ${start} and t.term < ${end})`,
    lead: {
      from: sql`from (select distinct seq ${matches}) d cross join audit_index i`,
      where: sql`d.seq = i.seq`,
      seq: sql`d.seq`,
    },
    matches,
    sorts: true,
  };
}

async function countSome(db: Kysely<AuditTables>, { matches }: Condition): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from (select 1 as one ${matches} limit ${COUNTED}) s`.execute(db);
  return rows[0]?.n ?? 0;
}

function rarest(conditions: readonly Condition[], sizes: readonly number[]): Condition | undefined {
  let best: number | undefined;
  for (const [index, size] of sizes.entries()) {
    const condition = conditions[index];
    if (condition === undefined || sizes.length < 2) continue;
    if (condition.sorts === true && size >= COUNTED) continue;
    if (best === undefined || size < (sizes[best] ?? Infinity)) best = index;
  }
  return best === undefined ? undefined : conditions[best];
}

/** A single condition leads, unless it is a word of very many records: then the newest are soon found by looking. */
async function onlyLeader(db: Kysely<AuditTables>, conditions: readonly Condition[]): Promise<Condition | undefined> {
  const [only, ...more] = conditions;
  if (only === undefined || more.length > 0) return undefined;
  return only.sorts === true && (await countSome(db, only)) >= COUNTED ? undefined : only;
}
