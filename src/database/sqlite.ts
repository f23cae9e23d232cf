/**
 * SQLite behind Kysely: one file, one connection, every commit on the disk before it is reported. Waiting for another
 * process that writes (a backup, a second server during a restart) never blocks the event loop.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import BetterSqlite from 'better-sqlite3';
import type { DatabaseConnection, Driver, QueryResult } from 'kysely';
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';

/** How long a statement waits for another process to finish writing. */
const PATIENCE_MS = 5_000;

/** Opens the file, making it and its folder when absent: readable by our own account only. */
export async function openSqliteFile(url: string): Promise<BetterSqlite.Database> {
  const path = pathOf(url);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite would make the file with the process's umask; its -wal and -shm files copy the mode from it.
  closeSync(openSync(path, 'a', 0o600));
  // SQLite's own waiting would stop the whole process: it gives up at once, and `patiently` waits instead.
  const file = new BetterSqlite(path, { timeout: 0 });
  try {
    await patiently(() => file.pragma('journal_mode = WAL'));
    file.pragma('synchronous = FULL');
    file.pragma('foreign_keys = ON');
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Kysely's dialect for a file opened by {@link openSqliteFile}. */
export class PatientSqliteDialect extends SqliteDialect {
  readonly #file: BetterSqlite.Database;

  constructor(file: BetterSqlite.Database) {
    super({ database: file });
    this.#file = file;
  }

  override createDriver(): Driver {
    return new PatientSqliteDriver({ database: this.#file });
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
  override async acquireConnection(): Promise<DatabaseConnection> {
    return patientConnection(await super.acquireConnection());
  }

  /** `immediate`: a transaction that reads first and writes later could not wait for its turn half-way. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

const patientConnections = new WeakMap<DatabaseConnection, DatabaseConnection>();

function patientConnection(connection: DatabaseConnection): DatabaseConnection {
  let patient = patientConnections.get(connection);
  if (patient === undefined) {
    patient = {
      executeQuery: <R>(query: CompiledQuery): Promise<QueryResult<R>> =>
        patiently(() => connection.executeQuery<R>(query)),
      streamQuery: <R>(query: CompiledQuery, chunkSize: number) => connection.streamQuery<R>(query, chunkSize),
    };
    patientConnections.set(connection, patient);
  }
  return patient;
}

/** A statement refused as busy had no effect, so it can simply be tried again. */
async function patiently<T>(attempt: () => T | Promise<T>): Promise<T> {
  for (let waited = 0, wait = 1; ; waited += wait, wait = Math.min(wait * 2, 50)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || waited >= PATIENCE_MS) throw error;
    }
    await delay(wait);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}

function pathOf(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length);
}
