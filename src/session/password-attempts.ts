/**
 * How often passwords may be wrong: for one login fewer times than the site itself allows before it locks the account, for one
 * address more. Counted in the database, so that several servers count together and a restart forgets nothing.
 */
import { createHmac } from 'node:crypto';
import { orUnavailable } from './errors.ts';
import { randomId } from './secret.ts';
import { sessionTables, type SessionDatabase } from './tables.ts';

export type PasswordAttempts = {
  /** Takes a place before the password is tried: it counts as wrong until it is given back. */
  take(by: { readonly login: string; readonly address: string }): Promise<PasswordAttempt>;
  prune(): Promise<number>;
};

export type PasswordAttempt =
  | { readonly is: 'taken'; giveBack(): Promise<void> }
  | { readonly is: 'refused'; readonly per: 'person' | 'address'; readonly retryAfterSeconds: number };

const WINDOW_MS = 15 * 60_000;
const MOST = { person: 4, address: 60 } as const;

export function createPasswordAttempts(deps: {
  readonly db: SessionDatabase;
  readonly now: () => Date;
  /** Newest first. */
  readonly secrets: readonly string[];
}): PasswordAttempts {
  const { now } = deps;
  const [secret] = deps.secrets;
  if (secret === undefined) throw new TypeError('counting passwords needs a session secret');
  const db = sessionTables(deps.db);
  // Keyed: people type passwords where their login belongs, and a plain hash of one could be guessed.
  const hash = (per: string, key: string): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['password attempt', per, key]))
      .digest('base64url');

  return {
    take: (by) =>
      orUnavailable(async () => {
        const id = randomId();
        const keys = { person: hash('person', by.login), address: hash('address', by.address) };
        const giveBack = async (): Promise<void> => {
          await orUnavailable(() => db.deleteFrom('password_attempts').where('id', '=', id).execute());
        };
        const expiresAt = new Date(now().getTime() + WINDOW_MS).toISOString();
        // First taken, then counted: of many at once too many may be refused, but never too many let through.
        await db
          .insertInto('password_attempts')
          .values(Object.values(keys).map((key) => ({ id, key_hash: key, expires_at: expiresAt })))
          .execute();
        for (const per of ['person', 'address'] as const) {
          const live = await db
            .selectFrom('password_attempts')
            .select('expires_at')
            .where('key_hash', '=', keys[per])
            .where('expires_at', '>', now().toISOString())
            .orderBy('expires_at')
            .execute();
          if (live.length <= MOST[per]) continue;
          await giveBack();
          const soonest = Date.parse(live[0]?.expires_at ?? expiresAt) - now().getTime();
          return { is: 'refused', per, retryAfterSeconds: Math.max(1, Math.ceil(soonest / 1000)) };
        }
        return { is: 'taken', giveBack };
      }),

    async prune() {
      const { numDeletedRows } = await orUnavailable(() =>
        db.deleteFrom('password_attempts').where('expires_at', '<=', now().toISOString()).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}
