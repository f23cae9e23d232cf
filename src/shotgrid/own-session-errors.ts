/** What can be wrong with a person's own session on the site, as opposed to one had by sudo. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/**
 * The site does not take the session token: it has expired, was signed out, or was never good here. `saml_claims`: the
 * session lives, but the person has to show themselves at the studio's identity provider again.
 */
export class SiteSessionEndedError extends ServiceError {
  override readonly name = 'SiteSessionEndedError';
  readonly code = 'site_session_ended';
  readonly status = 401;
  readonly ended: 'session' | 'saml_claims';

  constructor(ended: 'session' | 'saml_claims' = 'session') {
    super(
      said(ended === 'session' ? 'explanation.siteSessionEnded' : 'explanation.siteSessionSaml'),
      said('remedy.siteSessionEnded'),
    );
    this.ended = ended;
  }
}

/** What the session gives is not a token of the person whose session it should be. It is thrown away unused. */
export class SiteSessionMismatchError extends ServiceError {
  override readonly name = 'SiteSessionMismatchError';
  readonly code = 'site_session_mismatch';
  readonly status = 403;

  constructor(problem: string) {
    super(
      said('explanation.siteSessionMismatch', { problem: { english: problem } }),
      said('remedy.siteSessionMismatch'),
    );
  }
}
