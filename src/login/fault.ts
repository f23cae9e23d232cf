/**
 * What the OIDC library throws → what a person hears. Decided by classes, codes and the claim named in the cause,
 * never by message text.
 */
import * as client from 'openid-client';
import { IdpUnavailableError, LoginFailedError, type LoginFailedReason } from './errors.ts';

/** RFC 6749 section 4.1.2.1 and OpenID Connect Core 1.0 section 3.1.2.6: what an answer without a code may say. */
const AUTHORIZATION_ERRORS: Readonly<Record<string, LoginFailedReason | 'unavailable'>> = {
  access_denied: 'cancelled',
  temporarily_unavailable: 'unavailable',
  server_error: 'unavailable',
  unauthorized_client: 'configuration',
  unsupported_response_type: 'configuration',
  invalid_scope: 'configuration',
  invalid_request: 'configuration',
};

/** RFC 6749 section 5.2: what the token endpoint may say. */
const TOKEN_ERRORS: Readonly<Record<string, LoginFailedReason>> = {
  invalid_grant: 'replayed',
  invalid_client: 'configuration',
  unauthorized_client: 'configuration',
  invalid_request: 'configuration',
  unsupported_grant_type: 'configuration',
};

const COMPARED_CLAIMS: Readonly<Record<string, LoginFailedReason>> = {
  aud: 'audience',
  azp: 'audience',
  nonce: 'nonce',
  iss: 'issuer',
};

const SIGNATURE_DETAILS = ['signature', 'header', 'alg'];

/** The one translation; returns what is to be thrown. */
export function toLoginError(error: unknown): LoginFailedError | IdpUnavailableError {
  const known = findUnavailable(error) ?? findLoginFailed(error);
  if (known !== undefined) return known;
  const diagnosis = diagnosisOf(error);
  if (error instanceof client.AuthorizationResponseError) {
    const reason = lookUp(AUTHORIZATION_ERRORS, error.error) ?? 'refused';
    return reason === 'unavailable' ? new IdpUnavailableError(diagnosis) : new LoginFailedError(reason, diagnosis);
  }
  if (error instanceof client.ResponseBodyError) {
    return new LoginFailedError(lookUp(TOKEN_ERRORS, error.error) ?? 'refused', diagnosis);
  }
  if (error instanceof client.WWWAuthenticateChallengeError) return new LoginFailedError('configuration', diagnosis);
  return new LoginFailedError(reasonByCode(error), diagnosis);
}

/** The first {@link IdpUnavailableError} in the chain of causes: the library wraps what its fetch throws. */
export function findUnavailable(error: unknown): IdpUnavailableError | undefined {
  return causesOf(error).find((cause) => cause instanceof IdpUnavailableError);
}

/** Codes and the library's own fixed texts, for the log; nothing that came from outside but a short error code. */
export function diagnosisOf(error: unknown): string {
  return causesOf(error)
    .filter((cause) => cause instanceof Error)
    .map((cause) => [codeOf(cause), cause.message, remoteCodeOf(cause)].filter((part) => part !== undefined).join(' '))
    .join(': ');
}

function findLoginFailed(error: unknown): LoginFailedError | undefined {
  return causesOf(error).find((cause) => cause instanceof LoginFailedError);
}

function reasonByCode(error: unknown): LoginFailedReason {
  const details = causesOf(error);
  switch (codeOf(error)) {
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      return lookUp(COMPARED_CLAIMS, memberOf(details, 'claim')) ?? 'claims';
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return memberOf(details, 'claim') === 'exp' ? 'expired' : 'clock';
    case 'OAUTH_KEY_SELECTION_FAILED':
    case 'OAUTH_UNSUPPORTED_OPERATION':
    case 'OAUTH_INVALID_RESPONSE':
      // A wrong signature, key or algorithm shares its code with other nonsense; only its cause names what was looked at.
      return SIGNATURE_DETAILS.some((name) => memberOf(details, name) !== undefined) ? 'signature' : 'malformed';
    default:
      return 'malformed';
  }
}

/** The error, its cause, the cause's cause …: errors and the plain objects the library puts beside them. */
function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && found.length < 8;) {
    found.push(next);
    next = next instanceof Error ? next.cause : undefined;
  }
  return found;
}

function memberOf(details: readonly unknown[], name: string): unknown {
  for (const detail of details) {
    if (typeof detail === 'object' && detail !== null && Object.hasOwn(detail, name)) {
      return (detail as Record<string, unknown>)[name];
    }
  }
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An OAuth error code is printable ASCII by the standard; anything else from there stays out of the log. */
function remoteCodeOf(error: Error): string | undefined {
  if (!(error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError))
    return undefined;
  return /^[\w.:-]{1,64}$/.test(error.error) ? `(${error.error})` : undefined;
}

function lookUp<T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}
