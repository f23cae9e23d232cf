/**
 * What an access token says of itself. Pure.
 * ShotGrid REST: the token is a JWT (HS256 by the site, so we cannot verify it; it came over TLS from the site), and
 * a mis-spelt or unsupported sudo is silently ignored: then `sudo_as_login` is null and the token is the script's own.
 */
import { isRecord, own, parseJson } from './json.ts';
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
