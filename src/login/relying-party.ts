/**
 * Us, towards the studio's identity provider: OpenID Connect, authorization code flow with PKCE, state and nonce.
 * Keeps nothing about anybody: an attempt is given out by `start`, stored by the caller, and handed back to `finish`.
 */
import * as client from 'openid-client';
import { CLOCK_TOLERANCE_SECONDS, createDiscovery, type DiscoveryDeps } from './discovery.ts';
import { LoginFailedError } from './errors.ts';
import { toLoginError } from './fault.ts';
import type { Claims } from './identity.ts';
import { createVerifyLogoutToken, type VerifyLogoutToken } from './logout-token.ts';
import { exchangeToken, type ExchangedToken, type ExchangeTarget, type SubjectToken } from './token-exchange.ts';

/** What has to be remembered, once and only on the server, between the way out and the way back. */
export type LoginAttempt = {
  /** Travels through the browser and comes back; finds the attempt. */
  readonly state: string;
  /** Comes back inside the ID token. */
  readonly nonce: string;
  /** PKCE secret; only its hash leaves the server before the code is redeemed. */
  readonly codeVerifier: string;
};

export type LoginResult = {
  /** Of the ID token: signature, issuer, audience, nonce and times are verified. */
  readonly claims: Claims;
  /** As received, for the hint at logout. Personal: never in pages, logs or records. */
  readonly idToken: string;
  /** Good for asking the provider for more in this person's name; opaque to us, and a secret. */
  readonly accessToken: string;
};

export type RelyingParty = {
  /**
   * Where to send the browser, and what to remember until it is back.
   *
   * @throws {@link IdpUnavailableError}
   */
  readonly start: (wishes?: {
    /** Prefills the login name at the provider; a hint, nothing is decided by it. */
    readonly loginHint?: string;
    /** `login` asks for the password again, `select_account` for the account. */
    readonly prompt?: 'login' | 'select_account';
  }) => Promise<{ readonly url: URL; readonly attempt: LoginAttempt }>;
  /**
   * Redeems what the browser brought back. Only the query of `callbackUrl` is used; the redirect address is our own,
   * so a forged `Host` header changes nothing.
   *
   * @throws {@link LoginFailedError} with the reason, {@link IdpUnavailableError}
   */
  readonly finish: (callbackUrl: URL, attempt: LoginAttempt) => Promise<LoginResult>;
  /**
   * A token for another service, in the name of the person whose sign-in left `subject`.
   *
   * @throws {@link TokenExchangeError}, {@link IdpUnavailableError}
   */
  readonly exchange: (subject: SubjectToken, target: ExchangeTarget) => Promise<ExchangedToken>;
  /** Where to send the browser to end the provider's session too; undefined when the provider offers no such page or is down. */
  readonly logoutUrl: (idToken: string) => Promise<URL | undefined>;
  /** Of the back channel; see `logout-token.ts`. */
  readonly verifyLogoutToken: VerifyLogoutToken;
  /**
   * Resolves when the provider answered within the last seconds: for readiness.
   *
   * @throws {@link IdpUnavailableError}
   */
  readonly check: () => Promise<void>;
};

export type RelyingPartyDeps = DiscoveryDeps & {
  /** Space-separated; `openid` among them. */
  readonly scopes: string;
  /** PUBLIC_URL + /login/callback, as registered at the provider. */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
};

// Nobody is sent to a provider that was not seen alive just now: its error page has no way back to us, ours has.
const ALIVE_MS = 10_000;
// Somebody coming back needs endpoints and keys only, and those change by announcement.
const DESCRIPTION_MS = 10 * 60_000;
// An ID token is made while we wait for it. Some providers set iat five minutes back on purpose.
const OLDEST_IAT_SECONDS = 10 * 60;
const MAX_QUERY_LENGTH = 16 * 1024;
const MAX_HINT_LENGTH = 255;

/** Talks to nobody until it is first used. */
export function createRelyingParty(deps: RelyingPartyDeps): RelyingParty {
  const discover = createDiscovery(deps);

  return {
    async start(wishes = {}) {
      const configuration = await discover(ALIVE_MS);
      const attempt: LoginAttempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: deps.redirectUri,
        scope: deps.scopes,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
        ...(isHint(wishes.loginHint) ? { login_hint: wishes.loginHint } : {}),
        ...(wishes.prompt === undefined ? {} : { prompt: wishes.prompt }),
      });
      return { url, attempt };
    },

    async finish(callbackUrl, attempt) {
      if (callbackUrl.search.length > MAX_QUERY_LENGTH)
        throw new LoginFailedError('malformed', 'callback query too long');
      const answer = new URL(deps.redirectUri);
      answer.search = callbackUrl.search;
      if (!carriesState(answer, attempt))
        throw new LoginFailedError('unknown_attempt', 'state is not the one of the attempt');
      const configuration = await discover(DESCRIPTION_MS);
      checkAnswerIssuer(answer, configuration.serverMetadata().issuer);
      const result = await redeem(configuration, answer, attempt);
      checkFreshness(result.claims, deps.now());
      return result;
    },

    async exchange(subject, target) {
      return exchangeToken(await discover(DESCRIPTION_MS), subject, target, deps.now());
    },

    async logoutUrl(idToken) {
      let configuration: client.Configuration;
      try {
        configuration = await discover(DESCRIPTION_MS);
      } catch {
        return undefined; // our own session ends all the same
      }
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(configuration, {
        id_token_hint: idToken,
        post_logout_redirect_uri: deps.postLogoutRedirectUri,
      });
    },

    verifyLogoutToken: createVerifyLogoutToken({ ...deps, discover }),

    async check() {
      await discover(ALIVE_MS);
    },
  };
}

async function redeem(configuration: client.Configuration, answer: URL, attempt: LoginAttempt): Promise<LoginResult> {
  try {
    const tokens = await client.authorizationCodeGrant(configuration, answer, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.codeVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined || tokens.id_token === undefined) throw new LoginFailedError('malformed', 'no ID token');
    return { claims, idToken: tokens.id_token, accessToken: tokens.access_token };
  } catch (error) {
    throw toLoginError(error);
  }
}

function carriesState(answer: URL, attempt: LoginAttempt): boolean {
  const states = answer.searchParams.getAll('state');
  return states.length === 1 && states[0] === attempt.state;
}

/** RFC 9207: an answer that names its issuer must name ours. The library checks it too, without telling this case apart. */
function checkAnswerIssuer(answer: URL, issuer: string): void {
  if (answer.searchParams.getAll('iss').some((named) => named !== issuer)) {
    throw new LoginFailedError('issuer', 'response parameter iss is not our issuer');
  }
}

/** The library checks exp and nbf; iat shows a clock that is off while the token would still pass. */
function checkFreshness(claims: Claims, now: Date): void {
  const ageSeconds = now.getTime() / 1000 - Number(claims['iat']);
  if (ageSeconds < -CLOCK_TOLERANCE_SECONDS) throw new LoginFailedError('clock', 'iat is in the future');
  if (!(ageSeconds < OLDEST_IAT_SECONDS)) throw new LoginFailedError('clock', 'iat is too far in the past');
}

function isHint(hint: string | undefined): hint is string {
  return hint !== undefined && hint !== '' && hint.length <= MAX_HINT_LENGTH && !/\p{C}/u.test(hint);
}
