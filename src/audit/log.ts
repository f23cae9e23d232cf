/**
 * The audit log: everything that the rest of the program may do with it. How records are sealed is in `record.ts`,
 * how they become durable in `append.ts`, how they are found in `search.ts`.
 */
import type { Database } from '../database/open.ts';
import { readActivity } from './activity.ts';
import type { Activity } from './activity.ts';
import { createAppend } from './append.ts';
import type { AppendOptions } from './append.ts';
import type { ChainResult } from './chain.ts';
import { readDay } from './day.ts';
import type { Day } from './day.ts';
import { AuditUnavailableError } from './errors.ts';
import type { AuditEvent } from './event.ts';
import { streamFile } from './export-file.ts';
import { readClicksByAction, type ActionClicks } from './clicks-by-action.ts';
import { createIndexer } from './indexer.ts';
import { readContent } from './record.ts';
import type { AuditRecord, SealedRecord } from './record.ts';
import { searchRecords, streamRecords } from './search.ts';
import type { AuditPage } from './search.ts';
import type { AuditFilter, PageOfRecords } from './search-filter.ts';
import { readStory } from './story.ts';
import type { Story } from './story.ts';
import type { AuditTables } from './tables.ts';
import { verifyRecords } from './verify.ts';
import type { VerifyOptions } from './verify.ts';

export type AuditLog = {
  /**
   * Seals events in this order and makes them durable before it resolves.
   *
   * @throws {@link AuditUnavailableError} when that fails: then nothing that depends on the record may happen. (A
   *   connection that breaks during the commit may leave a record of something that did not happen, never the reverse.)
   * @throws whatever `alongside` throws; then neither its writes nor these events are kept.
   */
  readonly append: (
    events: AuditEvent | readonly AuditEvent[],
    options?: AppendOptions,
  ) => Promise<readonly SealedRecord[]>;
  /** Records that match every given filter, newest first, including everything appended before the call. */
  readonly search: (filter: AuditFilter & PageOfRecords) => Promise<AuditPage>;
  /** The same question, counted: over time by outcome, and who acted as whom. */
  readonly activity: (filter: AuditFilter) => Promise<Activity>;
  /** The last 24 hours; `waitsForPeople` are actions that ask something before they show anything. */
  readonly day: (waitsForPeople: ReadonlySet<string>) => Promise<Day>;
  /** Which actions were clicked from this time on, and by how many people. */
  readonly clicksByAction: (since: Date) => Promise<readonly ActionClicks[]>;
  /** What a record is part of: its click from beginning to end, and the runs that took it back or that it takes back. */
  readonly story: (record: AuditRecord) => Promise<Story>;
  /** Records that match now, oldest first, a part at a time, up to number `lastSeq`. What is appended meanwhile is not among them. */
  readonly stream: (filter: AuditFilter, lastSeq?: number) => AsyncGenerator<readonly SealedRecord[]>;
  /** The part of the log that holds all matches up to number `lastSeq`, as a file that can be checked without this server. */
  readonly file: (
    filter: AuditFilter,
    lastSeq?: number,
  ) => AsyncGenerator<{ readonly text: string; readonly records: number }>;
  /** One record, or undefined when there is none of this number. */
  readonly read: (seq: number) => Promise<AuditRecord | undefined>;
  /** Checks the whole chain as it is now. Takes time in proportion to its size, a little at a time. */
  readonly verify: (options?: VerifyOptions) => Promise<ChainResult>;
  /** @throws {@link AuditUnavailableError} when a record could not be written now. */
  readonly check: () => Promise<void>;
  /** Waits for what is under way; call before the database is closed. */
  readonly close: () => Promise<void>;
};

/**
 * The log in this database; several processes may share one.
 *
 * @param deps.now - The clock that records are dated by.
 * @param deps.onCommitted - Told the number of the last record after each commit; must return at once.
 */
export function createAuditLog(deps: {
  readonly database: Database;
  readonly now: () => Date;
  readonly onCommitted?: (size: number) => void;
}): AuditLog {
  const { database, now } = deps;
  const db = database.db.$extendTables<AuditTables>();
  const indexer = createIndexer(db);
  const appender = createAppend({
    db,
    now,
    onCommitted: (size) => {
      indexer.wake();
      deps.onCommitted?.(size);
    },
  });

  return {
    append: (events, options = {}) => appender.append(isList(events) ? events : [events], options),
    search: (filter) =>
      reading(async () => {
        await indexer.catchUp();
        return searchRecords(db, filter);
      }),
    activity: (filter) =>
      reading(async () => {
        await indexer.catchUp();
        return readActivity(db, filter);
      }),
    day: (waitsForPeople) =>
      reading(async () => {
        await indexer.catchUp();
        return readDay(db, now(), waitsForPeople);
      }),
    clicksByAction: (since) =>
      reading(async () => {
        await indexer.catchUp();
        return readClicksByAction(db, since);
      }),
    story: (record) =>
      reading(async () => {
        await indexer.catchUp();
        return readStory(db, record);
      }),
    stream: async function* stream(filter, lastSeq) {
      try {
        await indexer.catchUp();
        const { seq } = await db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow();
        yield* streamRecords(db, filter, Math.min(seq, lastSeq ?? seq));
      } catch (error) {
        throw new AuditUnavailableError('read', { cause: error });
      }
    },
    file: async function* file(filter, lastSeq) {
      try {
        await indexer.catchUp();
        yield* streamFile(db, filter, lastSeq);
      } catch (error) {
        throw new AuditUnavailableError('read', { cause: error });
      }
    },
    read: (seq) =>
      reading(async () => {
        if (!Number.isSafeInteger(seq)) return undefined;
        const record = await db
          .selectFrom('audit_records')
          .select(['seq', 'hash', 'line'])
          .where('seq', '=', seq)
          .executeTakeFirst();
        return record === undefined ? undefined : { ...record, content: readContent(record) };
      }),
    verify: (options) => reading(() => verifyRecords(db, options)),
    check: appender.check,
    close: async () => {
      await appender.close();
      await indexer.close();
    },
  };
}

/** @throws {@link AuditUnavailableError} for whatever keeps the database from answering. */
export async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new AuditUnavailableError('read', { cause: error });
  }
}

function isList(events: AuditEvent | readonly AuditEvent[]): events is readonly AuditEvent[] {
  return Array.isArray(events);
}
