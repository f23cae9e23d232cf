/** A person by an access token that somebody lent: good for minutes, and nothing can be made of it but calls. */
import type { ShotgridClient } from '../client.ts';
import type { LentToken } from './sealed-user.ts';
import type { AnyUser } from './users.ts';
import { AuthenticationError } from './errors.ts';

export type LentUser = Pick<AnyUser, 'host' | 'httpProxy' | 'connection'> & {
  readonly kind: 'lent';
  readonly login: string;
  /** When the token ends; there is no other. */
  readonly expiresAt: Date;
  areCredentialsExpired(): Promise<boolean>;
};

/** @param client - Acts by the token. */
export function createLentUser(
  { host, httpProxy, login, expiresAt }: LentToken & { readonly expiresAt: Date },
  client: ShotgridClient,
  now: () => Date,
): LentUser {
  const isOver = (): boolean => now().getTime() >= expiresAt.getTime();
  return Object.freeze({
    kind: 'lent',
    host,
    httpProxy,
    login,
    expiresAt,
    connection() {
      if (isOver()) throw new AuthenticationError('session_ended', `What was lent of "${login}" has ended.`);
      return client;
    },
    areCredentialsExpired: () => Promise.resolve(isOver()),
  });
}
