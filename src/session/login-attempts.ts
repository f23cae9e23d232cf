/**
 * Logins under way: what must come back from the identity provider, bound to the browser that set out by a cookie of its own,
 * and used once. Several tabs may log in at the same time.
 */
import { orUnavailable } from './errors.ts';
import type { BoundCookie } from './launches.ts';
import * as secret from './secret.ts';
import { sessionTables } from './tables.ts';
import type { SessionDatabase } from './tables.ts';

export type LoginAttempt = {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Own path to go on to; see `parseReturnTo`. */
  readonly returnTo: string;
};

export type LoginAttempts = {
  create(attempt: LoginAttempt): Promise<BoundCookie>;
  /**
   * Hands the attempt out, and forgets it. Undefined when it is unknown, used, expired, or was begun in another browser,
   * which leaves it to its own one.
   */
  take(state: string, cookies: CookieValues): Promise<LoginAttempt | undefined>;
  /** The cookie that belongs to `state`, to be cleared after {@link take}. */
  cookieName(state: string): string;
  prune(): Promise<number>;
};

/** Values by cookie name, as the request brought them. */
export type CookieValues = Readonly<Record<string, string | undefined>>;

/** Login attempts in the database. Failures of the database are `store_unavailable`. */
export function createLoginAttempts(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** True when browsers reach us by https. */
  readonly secure: boolean;
  readonly randomSecret?: () => string;
  readonly ttlSeconds?: number;
}): LoginAttempts {
  const { now, secure, randomSecret = secret.randomSecret, ttlSeconds = 600 } = deps;
  const db = sessionTables(deps.db);
  // Of the state's hash, so that the cookie can be found again by the state and does not show it.
  const cookieName = (state: string) => `${secure ? '__Host-' : ''}login.${secret.secretHash(state).slice(0, 12)}`;

  return {
    cookieName,

    async create({ state, nonce, codeVerifier, returnTo }) {
      const value = randomSecret();
      const row = {
        state_hash: secret.secretHash(state),
        cookie_hash: secret.secretHash(value),
        nonce,
        code_verifier: codeVerifier,
        return_to: returnTo,
        expires_at: new Date(now().getTime() + ttlSeconds * 1000).toISOString(),
      };
      await orUnavailable(() => db.insertInto('login_attempts').values(row).execute());
      return { name: cookieName(state), value, maxAgeSeconds: ttlSeconds };
    },

    async take(state, cookies) {
      const name = cookieName(state);
      const value = Object.hasOwn(cookies, name) ? cookies[name] : undefined;
      if (value === undefined) return undefined;
      // Hashes of random values are compared by the database: how long that takes tells nothing about the values.
      const row = await orUnavailable(() =>
        db
          .deleteFrom('login_attempts')
          .where('state_hash', '=', secret.secretHash(state))
          .where('cookie_hash', '=', secret.secretHash(value))
          .returningAll()
          .executeTakeFirst(),
      );
      if (row === undefined || row.expires_at <= now().toISOString()) return undefined;
      return { state, nonce: row.nonce, codeVerifier: row.code_verifier, returnTo: row.return_to };
    },

    async prune() {
      const { numDeletedRows } = await orUnavailable(() =>
        db.deleteFrom('login_attempts').where('expires_at', '<', now().toISOString()).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}
