/**
 * Logout tokens: the provider's word that a session of a person there is over (OpenID Connect Back-Channel Logout 1.0, section 2.6).
 * Whether a token was used before is for the caller to know, by `jti`.
 */
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { createBoundedFetch } from './bounded-fetch.ts';
import { CLOCK_TOLERANCE_SECONDS, type Discover } from './discovery.ts';
import { IdpUnavailableError, LogoutTokenError, type LogoutTokenReason } from './errors.ts';

export type LogoutToken = {
  readonly issuer: string;
  /** At least one of `subject` and `sid`. */
  readonly subject: string | undefined;
  /** The provider's id of one session there; without it, all of the person's are meant. */
  readonly sid: string | undefined;
  readonly jti: string;
  /** After this it is refused in any case. */
  readonly expiresAt: Date;
};

/** @throws {@link LogoutTokenError} with the reason, {@link IdpUnavailableError} when the provider's keys cannot be had. */
export type VerifyLogoutToken = (token: string) => Promise<LogoutToken>;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Signatures with a provider's published key; `none` and shared secrets are no proof of who made a token. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Providers that do not say what the token is are believed by its `events`; one that says something else is not. */
const TYPES: readonly (string | undefined)[] = ['logout+jwt', 'jwt', undefined];
const MAX_TOKEN_LENGTH = 16 * 1024;
const MAX_TEXT_LENGTH = 512;
/** Made for this moment; a token of yesterday, however long it says it is good, is not about now. */
const OLDEST_SECONDS = 10 * 60;
const DESCRIPTION_MS = 10 * 60_000;

export function createVerifyLogoutToken(deps: {
  readonly discover: Discover;
  readonly clientId: string;
  readonly timeoutMs: number;
  readonly now: () => Date;
}): VerifyLogoutToken {
  let known: { readonly uri: string; readonly keys: JWTVerifyGetKey } | undefined;

  function keysAt(uri: string): JWTVerifyGetKey {
    if (known?.uri === uri) return known.keys;
    const fetch = createBoundedFetch(deps.timeoutMs);
    const keys = createRemoteJWKSet(new URL(uri), {
      timeoutDuration: deps.timeoutMs + 1_000,
      [customFetch]: (url, options) => fetch(url, options),
    });
    known = { uri, keys };
    return keys;
  }

  return async function verifyLogoutToken(token) {
    if (token.length > MAX_TOKEN_LENGTH) throw new LogoutTokenError('malformed');
    const { issuer, jwks_uri: uri } = (await deps.discover(DESCRIPTION_MS)).serverMetadata();
    if (uri === undefined) throw new IdpUnavailableError('the description names no keys');
    const { payload, protectedHeader } = await jwtVerify(token, keysAt(uri), {
      issuer,
      audience: deps.clientId,
      algorithms: ALGORITHMS,
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: OLDEST_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: deps.now(),
    }).catch((error: unknown) => {
      throw toError(error);
    });
    if (!TYPES.includes(protectedHeader.typ?.toLowerCase().replace(/^application\//, '')))
      throw new LogoutTokenError('not_a_logout');
    return readClaims(payload, issuer);
  };
}

function readClaims(payload: JWTPayload, issuer: string): LogoutToken {
  const { events } = payload as { readonly events?: unknown };
  if (!isObject(events) || !Object.hasOwn(events, EVENT) || !isObject(events[EVENT]))
    throw new LogoutTokenError('not_a_logout');
  // An ID token has a nonce: it must never pass for a logout.
  if (Object.hasOwn(payload, 'nonce')) throw new LogoutTokenError('nonce');
  const [subject, sid, jti] = ['sub', 'sid', 'jti'].map((name) => textOf(payload, name));
  if (jti === undefined || (subject === undefined && sid === undefined)) throw new LogoutTokenError('claims');
  const until = Math.min(Number(payload.exp), Number(payload.iat) + OLDEST_SECONDS) + CLOCK_TOLERANCE_SECONDS;
  return { issuer, subject, sid, jti, expiresAt: new Date((until + 1) * 1000) };
}

/** Undefined when absent. */
function textOf(payload: JWTPayload, name: string): string | undefined {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT_LENGTH) throw new LogoutTokenError('claims');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toError(error: unknown): LogoutTokenError | IdpUnavailableError {
  if (error instanceof IdpUnavailableError) return error;
  if (error instanceof errors.JWKSTimeout) return new IdpUnavailableError('keys: no answer in time');
  if (error instanceof errors.JWTExpired) return new LogoutTokenError('expired');
  if (error instanceof errors.JWTClaimValidationFailed && error.reason === 'missing')
    return new LogoutTokenError('claims');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new LogoutTokenError(REASONS.get(error.claim) ?? 'claims');
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  )
    return new LogoutTokenError('signature');
  return new LogoutTokenError('malformed');
}

const REASONS: ReadonlyMap<string, LogoutTokenReason> = new Map([
  ['iss', 'issuer'],
  ['aud', 'audience'],
  ['iat', 'expired'],
  ['nbf', 'expired'],
]);
