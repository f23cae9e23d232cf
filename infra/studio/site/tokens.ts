/**
 * Access and refresh tokens: HS256 JSON Web Tokens with the claims a site puts in them.
 * Under sudo `user` stays the script; only `sudo_as_login` tells whom it acts for.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { isObject } from './json.ts';
import type { SiteState } from './state.ts';
import type { Link } from './store.ts';
import { isLink } from './values.ts';

export type Claims = {
  readonly iss: string;
  readonly aud: string;
  /** Epoch seconds. */
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly user: Link;
  readonly sudo_as_login: string | null;
  readonly auth_type: string;
  readonly session_uuid: string | null;
};

export type Grant = Pick<Claims, 'user' | 'sudo_as_login' | 'auth_type' | 'session_uuid'>;

const REFRESH_SECONDS = 24 * 3600;

/** The body of a 200 from the token endpoint. */
export function issueTokens(state: SiteState, grant: Grant) {
  const issuedAt = Math.floor(state.now().getTime() / 1000);
  const { host, jwtSecret } = state;
  const lifetime = state.settings.tokenLifetimeSeconds;
  const common = { iss: host, aud: host, iat: issuedAt };
  const claims: Claims = { ...common, exp: issuedAt + lifetime, jti: randomUUID(), ...grant };
  // Whether a refreshed token keeps its scope is unknown of real sites; here it does not, so nobody may rely on it.
  const refresh = {
    ...common,
    exp: issuedAt + REFRESH_SECONDS,
    jti: randomUUID(),
    refresh: true,
    user: grant.user,
    auth_type: grant.auth_type,
  };
  return {
    token_type: 'Bearer',
    access_token: signJwt(claims, jwtSecret),
    expires_in: lifetime,
    refresh_token: signJwt(refresh, jwtSecret),
  };
}

/** The claims of a good, unexpired access token of this site; otherwise nothing. */
export function verifyAccessToken(state: SiteState, token: string): Claims | undefined {
  const payload = verifyJwt(state, token);
  if (!payload || payload['refresh'] === true || !isLink(payload['user'])) return undefined;
  return payload as unknown as Claims;
}

/** Who a good, unexpired refresh token was given to. */
export function verifyRefreshToken(state: SiteState, token: string): Pick<Claims, 'user' | 'auth_type'> | undefined {
  const payload = verifyJwt(state, token);
  if (payload?.['refresh'] !== true || !isLink(payload['user']) || typeof payload['auth_type'] !== 'string')
    return undefined;
  return { user: payload['user'], auth_type: payload['auth_type'] };
}

/** What a token says about itself, unverified: for the log of calls only. */
export function peekClaims(token: string): Record<string, unknown> | undefined {
  const payload = token.split('.')[1];
  return payload === undefined ? undefined : decode(payload);
}

function verifyJwt(state: SiteState, token: string): Record<string, unknown> | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const expected = Buffer.from(hmac(`${header}.${payload}`, state.jwtSecret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  if (decode(header)?.['alg'] !== 'HS256') return undefined;
  const claims = decode(payload);
  const { exp, iss } = claims ?? {};
  if (typeof exp !== 'number' || exp * 1000 <= state.now().getTime() || iss !== state.host) return undefined;
  return claims;
}

function signJwt(claims: object, secret: string): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${hmac(text, secret)}`;
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
