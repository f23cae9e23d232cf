/** Who is looking: the person that the session remembers, and the tokens of their forms. */
import type { Request } from 'express';
import type { Identity, Role } from '../login/identity.ts';
import { hasRole } from '../login/identity.ts';
import { csrfToken, verifyCsrfToken } from '../session/csrf.ts';
import { RoleRequiredError, type RoleRefusal } from './errors.ts';

/** The person signed in here, if any. What the session holds was put there by us after a verified login. */
export function identityOf(request: Request): Identity | undefined {
  // Routes outside the session, such as the AMI POST, have none.
  const session = request.session as Request['session'] | undefined;
  return session?.identity as Identity | undefined;
}

export function isSamePerson(
  a: Pick<Identity, 'issuer' | 'subject'>,
  b: Pick<Identity, 'issuer' | 'subject'>,
): boolean {
  return a.issuer === b.issuer && a.subject === b.subject;
}

/** @throws {@link RoleRequiredError} when this person may not see what `role` may see. */
export function requireRole(identity: Identity, role: Role, why: RoleRefusal): void {
  if (!hasRole(identity, role)) throw new RoleRequiredError(why);
}

/** Tokens for the forms of this session, and for those of one launch (see `session/csrf`). */
export type Csrf = {
  sessionToken(request: Request): string;
  verifySession(request: Request, given: unknown): void;
  launchToken(cookie: string, identity: Identity): string;
  verifyLaunch(cookie: string, identity: Identity, given: unknown): void;
};

export function createCsrf(keys: readonly string[]): Csrf {
  const [newest = ''] = keys;
  const ofSession = (request: Request): string => `session\n${request.session.csrfId ?? ''}`;
  const ofLaunch = (cookie: string, identity: Identity): string =>
    JSON.stringify(['launch', cookie, identity.issuer, identity.subject]);
  return {
    sessionToken: (request) => csrfToken(newest, ofSession(request)),
    verifySession: (request, given) => verifyCsrfToken(keys, ofSession(request), given),
    launchToken: (cookie, identity) => csrfToken(newest, ofLaunch(cookie, identity)),
    verifyLaunch: (cookie, identity, given) => verifyCsrfToken(keys, ofLaunch(cookie, identity), given),
  };
}
