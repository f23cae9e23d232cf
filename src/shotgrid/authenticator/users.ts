/**
 * Users as scripts hold them: a person by their session on the site, or a script by its key. What they are made of does not show when
 * they are printed, logged or turned into JSON: `serializeUser` is the one way out.
 */
import type { ShotgridClient } from '../client.ts';

/** Common to both kinds. */
export type AnyUser = {
  /** Origin of the site. */
  readonly host: string;
  /** As the toolkit writes it, `user:password@host:port`; undefined for none. */
  readonly httpProxy: string | undefined;
  /**
   * A client of the site as this user. Users of one authenticator share their connections. As a person whose session has
   * ended it gets another one once, from the file or by asking, and makes the call again.
   */
  connection(): ShotgridClient;
  /** Asks the site. Always false for a script. False too for somebody who only has to show themselves to their identity provider. */
  areCredentialsExpired(): Promise<boolean>;
  /** Makes sure of a session that is good, and by using it makes it last. May ask the person. */
  refreshCredentials(): Promise<void>;
  /** The row that this user is on the site. */
  resolveEntity(): Promise<{ readonly type: 'HumanUser' | 'ApiUser'; readonly id: number }>;
};

export type SessionUser = AnyUser & {
  readonly kind: 'session';
  /** As ShotGrid has it. */
  readonly login: string;
};

export type ScriptUser = AnyUser & {
  readonly kind: 'script';
  /** Scripts have none. */
  readonly login: undefined;
  readonly apiScript: string;
};

export type User = SessionUser | ScriptUser;

/** What users are made of. */
export type Secrets =
  { readonly sessionToken: string; readonly sessionMetadata: string | undefined } | { readonly apiKey: string };

const KEPT = new WeakMap<User, () => Secrets>();

/** @param secrets - Asked each time, since a session may be replaced by another. */
export function keepSecrets<U extends User>(user: U, secrets: () => Secrets): U {
  KEPT.set(user, secrets);
  return Object.freeze(user);
}

/** @throws TypeError for an object that no authenticator made. */
export function secretsOf(user: User): Secrets {
  const secrets = KEPT.get(user);
  if (secrets === undefined) throw new TypeError('this user was not made by an authenticator');
  return secrets();
}
