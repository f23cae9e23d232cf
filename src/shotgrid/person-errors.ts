/** Why this server does not act as a person. Each refusal says what can be done about it. */
import { ServiceError } from '../errors.ts';
import { said, type SaidKey } from '../texts/said.ts';
import { safeText } from './site-text.ts';

/** The person's `can_impersonate_this_user` checkbox is off (or cannot be read, which counts as off). */
export class SudoFlagOffError extends ServiceError {
  override readonly name = 'SudoFlagOffError';
  readonly code = 'sudo_flag_off';
  readonly status = 403;

  constructor(login: string, readable = true) {
    const message = readable ? 'explanation.sudoFlagOff' : 'explanation.sudoFlagUnreadable';
    super(said(message, { login: safeText(login) }), said('remedy.sudoFlagOff'));
  }
}

/** The person's account is disabled or retired. */
export class SudoInactiveError extends ServiceError {
  override readonly name = 'SudoInactiveError';
  readonly code = 'sudo_inactive';
  readonly status = 403;

  constructor(login: string, state: 'disabled' | 'retired') {
    const message = state === 'retired' ? 'explanation.sudoRetired' : 'explanation.sudoDisabled';
    super(said(message, { login: safeText(login) }), said('remedy.sudoInactive'));
  }
}

/** The person is an admin (or it cannot be ruled out) and this server's policy is never to act as one. */
export class SudoAdminRefusedError extends ServiceError {
  override readonly name = 'SudoAdminRefusedError';
  readonly code = 'sudo_admin_refused';
  readonly status = 403;

  constructor(login: string) {
    super(said('explanation.sudoAdmin', { login: safeText(login) }), said('remedy.sudoAdmin'));
  }
}

/** The site refused sudo at its token endpoint for a reason we have no better name for. */
export class SudoRefusedBySiteError extends ServiceError {
  override readonly name = 'SudoRefusedBySiteError';
  readonly code = 'sudo_refused_by_site';
  readonly status = 403;
  readonly siteErrorId: string | undefined;
  readonly siteCode: number | undefined;

  constructor(
    login: string,
    site: { readonly message: string; readonly errorId: string | undefined; readonly code: number | undefined },
  ) {
    const values = { login: safeText(login) };
    super(
      site.message === ''
        ? said('explanation.sudoRefused', values)
        : said('explanation.sudoRefusedBecause', { ...values, words: { english: site.message } }),
      said('remedy.sudoRefused'),
    );
    this.siteErrorId = site.errorId;
    this.siteCode = site.code;
  }
}

/**
 * The site gave a token that does not name the person it was asked for. It is thrown away unused:
 * with it we would have acted as the script, or as somebody else.
 */
export class SudoClaimMismatchError extends ServiceError {
  override readonly name = 'SudoClaimMismatchError';
  readonly code = 'sudo_refused_by_site';
  readonly status = 403;

  constructor(problem: string) {
    super(said('explanation.sudoClaimMismatch', { problem: { english: problem } }), said('remedy.sudoClaimMismatch'));
  }
}

/** No HumanUser of the site is this person. */
export class PersonUnknownError extends ServiceError {
  override readonly name = 'PersonUnknownError';
  readonly code = 'person_unknown';
  readonly status = 403;

  constructor(login: string) {
    super(said('explanation.personUnknown', { login: safeText(login) }), said('remedy.personUnknown'));
  }
}

/** The person in the click, the person who signed in and the person in ShotGrid are not one and the same. */
export class IdentityMismatchError extends ServiceError {
  override readonly name = 'IdentityMismatchError';
  readonly code = 'identity_mismatch';
  readonly status = 403;
  /** Which comparison failed, for the record. */
  readonly mismatch: IdentityMismatch;

  constructor(mismatch: IdentityMismatch) {
    super(said(MISMATCH[mismatch]), said('remedy.identityMismatch'));
    this.mismatch = mismatch;
  }
}

export type IdentityMismatch = 'click_id' | 'click_login' | 'signed_in_login';

const MISMATCH: Record<IdentityMismatch, SaidKey> = {
  click_id: 'explanation.mismatchClickId',
  click_login: 'explanation.mismatchClickLogin',
  signed_in_login: 'explanation.mismatchSignedIn',
};
