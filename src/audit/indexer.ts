/**
 * Keeps the index, by which records are found and counted, up with the records. It is filled after the commit that a click
 * waits for, when the log has nothing else to do, and at the latest before a search. It only repeats what records say.
 */
import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { readContent } from './record.ts';
import type { RecordContent } from './record.ts';
import { termsOf } from './search-terms.ts';
import type { ActivityRow, ActorsRow, AuditTables, IndexRow } from './tables.ts';

/** Few at a time in the background, so that an append never waits long; more when somebody waits for the search. */
const BACKGROUND_BATCH = { records: 50, terms: 1_000 };
const SEARCH_BATCH = { records: 500, terms: 10_000 };
const BACKGROUND_PAUSE_MS = 50;
/** Both databases limit how many values one statement may carry. */
const ROWS_PER_INSERT = 1_000;

/** A batch ends at whichever comes first; a record that names more rows than that is a batch of its own. */
type BatchSize = { readonly records: number; readonly terms: number };

type Indexer = {
  /** Says that there are new records. */
  readonly wake: () => void;
  /** Resolves when everything that is a record now can be found. */
  readonly catchUp: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export function createIndexer(db: Kysely<AuditTables>): Indexer {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let closed = false;

  function wake(): void {
    // Each commit starts the pause anew: under load, indexing waits for a quiet moment.
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(step, BACKGROUND_PAUSE_MS);
    timer.unref();
  }

  function step(): void {
    working = indexBatch(db, BACKGROUND_BATCH).then(
      (isMore) => {
        if (isMore) wake();
      },
      // The index can wait: the next commit or search tries again, and a search reports what is wrong.
      () => undefined,
    );
  }

  return {
    wake,
    catchUp: async () => {
      // SQLite answers without ever waiting: let others have their turn.
      while (await indexBatch(db, SEARCH_BATCH)) await setImmediate();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await working;
    },
  };
}

/** Forgets the index, so that it is made anew from the records. */
export async function forgetIndex(db: Kysely<AuditTables>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lockMark(transaction);
    for (const table of ['audit_index', 'audit_terms', 'audit_activity', 'audit_actors', 'audit_hours'] as const) {
      await transaction.deleteFrom(table).execute();
    }
    await transaction.updateTable('audit_indexed').set({ seq: 0 }).execute();
  });
}

/** Indexes some records more; false when there are no more. */
async function indexBatch(db: Kysely<AuditTables>, size: BatchSize): Promise<boolean> {
  const [head, indexed] = await Promise.all([
    db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow(),
    db.selectFrom('audit_indexed').select('seq').executeTakeFirstOrThrow(),
  ]);
  if (indexed.seq >= head.seq) return false;
  return db.transaction().execute(async (transaction) => {
    // Moving the mark first locks it: of several processes one indexes, the others find it done.
    const from = await lockMark(transaction);
    const records = await transaction
      .selectFrom('audit_records')
      .select(['seq', 'hash', 'line'])
      .where('seq', '>', from)
      .orderBy('seq')
      .limit(size.records)
      .execute();
    const batch = takeBatch(
      records.map((record) => ({ seq: record.seq, content: readContent(record) })),
      size.terms,
    );
    const last = batch.at(-1);
    if (last === undefined) return false;
    await insertAll(transaction, batch);
    await transaction.updateTable('audit_indexed').set({ seq: last.row.seq }).execute();
    return last.row.seq < head.seq;
  });
}

async function lockMark(transaction: Transaction<AuditTables>): Promise<number> {
  const { seq } = await transaction
    .updateTable('audit_indexed')
    .set((mark) => ({ seq: mark.ref('seq') }))
    .returning('seq')
    .executeTakeFirstOrThrow();
  return seq;
}

type Indexed = { readonly row: IndexRow; readonly terms: ReadonlySet<string> };

function takeBatch(
  records: readonly { readonly seq: number; readonly content: RecordContent }[],
  mostTerms: number,
): readonly Indexed[] {
  const batch: Indexed[] = [];
  let terms = 0;
  for (const { seq, content } of records) {
    const indexed = { row: indexRow(seq, content), terms: termsOf(content) };
    terms += indexed.terms.size;
    if (batch.length > 0 && terms > mostTerms) break;
    batch.push(indexed);
  }
  return batch;
}

