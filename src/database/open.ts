/**
 * One database behind one type: a SQLite file by default, PostgreSQL by URL. It is handed out without table types;
 * who uses a table says what it looks like: `database.db.$extendTables<{ sessions: SessionsTable }>()`.
 */
import { Kysely, PostgresDialect, sql } from 'kysely';
import { dialectOf } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { DatabaseUnavailableError } from './errors.ts';
import { migrateToLatest } from './migrate.ts';
import type { PoolLimits } from './postgres.ts';
import { openSqliteFile, PatientSqliteDialect } from './sqlite.ts';
import type { SqliteLimits } from './sqlite.ts';

export type Database = {
  readonly db: Kysely<object>;
  readonly dialect: Dialect;
  /** Asks the database something. @throws {@link DatabaseUnavailableError} when it does not answer. */
  readonly check: () => Promise<void>;
  /** How PostgreSQL's connections are used now; undefined with SQLite, which has one. */
  readonly connections: () => Connections | undefined;
  /** Waits for what is under way, then lets go of every connection. */
  readonly close: () => Promise<void>;
};

export type Connections = { readonly active: number; readonly idle: number; readonly waiting: number };

export type OpenOptions = {
  /** Bring the tables up to date first; true unless `readonly`. */
  readonly migrate?: boolean;
  /** Nothing is made or changed, not even a missing SQLite file; every write is refused. */
  readonly readonly?: boolean;
  /** Most PostgreSQL connections at once. */
  readonly maxConnections?: number;
  /** How long a SQLite statement waits for another process that writes. */
  readonly busyTimeoutMs?: number;
};

/**
 * Opens a database and brings its tables up to date; several replicas may do so at once.
 *
 * @param url - `file:./path.db` (relative to the working folder) or `postgres://user:password@host:port/name`.
 * @throws {@link DatabaseUnavailableError} when it cannot be used; the message names neither user nor password.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  const dialect = dialectOf(url);
  try {
    const { maxConnections = 10, busyTimeoutMs = 5_000, readonly = false, migrate = !readonly } = options;
    if (migrate) await migrateUrl(url, dialect);
    const { db, connections } = await connect(url, dialect, {
      maxConnections,
      busyTimeoutMs,
      readonly,
      patient: false,
    });
    return await ready(asDatabase(db, dialect, connections));
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) throw error;
    throw new DatabaseUnavailableError('not_opened', { cause: error });
  }
}

/** A connection of its own: a migration may rightly take longer than any query of a running server. */
async function migrateUrl(url: string, dialect: Dialect): Promise<void> {
  const { db } = await connect(url, dialect, {
    maxConnections: 2,
    busyTimeoutMs: 60_000,
    readonly: false,
    patient: true,
  });
  try {
    await migrateToLatest(db, dialect);
  } finally {
    await db.destroy();
  }
}

async function connect(
  url: string,
  dialect: Dialect,
  limits: SqliteLimits & PoolLimits,
): Promise<Pick<Database, 'db' | 'connections'>> {
  switch (dialect) {
    case 'sqlite':
      return {
        db: new Kysely({ dialect: new PatientSqliteDialect(await openSqliteFile(url, limits)) }),
        connections: () => undefined,
      };
    case 'postgres': {
      // Imported when needed: most servers keep a SQLite file, and an idle one should be small.
      const { createPool } = await import('./postgres.ts');
      const pool = createPool(url, limits);
      return {
        db: new Kysely({ dialect: new PostgresDialect({ pool }) }),
        connections: () => ({
          active: pool.totalCount - pool.idleCount,
          idle: pool.idleCount,
          waiting: pool.waitingCount,
        }),
      };
    }
  }
}

/** Asks before it hands out: Kysely connects when first used, and only then has something to close. */
async function ready(database: Database): Promise<Database> {
  try {
    await database.check();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function asDatabase(db: Kysely<object>, dialect: Dialect, connections: Database['connections']): Database {
  return {
    db,
    dialect,
    connections,
    check: async () => {
      try {
        await sql`select 1`.execute(db);
      } catch (error) {
        throw new DatabaseUnavailableError('no_answer', { cause: error });
      }
    },
    close: () => db.destroy(),
  };
}
