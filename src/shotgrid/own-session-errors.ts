/** What can be wrong with a person's own session on the site, as opposed to one had by sudo. */
import { ServiceError } from '../errors.ts';

/**
 * The site does not take the session token: it has expired, was signed out, or was never good here. `saml_claims`: the
 * session lives, but the person has to show themselves at the studio's identity provider again.
 */
export class SiteSessionEndedError extends ServiceError {
  override readonly name = 'SiteSessionEndedError';
  readonly code = 'site_session_ended';
  readonly status = 401;
  readonly remedy = 'Sign in to ShotGrid again.';
  readonly ended: 'session' | 'saml_claims';

  constructor(ended: 'session' | 'saml_claims' = 'session') {
    super(
      ended === 'session'
        ? 'ShotGrid does not accept this session any more.'
        : 'ShotGrid asks you to sign in at your identity provider again.',
    );
    this.ended = ended;
  }
}

/** What the session gives is not a token of the person whose session it should be. It is thrown away unused. */
export class SiteSessionMismatchError extends ServiceError {
  override readonly name = 'SiteSessionMismatchError';
  readonly code = 'site_session_mismatch';
  readonly status = 403;
  readonly remedy = 'Sign in to ShotGrid as yourself, and nobody else, then try again.';

  constructor(problem: string) {
    super(
      `The token that ShotGrid gives for this session is not the one of its person (${problem}), so it was not used.`,
    );
  }
}
