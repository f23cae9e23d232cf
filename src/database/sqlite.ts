/**
 * SQLite behind Kysely: one file, one connection, every commit on the disk before it is reported. Waiting for another
 * process that writes (a backup, a second server during a restart) never blocks the event loop.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
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

type SqliteFile = { readonly handle: BetterSqlite.Database; readonly busyTimeoutMs: number };

/** Opens the file; unless `readonly`, makes it and its folder when absent: for our own account only. */
export async function openSqliteFile(url: string, { busyTimeoutMs, readonly }: SqliteLimits): Promise<SqliteFile> {
  const path = pathOf(url);
  // SQLite's own waiting would stop the whole process: it gives up at once, and `patiently` waits instead.
  if (readonly) return { handle: new BetterSqlite(path, { timeout: 0, readonly, fileMustExist: true }), busyTimeoutMs };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite would make the file with the process's umask; its -wal and -shm files copy the mode from it.
  closeSync(openSync(path, 'a', 0o600));
  const handle = new BetterSqlite(path, { timeout: 0 });
  try {
    await patiently(busyTimeoutMs, () => handle.pragma('journal_mode = WAL'));
    handle.pragma('synchronous = FULL');
    handle.pragma('foreign_keys = ON');
    return { handle, busyTimeoutMs };
  } catch (error) {
    handle.close();
    throw error;
  }
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
  #connection: DatabaseConnection | undefined;

  constructor(file: SqliteFile) {
    super({ database: file.handle });
    this.#busyTimeoutMs = file.busyTimeoutMs;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return (this.#connection ??= patientConnection(await super.acquireConnection(), this.#busyTimeoutMs));
  }

  /** `immediate`: a transaction that reads first and writes later could not wait for its turn half-way. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
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

function isBusy(error: unknown): boolean {
  // Not by class: the native module may have been loaded in another realm.
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'SQLITE_BUSY';
}

function pathOf(url: string): string {
  // Absolute, so that no name has a meaning of its own: ":memory:" would keep nothing.
  return url.startsWith('file://') ? fileURLToPath(url) : resolve(url.slice('file:'.length));
}
