/** Who is calling: the authenticator that the token names, and the person or script whose permissions apply. */
import type { Request } from 'express';
import { unauthorized } from './errors.ts';
import type { SiteState } from './state.ts';
import type { Link, Row, Store } from './store.ts';
import { verifyAccessToken } from './tokens.ts';
import { linksIn, textOf } from './values.ts';

export type Caller = {
  /** The script or person who authenticated. */
  readonly authenticator: Row;
  /** Whose permissions apply and who is written into rows: the sudo target, or the authenticator. */
  readonly actor: Row;
  readonly sudo: boolean;
  readonly sessionUuid: string | null;
  /** `admin`, `manager`, `artist` or `api_admin`. */
  readonly permissionSet: string;
};

/** @throws {@link SiteError} 401 without a good bearer token of this site. */
export function authenticate(state: SiteState, request: Request): Caller {
  const token = bearerToken(request);
  const claims = token === undefined ? undefined : verifyAccessToken(state, token);
  if (!claims) throw unauthorized();
  return callerFor(state.store, claims.user, claims.sudo_as_login, claims.session_uuid);
}

export function bearerToken(request: Request): string | undefined {
  return /^Bearer ([\w.-]+)$/i.exec(request.get('authorization') ?? '')?.[1];
}

/** @throws {@link SiteError} 401 when the authenticator or its target is gone. */
export function callerFor(store: Store, user: Link, sudoAsLogin: string | null, sessionUuid: string | null): Caller {
  const authenticator = store.find(user.type, user.id);
  const actor = sudoAsLogin === null ? authenticator : findPerson(store, sudoAsLogin);
  if (!authenticator || authenticator.retired || !actor) throw unauthorized();
  return {
    authenticator,
    actor,
    sudo: sudoAsLogin !== null,
    sessionUuid,
    permissionSet: permissionSetOf(store, actor),
  };
}

/** The live HumanUser with exactly this login. */
export function findPerson(store: Store, login: string): Row | undefined {
  return store.all('HumanUser').find((row) => !row.retired && row.values.get('login') === login);
}

export function permissionSetOf(store: Store, user: Row): string {
  const [rules] = linksIn(user.values.get('permission_rule_set'));
  const row = rules && store.find(rules.type, rules.id);
  return row ? textOf(row, 'code') : '';
}
