/** What an authenticator may throw. Callers look at the class or at `code`, never at the text; no text holds a secret. */

/** Anything that the authenticator has to say. The others are kinds of it. */
export class AuthenticatorError extends Error {
  override readonly name: string = 'AuthenticatorError';
  /** Stable: `refused`, `session_ended`, `file_loose` … */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The site, or what stands before it, does not let this person in, or cannot be asked. */
export class AuthenticationError extends AuthenticatorError {
  override readonly name = 'AuthenticationError';
  declare readonly code: AuthenticationProblem;
}

export type AuthenticationProblem =
  | 'refused' // login, password or one-time code
  | 'passwords_not_accepted' // the site has no passwords
  | 'approval_not_offered' // the site has no app session launcher
  | 'approval_refused' // denied in the browser, or not answered in time
  | 'session_ended'
  | 'not_this_person' // the session is somebody else's
  | 'site_unreachable' // no site there, no way there, or a proxy in between that refuses
  | 'sealed_user_invalid'; // not sealed with this key, altered, or too old

/** What was given does not make a user: a host, a login, a token or a key is missing or is none. */
export class IncompleteCredentialsError extends AuthenticatorError {
  override readonly name = 'IncompleteCredentialsError';
}

/** The person was asked and gave up. */
export class AuthenticationCancelledError extends AuthenticatorError {
  override readonly name = 'AuthenticationCancelledError';

  constructor(message = 'The sign-in was given up.') {
    super('cancelled', message);
  }
}

/** The file that remembers people cannot be used; it was left as it is. */
export class CredentialsFileError extends AuthenticatorError {
  override readonly name = 'CredentialsFileError';
  readonly path: string;

  constructor(code: 'file_loose' | 'file_not_ours' | 'file_unreadable' | 'file_unwritable', path: string, why: string) {
    super(code, `${path}: ${why}`);
    this.path = path;
  }
}
