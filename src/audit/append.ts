/**
 * Makes records durable, many at a time: whoever appends while a commit is under way shares the next one. A commit is
 * one transaction that locks the head of the chain, inserts, and moves the head, so that any number of processes keep one chain.
 */
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { Head } from './chain.ts';
import { AuditUnavailableError } from './errors.ts';
import type { AuditEvent } from './event.ts';
import { sealRecord } from './record.ts';
import type { SealedRecord } from './record.ts';
import type { AuditTables } from './tables.ts';

export type AppendOptions = {
  /**
   * Other writes that become durable together with these records, or not at all. Must use the transaction it is
   * given and nothing else of the database, and be quick: everybody who appends waits for it.
   */
  readonly alongside?: (transaction: Transaction<object>) => Promise<void>;
};

/** Bounds how long one commit holds the head. */
const MAX_RECORDS_PER_COMMIT = 1_000;
/** Both databases limit how many values one statement may carry. */
const RECORDS_PER_INSERT = 500;

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
  readonly onCommitted: () => void;
}): Appender {
  const { db, now, onCommitted } = deps;
  const queue: Waiting[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // What is appended in the same breath goes into the first commit already.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = takeGroup(queue);
      try {
        await commitGroup(db, now, group);
        onCommitted();
      } catch (error) {
        for (const { reject } of group) reject(new AuditUnavailableError('written', { cause: error }));
      }
    }
    working = undefined;
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
      } catch (error) {
        throw new AuditUnavailableError('written', { cause: error });
      }
    },
    close: async () => {
      await working;
    },
  };
}

/** Writes and takes it back: locking alone succeeds on a SQLite file that may only be read. */
async function tryToWrite(db: Kysely<AuditTables>): Promise<void> {
  const transaction = await db.startTransaction().execute();
  try {
    await transaction
      .updateTable('audit_head')
      .set((head) => ({ seq: head.ref('seq') }))
      .execute();
  } finally {
    await transaction.rollback().execute();
  }
}

function takeGroup(queue: Waiting[]): readonly Waiting[] {
  let records = 0;
  const end = queue.findIndex((waiting) => (records += waiting.events.length) > MAX_RECORDS_PER_COMMIT);
  // A caller's records are never split over two commits, so a large set is a group of its own.
  return queue.splice(0, end === -1 ? queue.length : Math.max(1, end));
}

/** Answers every caller once the commit is durable; throws when none of them may be told so. */
async function commitGroup(db: Kysely<AuditTables>, now: () => Date, group: readonly Waiting[]): Promise<void> {
  const answers = await db.transaction().execute(async (transaction) => {
    let head = await lockHead(transaction);
    const sealed: SealedRecord[] = [];
    const tell: (() => void)[] = [];
    for (const [index, { events, alongside, resolve, reject }] of group.entries()) {
      const failure = alongside && (await runAlongside(transaction, `append_${index}`, alongside));
      if (failure !== undefined) {
        tell.push(() => reject(failure.error));
        continue;
      }
      const first = sealed.length;
      for (const event of events) sealed.push((head = sealRecord(event, head, now())));
      const records = sealed.slice(first);
      tell.push(() => resolve(records));
    }
    await insert(transaction, sealed);
    if (sealed.length > 0)
      await transaction.updateTable('audit_head').set({ seq: head.seq, hash: head.hash }).execute();
    return tell;
  });
  for (const answer of answers) answer();
}

/** Nobody else appends until this transaction ends. */
async function lockHead(transaction: Transaction<AuditTables>): Promise<Head> {
  const query = transaction.selectFrom('audit_head').select(['seq', 'hash']);
  // SQLite has no row locks: its transactions begin as the only writer.
  const isSqlite = !transaction.getExecutor().adapter.supportsMultipleConnections;
  return (isSqlite ? query : query.forUpdate()).executeTakeFirstOrThrow();
}

/** Runs a caller's own writes so that their failure takes back theirs only. */
async function runAlongside(
  transaction: Transaction<AuditTables>,
  name: string,
  alongside: NonNullable<AppendOptions['alongside']>,
): Promise<{ readonly error: unknown } | undefined> {
  await sql`savepoint ${sql.ref(name)}`.execute(transaction);
  try {
    await alongside(transaction as unknown as Transaction<object>);
    await sql`release savepoint ${sql.ref(name)}`.execute(transaction);
    return undefined;
  } catch (error) {
    await sql`rollback to savepoint ${sql.ref(name)}`.execute(transaction);
    return { error };
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
