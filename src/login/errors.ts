/**
 * What a person hears when the sign-in does not work: one class for "your sign-in failed", told apart by `reason`,
 * and one for "the identity provider does not answer". Neither carries what the provider sent: no code, no token.
 */
import { ServiceError } from '../errors.ts';

/** Why a sign-in failed. Stable: pages, records and tests tell failures apart by it. */
export type LoginFailedReason =
  | 'cancelled'
  | 'refused'
  | 'configuration'
  | 'unknown_attempt'
  | 'replayed'
  | 'issuer'
  | 'audience'
  | 'nonce'
  | 'signature'
  | 'expired'
  | 'clock'
  | 'claims'
  | 'malformed'
  | 'password'
  | 'code'
  | 'passwords_sso'
  | 'passwords_identity';

const AGAIN = 'Nothing is lost: start the sign-in again.';
const ADMINS = 'Nothing was done in your name. Start the sign-in again; if it happens twice, tell your administrators.';

const TEXTS: Readonly<Record<LoginFailedReason, { readonly message: string; readonly remedy: string }>> = {
  cancelled: {
    message: 'The sign-in was cancelled.',
    remedy: 'Nothing is lost: sign in again whenever you are ready.',
  },
  refused: {
    message: 'The identity provider refused this sign-in.',
    remedy:
      'Start the sign-in again; if it is refused again, ask your administrators whether you may use this service.',
  },
  configuration: {
    message: 'The identity provider does not accept this server as a client.',
    remedy:
      'Tell your administrators: the client id, the client secret or the redirect address registered at the identity provider does not fit this server.',
  },
  unknown_attempt: {
    message: 'This sign-in was not begun in this browser, or it is already finished.',
    remedy: AGAIN,
  },
  replayed: {
    message: 'This sign-in was already used, or it waited too long.',
    remedy: AGAIN,
  },
  issuer: {
    message: 'The answer did not come from the identity provider that this server trusts.',
    remedy: ADMINS,
  },
  audience: {
    message: 'The identity provider made this sign-in out to another application.',
    remedy: ADMINS,
  },
  nonce: {
    message: 'The answer of the identity provider belongs to another sign-in than yours.',
    remedy: ADMINS,
  },
  signature: {
    message: 'The answer of the identity provider is not signed with a key that this server trusts.',
    remedy: ADMINS,
  },
  expired: {
    message: 'The answer of the identity provider had already expired when it arrived.',
    remedy:
      'Start the sign-in again; if it happens twice, ask your administrators to compare the clocks of this server and the identity provider.',
  },
  clock: {
    message: 'The clocks of this server and the identity provider disagree.',
    remedy: 'Ask your administrators to set both clocks by the network, then start the sign-in again.',
  },
  claims: {
    message: 'What the identity provider says about you is incomplete or malformed.',
    remedy:
      'Ask your administrators to look at your account at the identity provider, and at the claims it sends to this server.',
  },
  malformed: {
    message: 'The answer of the identity provider could not be read.',
    remedy: ADMINS,
  },
  password: {
    message: 'ShotGrid does not take this login with this password.',
    remedy:
      'Look at both and try again. After several wrong passwords ShotGrid locks an account for a while; if yours works nowhere, ask your ShotGrid administrators.',
  },
  code: {
    message: 'ShotGrid does not take this login, password and code together.',
    remedy:
      'A code has six digits, works once and for half a minute: wait for the next one, and type your password again.',
  },
  passwords_sso: {
    message: 'Your ShotGrid site takes no passwords: people sign in to it at the identity provider of the studio.',
    remedy:
      'Sign in here with your studio account, if this page offers it. If not, tell whoever runs this server: it has to know that identity provider.',
  },
  passwords_identity: {
    message:
      'Your ShotGrid site signs people in with their Autodesk account, and takes no Autodesk password from here.',
    remedy:
      'Make a personal access token in your Autodesk profile, bind it under “Legacy login” in your ShotGrid account settings, and type it here in the password’s place. Or sign in with your studio account, if this page offers it.',
  },
};

/** The person came back from the identity provider, or never did, without a sign-in that can be believed. */
export class LoginFailedError extends ServiceError {
  override readonly name = 'LoginFailedError';
  readonly code = 'login_failed';
  readonly status = 401;
  readonly reason: LoginFailedReason;
  readonly remedy: string;
  /** For the log, not for the page: what exactly was wrong, without any value that came from outside. */
  readonly diagnosis: string | undefined;

