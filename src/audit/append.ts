/**
 * Makes records durable, many at a time: whoever appends while a commit is under way shares the next one. A commit is
 * one transaction that locks the head of the chain, inserts, and moves the head, so that any number of processes keep one chain.
 */
import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Head } from './chain.ts';
import { AuditUnavailableError } from './errors.ts';
import type { AuditEvent } from './event.ts';
import { sealRecord } from './record.ts';
import type { SealedRecord } from './record.ts';
import type { AuditTables } from './tables.ts';

export type AppendOptions = {
  /**
   * Other writes that become durable together with these records, or not at all. They come behind the records in the
   * transaction and are told how they were sealed. Must use the transaction it is
   * given and nothing else of the database, and be quick: everybody who appends waits for it. It may be called again after
   * its writes were taken back.
   */
  readonly alongside?: (transaction: Transaction<object>, records: readonly SealedRecord[]) => Promise<void>;
};

/** Bounds how long one commit holds the head. */
const MAX_RECORDS_PER_COMMIT = 1_000;
/** Both databases limit how many values one statement may carry. */
const RECORDS_PER_INSERT = 500;
const PROBE_BYTES = 64 * 1024;

/** One call of `append` waiting for its commit. */
type Waiting = {
  readonly events: readonly AuditEvent[];
  readonly alongside: AppendOptions['alongside'];
  readonly resolve: (records: readonly SealedRecord[]) => void;
  readonly reject: (error: unknown) => void;
};

type Appender = {
  readonly append: (events: readonly AuditEvent[], options: AppendOptions) => Promise<readonly SealedRecord[]>;
  readonly check: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export function createAppend(deps: {
  readonly db: Kysely<AuditTables>;
  readonly now: () => Date;
  /** Called with the number of the last record after each commit that added any. */
  readonly onCommitted: (size: number) => void;
}): Appender {
  const { db, now, onCommitted } = deps;
  const queue: Waiting[] = [];
  let working: Promise<void> | undefined;
  /** The last commit failed: a little that can be written does not prove that the next will not. */
  let hasFailed = false;

  async function work(): Promise<void> {
    // SQLite commits without ever waiting, so each of many requests that are here already would get a commit of its own.
    // One turn of the event loop lets all of them append first.
    await setImmediate();
    while (queue.length > 0) await commit(takeGroup(queue));
    working = undefined;
  }

  /** Answers everybody in the group; never throws. */
  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      const records = await commitGroup(db, now, group);
      hasFailed = false;
      for (const [index, { resolve }] of group.entries()) resolve(records[index] ?? []);
      const last = records.flat().at(-1);
      if (last !== undefined) onCommitted(last.seq);
    } catch (error) {
      if (!(error instanceof AlongsideFailure)) {
        hasFailed = true;
        for (const { reject } of group) reject(new AuditUnavailableError('written', { cause: error }));
      } else if (group.length === 1) {
        for (const { reject } of group) reject(error.cause);
      } else {
        // One caller's writes failed and took back everybody's. That is rare: each once more, alone.
        for (const waiting of group) await commit([waiting]);
      }
    }
  }

  return {
    append: (events, { alongside }) =>
      new Promise((resolve, reject) => {
        queue.push({ events, alongside, resolve, reject });
        working ??= work();
      }),
    check: async () => {
      try {
        await tryToWrite(db);
        if (hasFailed) await tryToWriteMuch(db);
      } catch (error) {
        throw new AuditUnavailableError('written', { cause: error });
      }
    },
    close: async () => {
      await working;
    },
  };
}

/**
 * Writes for real, what is there already: locking alone succeeds on a SQLite file that may only be read, and what is never
 * committed does not notice that the disk is full.
 */
async function tryToWrite(db: Kysely<AuditTables>): Promise<void> {
  await db.transaction().execute((transaction) =>
    transaction
      .updateTable('audit_head')
      .set((head) => ({ seq: head.ref('seq') }))
      .execute(),
  );
}

/** Writes as much as a commit may need, and removes it again: on a full disk there may be room for very little. */
async function tryToWriteMuch(db: Kysely<AuditTables>): Promise<void> {
  const probe = { name: 'probe', seq: Number.MAX_SAFE_INTEGER, owner: 'x'.repeat(PROBE_BYTES), owned_until: '' };
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('audit_sinks').where('name', '=', probe.name).execute();
    await transaction.insertInto('audit_sinks').values(probe).execute();
  });
  await db.deleteFrom('audit_sinks').where('name', '=', probe.name).execute();
}

function takeGroup(queue: Waiting[]): readonly Waiting[] {
  let records = 0;
  const end = queue.findIndex((waiting) => (records += waiting.events.length) > MAX_RECORDS_PER_COMMIT);
  // A caller's records are never split over two commits, so a large set is a group of its own.
  return queue.splice(0, end === -1 ? queue.length : Math.max(1, end));
}

/** A caller's own writes failed, before anything of the group was committed; `cause` is what they threw. */
class AlongsideFailure extends Error {}

/**
 * Gives each caller's records once the commit is durable.
 *
 * @throws {@link AlongsideFailure}, or whatever the database throws; then none of the group may be told that it is kept.
 */
async function commitGroup(
  db: Kysely<AuditTables>,
  now: () => Date,
  group: readonly Waiting[],
): Promise<readonly (readonly SealedRecord[])[]> {
  return db.transaction().execute(async (transaction) => {
    const start = await lockHead(transaction);
    let head = start;
    const sealed = group.map(({ events }) => events.map((event) => (head = sealRecord(event, head, now()))));
    await insert(transaction, sealed.flat());
    for (const [index, { alongside }] of group.entries()) {
      if (alongside !== undefined) await runAlongside(transaction, alongside, sealed[index] ?? []);
    }
    // Last, and also when nothing was added: PostgreSQL ends a transaction in which a statement failed without a word,
    // but refuses a further statement.
    await transaction.updateTable('audit_head').set({ seq: head.seq, hash: head.hash }).execute();
    return sealed;
  });
}

/** Nobody else appends until this transaction ends. */
async function lockHead(transaction: Transaction<AuditTables>): Promise<Head> {
  const query = transaction.selectFrom('audit_head').select(['seq', 'hash']);
  // SQLite has no row locks: its transactions begin as the only writer.
  const isSqlite = !transaction.getExecutor().adapter.supportsMultipleConnections;
  return (isSqlite ? query : query.forUpdate()).executeTakeFirstOrThrow();
}

async function runAlongside(
  transaction: Transaction<AuditTables>,
  alongside: NonNullable<AppendOptions['alongside']>,
  records: readonly SealedRecord[],
): Promise<void> {
  try {
    await alongside(transaction as unknown as Transaction<object>, records);
  } catch (cause) {
    throw new AlongsideFailure('writes alongside records failed', { cause });
  }
}

async function insert(transaction: Transaction<AuditTables>, records: readonly SealedRecord[]): Promise<void> {
  for (let start = 0; start < records.length; start += RECORDS_PER_INSERT) {
    await transaction
      .insertInto('audit_records')
      .values(records.slice(start, start + RECORDS_PER_INSERT))
      .execute();
  }
}
