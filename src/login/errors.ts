/**
 * What a person hears when the sign-in does not work: one class for "your sign-in failed", told apart by `reason`,
 * and one for "the identity provider does not answer". Neither carries what the provider sent: no code, no token.
 */
import { ServiceError } from '../errors.ts';
import { said, type SaidKey } from '../texts/said.ts';

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

const TEXTS: Readonly<Record<LoginFailedReason, readonly [message: SaidKey, remedy: SaidKey]>> = {
  cancelled: ['explanation.signInCancelled', 'remedy.signInWhenReady'],
  refused: ['explanation.signInRefused', 'remedy.signInRefused'],
  configuration: ['explanation.signInConfiguration', 'remedy.signInConfiguration'],
  unknown_attempt: ['explanation.signInUnknown', 'remedy.signInAgain'],
  replayed: ['explanation.signInReplayed', 'remedy.signInAgain'],
  issuer: ['explanation.signInIssuer', 'remedy.signInSuspicious'],
  audience: ['explanation.signInAudience', 'remedy.signInSuspicious'],
  nonce: ['explanation.signInNonce', 'remedy.signInSuspicious'],
  signature: ['explanation.signInSignature', 'remedy.signInSuspicious'],
  expired: ['explanation.signInExpired', 'remedy.signInExpired'],
  clock: ['explanation.signInClock', 'remedy.signInClock'],
  claims: ['explanation.signInClaims', 'remedy.signInClaims'],
  malformed: ['explanation.signInMalformed', 'remedy.signInSuspicious'],
  password: ['explanation.wrongPassword', 'remedy.wrongPassword'],
  code: ['explanation.wrongCode', 'remedy.wrongCode'],
  passwords_sso: ['explanation.passwordsSso', 'remedy.passwordsSso'],
  passwords_identity: ['explanation.passwordsIdentity', 'remedy.passwordsIdentity'],
};

/** The person came back from the identity provider, or never did, without a sign-in that can be believed. */
export class LoginFailedError extends ServiceError {
  override readonly name = 'LoginFailedError';
  readonly code = 'login_failed';
  readonly status = 401;
  readonly reason: LoginFailedReason;
  /** For the log, not for the page: what exactly was wrong, without any value that came from outside. */
  readonly diagnosis: string | undefined;

  constructor(reason: LoginFailedReason, diagnosis?: string) {
    const [message, remedy] = TEXTS[reason];
    super(said(message), said(remedy));
    this.reason = reason;
    this.diagnosis = diagnosis;
  }
}

/** ShotGrid took the password and wants the code of the second factor too. */
export class LoginCodeRequiredError extends ServiceError {
  override readonly name = 'LoginCodeRequiredError';
  readonly code = 'login_code_required';
  readonly status = 401;
  constructor() {
    super(said('explanation.codeRequired'), said('remedy.codeRequired'));
  }
}

/** The identity provider does not answer, answers too slowly, or answers with an error of its own. */
export class IdpUnavailableError extends ServiceError {
  override readonly name = 'IdpUnavailableError';
  readonly code = 'idp_unavailable';
  readonly status = 503;
  /** For the log, not for the page: which request failed and how. */
  readonly diagnosis: string | undefined;

  constructor(diagnosis?: string) {
    super(said('explanation.idpUnavailable'), said('remedy.idpUnavailable'));
    this.diagnosis = diagnosis;
  }
}

/** Why the provider gave no token for another service. */
export type TokenExchangeReason = 'sign_in_too_old' | 'refused' | 'not_offered' | 'malformed';

const EXCHANGE_TEXTS: Readonly<Record<TokenExchangeReason, readonly [message: SaidKey, remedy: SaidKey]>> = {
  sign_in_too_old: ['explanation.exchangeTooOld', 'remedy.exchangeTooOld'],
  refused: ['explanation.exchangeRefused', 'remedy.exchangeRefused'],
  not_offered: ['explanation.exchangeNotOffered', 'remedy.exchangeNotOffered'],
  malformed: ['explanation.exchangeMalformed', 'remedy.exchangeMalformed'],
};

/** The identity provider gave no token for another service. */
export class TokenExchangeError extends ServiceError {
  override readonly name = 'TokenExchangeError';
  readonly code = 'token_exchange_failed';
  readonly status: 403 | 502;
  readonly reason: TokenExchangeReason;
  /** For the log, not for the page. */
  readonly diagnosis: string | undefined;

  constructor(reason: TokenExchangeReason, diagnosis?: string) {
    const [message, remedy] = EXCHANGE_TEXTS[reason];
    super(said(message), said(remedy));
    this.reason = reason;
    this.status = reason === 'sign_in_too_old' || reason === 'refused' ? 403 : 502;
    this.diagnosis = diagnosis;
  }
}

/** Why a logout token was not believed. Stable: records and tests tell them apart by it. */
export type LogoutTokenReason =
  'malformed' | 'signature' | 'issuer' | 'audience' | 'expired' | 'claims' | 'nonce' | 'not_a_logout' | 'replayed';

const LOGOUT_TEXTS: Readonly<Record<LogoutTokenReason, SaidKey>> = {
  malformed: 'explanation.logoutMalformed',
  signature: 'explanation.logoutSignature',
  issuer: 'explanation.logoutIssuer',
  audience: 'explanation.logoutAudience',
  expired: 'explanation.logoutExpired',
  claims: 'explanation.logoutClaims',
  nonce: 'explanation.logoutNonce',
  not_a_logout: 'explanation.logoutOther',
  replayed: 'explanation.logoutReplayed',
};

/** What came to the logout endpoint is not the provider's word that somebody has signed out. */
export class LogoutTokenError extends ServiceError {
  override readonly name = 'LogoutTokenError';
  readonly code = 'logout_token_invalid';
  readonly status = 400;
  readonly reason: LogoutTokenReason;

  constructor(reason: LogoutTokenReason) {
    super(said(LOGOUT_TEXTS[reason]), said('remedy.logoutInvalid'));
    this.reason = reason;
  }
}
