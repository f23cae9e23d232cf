/**
 * What an access token says of itself. Pure.
 * ShotGrid REST: the token is a JWT (HS256 by the site, so we cannot verify it; it came over TLS from the site), and
 * a mis-spelt or unsupported sudo is silently ignored: then `sudo_as_login` is null and the token is the script's own.
 */
import { isRecord, own, ownPath, parseJson } from './json.ts';
import { SiteSessionMismatchError } from './own-session-errors.ts';
import { SudoClaimMismatchError } from './person-errors.ts';

/**
 * Throws unless the token is for exactly this login (`null`: for the script itself). This stands between a person's
 * change and the script's own rights: no token is used before it has passed.
 *
 * @throws {@link SudoClaimMismatchError}
 */
export function verifyTokenClaims(accessToken: string, login: string | null): void {
  const claims = tokenClaims(accessToken);
  if (claims === undefined) throw new SudoClaimMismatchError('it cannot be read');
  if (typeof own(claims, 'iss') !== 'string' || !isTime(own(claims, 'exp'))) {
    throw new SudoClaimMismatchError('it does not say whose it is or until when');
  }
  // Code unit for code unit: a token for another spelling is a token for somebody else.
  if (own(claims, 'sudo_as_login') === login) return;
  throw new SudoClaimMismatchError(
    own(claims, 'sudo_as_login') === null ? 'it is for the script itself' : 'it is for somebody else',
  );
}

/**
 * The id of the HumanUser whom this token is for, which was made from that person's own session: no sudo, no script.
 *
 * @param userId - Whom it has to name; undefined when only the token can tell.
 * @throws {@link SiteSessionMismatchError}
 */
export function verifyOwnClaims(accessToken: string, userId: number | undefined): number {
  const claims = tokenClaims(accessToken);
  if (claims === undefined) throw new SiteSessionMismatchError('it cannot be read');
  if (typeof own(claims, 'iss') !== 'string' || !isTime(own(claims, 'exp'))) {
    throw new SiteSessionMismatchError('it does not say whose it is or until when');
  }
  const id = ownPath(claims, 'user', 'id');
  const isPerson =
    ownPath(claims, 'user', 'type') === 'HumanUser' && typeof id === 'number' && Number.isSafeInteger(id);
  if (!isPerson || own(claims, 'sudo_as_login') !== null || own(claims, 'auth_type') !== 'session_token') {
    throw new SiteSessionMismatchError('it is no token of a person’s own session');
  }
  if (userId !== undefined && id !== userId) throw new SiteSessionMismatchError('it is for somebody else');
  return id;
}

/**
 * Throws unless a token that was lent is one by sudo for this login, or one of a person's own session; whose that is, only
 * the site could tell by id, and the one who sealed it has asked.
 *
 * @throws {@link SudoClaimMismatchError}, {@link SiteSessionMismatchError}
 */
export function verifyLentClaims(accessToken: string, login: string): void {
  if (own(tokenClaims(accessToken) ?? {}, 'sudo_as_login') === null) verifyOwnClaims(accessToken, undefined);
  else verifyTokenClaims(accessToken, login);
}

/** When a token ends, as it says itself; undefined when it does not. */
export function tokenEnd(accessToken: string): Date | undefined {
  const exp = own(tokenClaims(accessToken) ?? {}, 'exp');
  return isTime(exp) ? new Date(Number(exp) * 1000) : undefined;
}

function tokenClaims(accessToken: string): Readonly<Record<string, unknown>> | undefined {
  const parts = accessToken.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined || !/^[A-Za-z0-9_-]+$/.test(payload)) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  return isRecord(claims) ? claims : undefined;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