async function insertAll(transaction: Transaction<AuditTables>, batch: readonly Indexed[]): Promise<void> {
  await transaction
    .insertInto('audit_index')
    .values(batch.map(({ row }) => row))
    .execute();
  const terms = batch.flatMap(({ row, terms }) => [...terms].map((term) => ({ term, seq: row.seq })));
  for (let start = 0; start < terms.length; start += ROWS_PER_INSERT) {
    await transaction
      .insertInto('audit_terms')
      .values(terms.slice(start, start + ROWS_PER_INSERT))
      .execute();
  }
  const activity = [...countActivity(batch.map(({ row }) => row))];
  for (let start = 0; start < activity.length; start += ROWS_PER_INSERT) {
    await transaction
      .insertInto('audit_activity')
      .values(activity.slice(start, start + ROWS_PER_INSERT))
      .onConflict((conflict) =>
        conflict
          .columns(['kind', 'value', 'hour', 'outcome'])
          .doUpdateSet({ records: sql`audit_activity.records + excluded.records` }),
      )
      .execute();
  }
  await transaction
    .insertInto('audit_actors')
    .values([...countActors(batch.map(({ row }) => row))])
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'person', 'real_actor', 'action_id'])
        .doUpdateSet({ records: sql`audit_actors.records + excluded.records` }),
    )
    .execute();
  for (const [hour, { first, last }] of hoursOf(batch.map(({ row }) => row))) {
    await transaction
      .insertInto('audit_hours')
      .values({ hour, first_seq: first, last_seq: last })
      .onConflict((conflict) => conflict.column('hour').doUpdateSet({ last_seq: last }))
      .execute();
  }
}

function countActivity(rows: readonly IndexRow[]): Iterable<ActivityRow> {
  const counted = new Map<string, ActivityRow>();
  for (const row of rows) {
    for (const kind of ACTIVITY_KINDS) {
      const value = kind === 'all' ? '' : row[kind];
      if (value === null) continue;
      const counts = { kind, value: String(value), hour: hourOf(row.time), outcome: row.outcome };
      add(counted, counts);
    }
  }
  return counted.values();
}

const ACTIVITY_KINDS = ['all', 'person', 'real_actor', 'action_id', 'type', 'code', 'project_id'] as const;

function countActors(rows: readonly IndexRow[]): Iterable<ActorsRow> {
  const counted = new Map<string, ActorsRow>();
  for (const { time, person, real_actor, action_id } of rows) {
    const day = time.slice(0, 10);
    add(counted, { day, person: person ?? '', real_actor: real_actor ?? '', action_id: action_id ?? '' });
  }
  return counted.values();
}

function add<Row extends { readonly records: number }>(counted: Map<string, Row>, row: Omit<Row, 'records'>): void {
  const key = JSON.stringify(row);
  counted.set(key, { ...row, records: (counted.get(key)?.records ?? 0) + 1 } as Row);
}

/** From which record to which each hour reaches. Records come in order of seq. */
function hoursOf(rows: readonly IndexRow[]): ReadonlyMap<string, { readonly first: number; readonly last: number }> {
  const hours = new Map<string, { first: number; last: number }>();
  for (const { time, seq } of rows) {
    const hour = hourOf(time);
    hours.set(hour, { first: hours.get(hour)?.first ?? seq, last: seq });
  }
  return hours;
}

/** The hour of an RFC 3339 time: `2026-01-02T03`. */
function hourOf(time: string): string {
  return time.slice(0, 13);
}

function indexRow(seq: number, c: RecordContent): IndexRow {
  return {
    seq,
    time: c.time,
    type: c.type,
    outcome: c.outcome,
    code: searchable(c.code),
    person: searchable(c.person?.login),
    real_actor: searchable(c.realActor?.name),
    subject: searchable(c.subject?.subject),
    action_id: searchable(c.actionId),
    launch_id: searchable(c.launchId),
    run_id: searchable(c.runId),
    project_id: c.project?.id ?? null,
    reference: searchable(c.reference),
    client_address: searchable(c.clientAddress),
  };
}

/** PostgreSQL's text holds neither NUL nor half of a surrogate pair; the record itself keeps both, escaped. */
export function searchable(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll('\0', '\uFFFD').toWellFormed();
}
