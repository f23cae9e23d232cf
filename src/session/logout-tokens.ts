/** Logout tokens that were acted on: each is good once, at whichever replica it arrives. */
import { orUnavailable } from './errors.ts';
import * as secret from './secret.ts';
import { sessionTables, type SessionDatabase } from './tables.ts';

export type LogoutTokens = {
  /** False when this one was taken before. `key` names it: issuer and `jti`. */
  take(key: string, expiresAt: Date): Promise<boolean>;
  /** For one that could not be acted on, so that the provider may send it again. */
  giveBack(key: string): Promise<void>;
  prune(): Promise<number>;
};

export function createLogoutTokens(deps: { readonly db: SessionDatabase; readonly now: () => Date }): LogoutTokens {
  const db = sessionTables(deps.db);
  return {
    async take(key, expiresAt) {
      const { numInsertedOrUpdatedRows } = await orUnavailable(() =>
        db
          .insertInto('logout_tokens')
          .values({ token_hash: secret.secretHash(key), expires_at: expiresAt.toISOString() })
          .onConflict((conflict) => conflict.column('token_hash').doNothing())
          .executeTakeFirst(),
      );
      return numInsertedOrUpdatedRows === 1n;
    },
    async giveBack(key) {
      await orUnavailable(() =>
        db.deleteFrom('logout_tokens').where('token_hash', '=', secret.secretHash(key)).execute(),
      );
    },
    async prune() {
      const { numDeletedRows } = await orUnavailable(() =>
        db.deleteFrom('logout_tokens').where('expires_at', '<', deps.now().toISOString()).executeTakeFirst(),
      );
      return Number(numDeletedRows);
    },
  };
}
