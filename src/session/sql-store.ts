/** Sessions in the database: the default, for one machine or for several on one PostgreSQL. */
import type { SessionData } from 'express-session';
import { orUnavailable } from './errors.ts';
import { personKey } from './holder.ts';
import { ownerOf, providerSessionKey } from './owner.ts';
import { createStore } from './store.ts';
import type { KnownSession, SessionBackend, SessionStore } from './store.ts';
import { sessionTables } from './tables.ts';
import type { SessionDatabase } from './tables.ts';

/** A session in constant use moves its expiry this often, not with every request: reads stay reads. */
const TOUCH_EVERY_SECONDS = 60;

/** Sessions in the `sessions` table. The database belongs to the caller; `close` leaves it open. */
export function createSqlStore(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** For a session whose cookie names no end. */
  readonly maxAgeSeconds: number;
}): SessionStore {
  const { now, maxAgeSeconds } = deps;
  const db = sessionTables(deps.db);
  const lifetimeOf = (session: SessionData) => (session.cookie.originalMaxAge ?? maxAgeSeconds * 1000) / 1000;
  const expiryOf = (session: SessionData) => secondsFrom(now(), lifetimeOf(session));

  const backend: SessionBackend = {
    async read(id) {
      const row = await db
        .selectFrom('sessions')
        .select('data')
        .where('id', '=', id)
        .where('expires_at', '>', now().toISOString())
        .executeTakeFirst();
      return row ? (JSON.parse(row.data) as SessionData) : null;
    },

    async write(id, session) {
      const owner = ownerOf(session);
      const row = {
        data: JSON.stringify(session),
        expires_at: expiryOf(session).toISOString(),
        person: owner === undefined ? null : personKey(owner),
        provider_session: owner?.sid === undefined ? null : providerSessionKey(owner.issuer, owner.sid),
      };
      await db
        .insertInto('sessions')
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },

    async touch(id, session) {
      const expiry = expiryOf(session);
      await db
        .updateTable('sessions')
        .set({ expires_at: expiry.toISOString() })
        .where('id', '=', id)
        .where('expires_at', '<', secondsFrom(expiry, -TOUCH_EVERY_SECONDS).toISOString())
        .execute();
    },

    async remove(id) {
      await db.deleteFrom('sessions').where('id', '=', id).execute();
    },
  };

  async function list(column: 'person' | 'provider_session', key: string): Promise<readonly KnownSession[]> {
    const rows = await orUnavailable(() =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where(column, '=', key)
        .where('expires_at', '>', now().toISOString())
        .execute(),
    );
    return rows.map(({ id, data, expires_at: expiresAt }) => {
      const session = JSON.parse(data) as SessionData;
      return { id, data: session, lastUsedAt: secondsFrom(new Date(expiresAt), -lifetimeOf(session)) };
    });
  }

  return {
    store: createStore(backend),
    listOf: (person) => list('person', personKey(person)),
    listOfProvider: (issuer, sid) => list('provider_session', providerSessionKey(issuer, sid)),
    end: (id) => orUnavailable(() => backend.remove(id)),
    check: async () => {
      await orUnavailable(() => db.selectFrom('sessions').select('id').limit(1).execute());
    },
    prune: async () => {
      const { numDeletedRows } = await orUnavailable(() =>
        db.deleteFrom('sessions').where('expires_at', '<=', now().toISOString()).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
    close: () => Promise.resolve(),
  };
}

function secondsFrom(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
