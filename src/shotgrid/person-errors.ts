/** Why this server does not act as a person. Each refusal says what can be done about it. */
import { ServiceError } from '../errors.ts';
import { safeText } from './site-text.ts';

const ADMIN_SELF_HELP = 'or make the change yourself in ShotGrid.';

/** The person's `can_impersonate_this_user` checkbox is off (or cannot be read, which counts as off). */
export class SudoFlagOffError extends ServiceError {
  override readonly name = 'SudoFlagOffError';
  readonly code = 'sudo_flag_off';
  readonly status = 403;
  readonly remedy = `Ask a ShotGrid admin to tick "Admins Can Perform Actions As" on your person's page, ${ADMIN_SELF_HELP}`;

  constructor(login: string, readable = true) {
    super(
      readable
        ? `ShotGrid does not allow actions to be performed as ${quoted(login)}: "Admins Can Perform Actions As" is off for this person.`
        : `It cannot be read whether actions may be performed as ${quoted(login)}, so they are not.`,
    );
  }
}

/** The person's account is disabled or retired. */
export class SudoInactiveError extends ServiceError {
  override readonly name = 'SudoInactiveError';
  readonly code = 'sudo_inactive';
  readonly status = 403;
  readonly remedy = 'Ask a ShotGrid admin to make your account active again.';

  constructor(login: string, state: 'disabled' | 'retired') {
    super(
      state === 'retired'
        ? `The ShotGrid account ${quoted(login)} was deleted (retired).`
        : `The ShotGrid account ${quoted(login)} is not active.`,
    );
  }
}

/** The person is an admin (or it cannot be ruled out) and this server's policy is never to act as one. */
export class SudoAdminRefusedError extends ServiceError {
  override readonly name = 'SudoAdminRefusedError';
  readonly code = 'sudo_admin_refused';
  readonly status = 403;
  readonly remedy = 'Make the change yourself in ShotGrid, or ask a colleague who is not an admin.';

  constructor(login: string) {
    super(`This server never acts as a ShotGrid admin, and ${quoted(login)} is one or may be one.`);
  }
}

/** The site refused sudo at its token endpoint for a reason we have no better name for. */
export class SudoRefusedBySiteError extends ServiceError {
  override readonly name = 'SudoRefusedBySiteError';
  readonly code = 'sudo_refused_by_site';
  readonly status = 403;
  readonly remedy = `Ask a ShotGrid admin whether this server's script may act as you, ${ADMIN_SELF_HELP}`;
  readonly siteErrorId: string | undefined;
  readonly siteCode: number | undefined;

  constructor(
    login: string,
    site: { readonly message: string; readonly errorId: string | undefined; readonly code: number | undefined },
  ) {
    super(
      `ShotGrid refused to let this server act as ${quoted(login)}${site.message === '' ? '' : `: ${site.message}`}`,
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
  readonly remedy = 'Tell your ShotGrid admin: the site did not honour "sudo_as_login", so nothing was done.';

  constructor(problem: string) {
    super(`The token from ShotGrid is not for the person it was asked for (${problem}), so it was not used.`);
  }
}

/** No HumanUser of the site is this person. */
export class PersonUnknownError extends ServiceError {
  override readonly name = 'PersonUnknownError';
  readonly code = 'person_unknown';
  readonly status = 403;
  readonly remedy = 'Ask a ShotGrid admin whether you have an account on this site, and under which login.';

  constructor(login: string) {
    super(`ShotGrid knows no active person ${quoted(login)}.`);
  }
}

/** The person in the click, the person who signed in and the person in ShotGrid are not one and the same. */
export class IdentityMismatchError extends ServiceError {
  override readonly name = 'IdentityMismatchError';
  readonly code = 'identity_mismatch';
  readonly status = 403;
  readonly remedy = 'Sign out here and sign in as the person who is signed in to ShotGrid, then click again.';
  /** Which comparison failed, for the record. */
  readonly mismatch: IdentityMismatch;

  constructor(mismatch: IdentityMismatch) {
    super(MISMATCH[mismatch]);
    this.mismatch = mismatch;
  }
}

export type IdentityMismatch = 'click_id' | 'click_login' | 'signed_in_login';

const MISMATCH: Record<IdentityMismatch, string> = {
  click_id: 'The person in the click is not the person found in ShotGrid.',
  click_login: 'The login in the click is not the login of that person in ShotGrid.',
  signed_in_login: 'You are signed in here as somebody else than the person who clicked in ShotGrid.',
};

function quoted(login: string): string {
  return `"${safeText(login)}"`;
}
