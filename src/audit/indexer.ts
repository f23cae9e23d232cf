/**
 * Keeps `audit_index`, by which records are found, up with the records. It is filled after the commit that a click
 * waits for, when the log has nothing else to do, and at the latest before a search. It only repeats what records say.
 */
import type { Kysely, Transaction } from 'kysely';
import type { AuditTables, IndexRow } from './tables.ts';
import { readContent } from './record.ts';
import type { SealedRecord } from './record.ts';

/** Few at a time in the background, so that an append never waits long; more when somebody waits for the search. */
const BACKGROUND_BATCH = 50;
const SEARCH_BATCH = 500;
const BACKGROUND_PAUSE_MS = 50;

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
      (count) => {
        if (count === BACKGROUND_BATCH) wake();
      },
      // The index can wait: the next commit or search tries again, and a search reports what is wrong.
      () => undefined,
    );
  }

  return {
    wake,
    catchUp: async () => {
      while ((await indexBatch(db, SEARCH_BATCH)) === SEARCH_BATCH);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await working;
    },
  };
}

/** Indexes up to `limit` records more; returns how many there were. */
async function indexBatch(db: Kysely<AuditTables>, limit: number): Promise<number> {
  const [head, indexed] = await Promise.all([
    db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow(),
    db.selectFrom('audit_indexed').select('seq').executeTakeFirstOrThrow(),
  ]);
  if (indexed.seq >= head.seq) return 0;
  return db.transaction().execute(async (transaction) => {
    // Moving the mark first locks it: of several processes one indexes, the others find it done.
    const from = await lockMark(transaction);
    const records = await transaction
      .selectFrom('audit_records')
      .select(['seq', 'hash', 'line'])
      .where('seq', '>', from)
      .orderBy('seq')
      .limit(limit)
      .execute();
    const last = records.at(-1);
    if (last === undefined) return 0;
    await transaction.insertInto('audit_index').values(records.map(indexRow)).execute();
    await transaction.updateTable('audit_indexed').set({ seq: last.seq }).execute();
    return records.length;
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

function indexRow(record: SealedRecord): IndexRow {
  const c = readContent(record);
  return {
    seq: record.seq,
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
