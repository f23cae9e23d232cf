/** The pool of PostgreSQL connections: every wait has an end, and a lost connection is not the end of the process. */
import pg from 'pg';

/** Its type number in PostgreSQL's catalogue. */
const BIGINT = 20;

export type PoolLimits = {
  readonly maxConnections: number;
  /** Statements may take as long as they need: migrations. */
  readonly patient: boolean;
  readonly readonly: boolean;
};

/** A pool for a `postgres://` URL; connects when first used. */
export function createPool(url: string, limits: PoolLimits): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'understudy',
    max: limits.maxConnections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...(limits.readonly ? { options: '-c default_transaction_read_only=on' } : {}),
    types: { getTypeParser: numbersFromBigint },
    ...(limits.patient
      ? {}
      : {
          // The server's limit comes first: it says what was slow. Ours is for a network that swallows everything.
          statement_timeout: 30_000,
          query_timeout: 35_000,
          lock_timeout: 10_000,
          idle_in_transaction_session_timeout: 30_000,
        }),
  });
  // The server may end a connection whenever it likes, idle or between two statements of a transaction; the next
  // statement fails and the pool connects anew. Unheard, either event would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** `pg` gives bigint as text; ours count records and ids and stay far below 2^53. */
const numbersFromBigint: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === BIGINT ? Number : (pg.types.getTypeParser as ParserLookup)(oid, format);

type ParserLookup = (oid: number, format?: 'text' | 'binary') => (value: string) => unknown;
