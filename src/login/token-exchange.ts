/**
 * A token for another service, in a person's name, from the identity provider (RFC 8693): the token that the person's
 * sign-in left with us goes in, one that the other service accepts comes out.
 */
import * as client from 'openid-client';
import { TokenExchangeError, type TokenExchangeReason } from './errors.ts';
import { diagnosisOf, findUnavailable } from './fault.ts';

/** What the sign-in left; which of the two a provider takes is its own choice. */
export type SubjectToken = { readonly type: 'access_token' | 'id_token'; readonly token: string };

/** For whom: `audience` is a name, `resource` an address. At least one of them. */
export type ExchangeTarget = {
  readonly audience?: string | undefined;
  readonly resource?: string | undefined;
  readonly scope?: string | undefined;
};

export type ExchangedToken = {
  readonly token: string;
  /** Undefined when the provider does not say. */
  readonly expiresAt: Date | undefined;
};

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const TYPES = 'urn:ietf:params:oauth:token-type:';
const MAX_TOKEN_LENGTH = 16 * 1024;
/** RFC 6750, section 2.1: what may stand behind `Bearer`. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** @throws {@link TokenExchangeError}, {@link IdpUnavailableError} */
export async function exchangeToken(
  configuration: client.Configuration,
  subject: SubjectToken,
  target: ExchangeTarget,
  now: Date,
): Promise<ExchangedToken> {
  let answer: client.TokenEndpointResponse;
  try {
    answer = await client.genericGrantRequest(configuration, GRANT, {
      subject_token: subject.token,
      subject_token_type: `${TYPES}${subject.type}`,
      requested_token_type: `${TYPES}access_token`,
      ...(target.audience === undefined ? {} : { audience: target.audience }),
      ...(target.resource === undefined ? {} : { resource: target.resource }),
      ...(target.scope === undefined ? {} : { scope: target.scope }),
    });
  } catch (error) {
    throw findUnavailable(error) ?? new TokenExchangeError(reasonOf(error), diagnosisOf(error));
  }
  const { access_token: token, token_type: type, expires_in: seconds } = answer;
  if (type !== 'bearer' || token.length > MAX_TOKEN_LENGTH || !BEARER_TOKEN.test(token)) {
    throw new TokenExchangeError('malformed', 'what was issued is no bearer token');
  }
  return { token, expiresAt: seconds === undefined ? undefined : new Date(now.getTime() + seconds * 1000) };
}

/** RFC 8693 section 2.2.2 and RFC 6749 section 5.2. */
const REASONS: ReadonlyMap<string, TokenExchangeReason> = new Map([
  ['invalid_grant', 'sign_in_too_old'],
  // So says the standard of a subject token that is "unacceptable", and most often that means: expired.
  ['invalid_request', 'sign_in_too_old'],
  ['invalid_target', 'refused'],
  ['invalid_scope', 'refused'],
  ['access_denied', 'refused'],
  ['unsupported_grant_type', 'not_offered'],
  ['unauthorized_client', 'not_offered'],
  ['invalid_client', 'not_offered'],
]);

function reasonOf(error: unknown): TokenExchangeReason {
  if (error instanceof client.ResponseBodyError) return REASONS.get(error.error) ?? 'refused';
  return error instanceof client.WWWAuthenticateChallengeError ? 'not_offered' : 'malformed';
}
