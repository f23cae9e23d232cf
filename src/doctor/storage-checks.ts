/** Where things are kept: the database, room on its disk, and Redis. */
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuditLog } from '../audit/log.ts';
import { dialectOf } from '../database/dialect.ts';
import { DatabaseUnavailableError } from '../database/errors.ts';
import { sqlitePath } from '../database/sqlite.ts';
import { createRedisStore } from '../session/redis-store.ts';
import { checkWith, type Look } from './look.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';

const MIB = 1024 * 1024;
const LITTLE_BYTES = 1024 * MIB;
const HARDLY_ANY_BYTES = 100 * MIB;
const REDIS_MS = 4_000;
/** A connection that was refused is tried again for so long. */
const REFUSED_MS = 500;

export function storageChecks(look: Look): readonly Check[] {
  const { databaseUrl, redisUrl } = look.secrets;
  return [
    checkWith(look, ['DATABASE_URL'], { id: 'database', title: 'Database', run: () => judgeDatabase(look) }),
    checkWith(look, ['DATABASE_URL'], {
      id: 'disk',
      title: 'Room for the database',
      async run() {
        if (dialectOf(databaseUrl) !== 'sqlite') return skipped('PostgreSQL is on a disk of its own: watch it there.');
        return judgeRoom(await look.freeBytes(dirname(sqlitePath(databaseUrl))));
      },
    }),
    checkWith(look, ['REDIS_URL'], {
      id: 'redis',
      title: 'Redis',
      run: (signal) =>
        redisUrl === undefined
          ? skipped('Not used: sessions are in the database.')
          : judgeRedis(look, redisUrl, signal),
    }),
  ];
}

/** Told by every check that needs a database where there is none yet. */
export const NO_DATABASE = skipped('There is no database yet: the server makes it at its first start.');

async function judgeDatabase(look: Look): Promise<Finding> {
  const where = dialectOf(look.secrets.databaseUrl) === 'sqlite' ? 'SQLite' : 'PostgreSQL';
  try {
    const database = await look.database();
    if (database === undefined) return NO_DATABASE;
    await createAuditLog({ database, now: look.now }).check();
    return ok(`${where} answers, and a record could be written now.`);
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) {
      return failure(
        `The ${where} database of DATABASE_URL cannot be used: ${codeOf(error.cause)}.`,
        where === 'SQLite'
          ? 'See that the path is right, is a database, and belongs to the account of the server.'
          : 'See that the server at that address runs, that this machine may reach it, and that user and password are right.',
      );
    }
    return failure(
      `No record can be written into the ${where} database, so every click is refused: ${codeOf(error instanceof Error ? error.cause : undefined)}.`,
      where === 'SQLite'
        ? 'See that the disk has room and that the account of the server may write the file and its folder; start the server once if it is newer than the database.'
        : 'See that the role may insert into the tables and that the database takes writes; start the server once if it is newer than the database.',
    );
  }
}

/** Machine words only: what databases say in full may hold addresses and values. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'for no reason that it gives';
}

function judgeRoom(free: number): Finding {
  const saw = `${free >= 10 * LITTLE_BYTES ? `${Math.floor(free / LITTLE_BYTES)} GiB` : `${Math.floor(free / MIB)} MiB`} are free`;
  const remedy =
    'Make room, or move old records out with "understudy audit archive": when the disk is full, clicks are refused.';
  if (free < HARDLY_ANY_BYTES) return failure(`Only ${saw}.`, remedy);
  return free < LITTLE_BYTES ? warning(`Only ${saw}.`, remedy) : ok(`${saw}.`);
}

async function judgeRedis({ now }: Look, url: string, signal: AbortSignal): Promise<Finding> {
  let reason = 'no answer';
  let until = Date.now() + REDIS_MS;
  const store = createRedisStore({
    url,
    maxAgeSeconds: 1,
    now,
    onError: (error) => {
      reason = codeOf(error);
      until = Math.min(until, Date.now() + REFUSED_MS);
    },
  });
  try {
    // The connection is made in the background; until it is there every question fails at once.
    for (;;) {
      const answered = await store.check().then(
        () => true,
        () => false,
      );
      if (answered) return ok('Redis answers.');
      if (signal.aborted || Date.now() > until) break;
      await delay(50);
    }
    return failure(
      `Redis does not answer (${reason}): nobody can sign in, and runs wait.`,
      'See that it runs, that this machine may reach the address in REDIS_URL, and that user and password are right.',
    );
  } finally {
    await store.close();
  }
}
