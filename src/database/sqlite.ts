/**
 * SQLite behind Kysely: one file, one connection, every commit on the disk before it is reported. Waiting for another
 * process that writes (a backup, a second server during a restart) never blocks the event loop.
 */
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import BetterSqlite from 'better-sqlite3';
import type { DatabaseConnection, Driver, QueryResult } from 'kysely';
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';

export type SqliteLimits = {
  /** How long a statement waits for another process to finish writing. */
  readonly busyTimeoutMs: number;
  readonly readonly: boolean;
};

type SqliteFile = {
  readonly handle: BetterSqlite.Database;
  readonly busyTimeoutMs: number;
  /** @throws Error when the file is not where it was opened any more. */
  readonly assertThere: () => void;
};

/** What was written would be nowhere: the file, or the log of its last commits, was deleted, moved or replaced. */
class FileGoneError extends Error {
  override readonly name = 'FileGoneError';
}

/** Opens the file; unless `readonly`, makes it and its folder when absent: for our own account only. */
export async function openSqliteFile(url: string, { busyTimeoutMs, readonly }: SqliteLimits): Promise<SqliteFile> {
  const path = sqlitePath(url);
  // SQLite's own waiting would stop the whole process: it gives up at once, and `patiently` waits instead.
  if (readonly) {
    const handle = new BetterSqlite(path, { timeout: 0, readonly, fileMustExist: true });
    return { handle, busyTimeoutMs, assertThere: () => undefined };
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite would make the file with the process's umask; its -wal and -shm files copy the mode from it. A file that is there
  // is not touched: closing it would let go of every lock that this process has on it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const handle = new BetterSqlite(path, { timeout: 0 });
  try {
    await patiently(busyTimeoutMs, () => handle.pragma('journal_mode = WAL'));
    handle.pragma('synchronous = FULL');
    handle.pragma('foreign_keys = ON');
    const assertThere = watchFiles([path, `${path}-wal`]);
    assertThere();
    return { handle, busyTimeoutMs, assertThere };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** SQLite goes on writing to files that have lost their names, and calls it durable; this notices. */
function watchFiles(paths: readonly string[]): () => void {
  const inodes = new Map<string, number>();
  return () => {
    for (const path of paths) {
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      // The log of commits comes to be with the first of them.
      const known = inodes.get(path) ?? inode;
      if (known !== inode) throw new FileGoneError('the database file is not where it was opened');
      if (inode !== undefined) inodes.set(path, inode);
    }
  };
}

/** Kysely's dialect for a file opened by {@link openSqliteFile}. */
export class PatientSqliteDialect extends SqliteDialect {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    super({ database: file.handle });
    this.#file = file;
  }

  override createDriver(): Driver {
    return new PatientSqliteDriver(this.#file);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter();
  }
}

/** SQLite's schema changes are transactional; Kysely assumes that they are not. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class PatientSqliteDriver extends SqliteDriver {
  readonly #busyTimeoutMs: number;
  readonly #assertThere: () => void;
  #connection: DatabaseConnection | undefined;

  constructor(file: SqliteFile) {
    super({ database: file.handle });
    this.#busyTimeoutMs = file.busyTimeoutMs;
    this.#assertThere = file.assertThere;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return (this.#connection ??= patientConnection(await super.acquireConnection(), this.#busyTimeoutMs));
  }

  /** `immediate`: a transaction that reads first and writes later could not wait for its turn half-way. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    this.#assertThere();
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

function patientConnection(connection: DatabaseConnection, busyTimeoutMs: number): DatabaseConnection {
  return {
    executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> =>
      patiently(busyTimeoutMs, () => connection.executeQuery<R>(query)),
    streamQuery: <R>(query: CompiledQuery, chunkSize: number) => connection.streamQuery<R>(query, chunkSize),
  };
}

/** A statement refused as busy had no effect, so it can simply be tried again. */
async function patiently<T>(timeoutMs: number, attempt: () => T | Promise<T>): Promise<T> {
  for (let waited = 0, wait = 1; ; waited += wait, wait = Math.min(wait * 2, 50)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || waited >= timeoutMs) throw error;
    }
    await delay(wait);
  }
}

/** Another process writes, or puts in order what a killed one left behind. */
const BUSY: readonly unknown[] = ['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY'];

function isBusy(error: unknown): boolean {
  // Not by class: the native module may have been loaded in another realm.
  return typeof error === 'object' && error !== null && 'code' in error && BUSY.includes(error.code);
}

/** Where the file of a `file:` URL is, absolute. */
export function sqlitePath(url: string): string {
  // Absolute, so that no name has a meaning of its own: ":memory:" would keep nothing.
  return url.startsWith('file://') ? fileURLToPath(url) : resolve(url.slice('file:'.length));
}