  constructor(reason: LoginFailedReason, diagnosis?: string) {
    super(TEXTS[reason].message);
    this.reason = reason;
    this.remedy = TEXTS[reason].remedy;
    this.diagnosis = diagnosis;
  }
}

/** ShotGrid took the password and wants the code of the second factor too. */
export class LoginCodeRequiredError extends ServiceError {
  override readonly name = 'LoginCodeRequiredError';
  readonly code = 'login_code_required';
  readonly status = 401;
  readonly remedy =
    'Send login, password and the six digits of your authenticator together: the password was not kept.';
  constructor() {
    super('Your ShotGrid account is protected by a second factor.');
  }
}

/** The identity provider does not answer, answers too slowly, or answers with an error of its own. */
export class IdpUnavailableError extends ServiceError {
  override readonly name = 'IdpUnavailableError';
  readonly code = 'idp_unavailable';
  readonly status = 503;
  readonly remedy = 'Nothing is lost: try again in a minute. If it lasts, tell your administrators.';
  /** For the log, not for the page: which request failed and how. */
  readonly diagnosis: string | undefined;

  constructor(diagnosis?: string) {
    super('The identity provider of your studio does not answer.');
    this.diagnosis = diagnosis;
  }
}

/** Why the provider gave no token for another service. */
export type TokenExchangeReason = 'sign_in_too_old' | 'refused' | 'not_offered' | 'malformed';

const EXCHANGE_TEXTS: Readonly<Record<TokenExchangeReason, { readonly message: string; readonly remedy: string }>> = {
  sign_in_too_old: {
    message: 'Your sign-in is too old for the identity provider to vouch for you at the service behind this action.',
    remedy: 'Nothing was changed. Sign in again; most often that takes no typing.',
  },
  refused: {
    message: 'The identity provider does not vouch for you at the service behind this action.',
    remedy: 'Nothing was changed. Ask your administrators whether you may use that service.',
  },
  not_offered: {
    message: 'The identity provider does not let this server ask for tokens of other services.',
    remedy:
      'Nothing was changed. Tell your administrators: the action needs token exchange (RFC 8693) for this client.',
  },
  malformed: {
    message: 'The identity provider’s answer about the service behind this action could not be used.',
    remedy: 'Nothing was changed. Tell your administrators.',
  },
};

/** The identity provider gave no token for another service. */
export class TokenExchangeError extends ServiceError {
  override readonly name = 'TokenExchangeError';
  readonly code = 'token_exchange_failed';
  readonly status: 403 | 502;
  readonly reason: TokenExchangeReason;
  readonly remedy: string;
  /** For the log, not for the page. */
  readonly diagnosis: string | undefined;

  constructor(reason: TokenExchangeReason, diagnosis?: string) {
    super(EXCHANGE_TEXTS[reason].message);
    this.reason = reason;
    this.remedy = EXCHANGE_TEXTS[reason].remedy;
    this.status = reason === 'sign_in_too_old' || reason === 'refused' ? 403 : 502;
    this.diagnosis = diagnosis;
  }
}

/** Why a logout token was not believed. Stable: records and tests tell them apart by it. */
export type LogoutTokenReason =
  'malformed' | 'signature' | 'issuer' | 'audience' | 'expired' | 'claims' | 'nonce' | 'not_a_logout' | 'replayed';

const LOGOUT_TEXTS: Readonly<Record<LogoutTokenReason, string>> = {
  malformed: 'This is no logout token.',
  signature: 'The logout token is not signed with a key of the identity provider.',
  issuer: 'The logout token is not from the identity provider that this server trusts.',
  audience: 'The logout token is for another application.',
  expired: 'The logout token is not of this moment.',
  claims: 'The logout token lacks a claim, or one cannot be used.',
  nonce: 'The logout token has a nonce, as no logout token has.',
  not_a_logout: 'The token is about something else than a logout.',
  replayed: 'The logout token was used before.',
};

/** What came to the logout endpoint is not the provider's word that somebody has signed out. */
export class LogoutTokenError extends ServiceError {
  override readonly name = 'LogoutTokenError';
  readonly code = 'logout_token_invalid';
  readonly status = 400;
  readonly remedy = 'Nobody was signed out by this. Compare the client and the clock of this server with the provider.';
  readonly reason: LogoutTokenReason;

  constructor(reason: LogoutTokenReason) {
    super(LOGOUT_TEXTS[reason]);
    this.reason = reason;
  }
}
