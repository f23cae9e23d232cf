/** Refusals that belong to the shell itself. */
import { ServiceError } from '../errors.ts';

/** No route has this address. */
export class PageUnknownError extends ServiceError {
  override readonly name = 'PageUnknownError';
  readonly code = 'page_unknown';
  readonly status = 404;
  readonly remedy = 'Check the address, or start from the menu in ShotGrid.';
  constructor() {
    super('There is no page at this address.');
  }
}

/** A run that does not exist, or an address that is no run. */
export class RunUnknownError extends ServiceError {
  override readonly name = 'RunUnknownError';
  readonly code = 'run_unknown';
  readonly status = 404;
  readonly remedy = 'Check the address. Your auditors can find every run in the audit log.';
  constructor() {
    super('There is no run at this address.');
  }
}

/** The page is for a role that this person does not have. */
export class RoleRequiredError extends ServiceError {
  override readonly name = 'RoleRequiredError';
  readonly code = 'role_required';
  readonly status = 403;
  readonly remedy =
    'Ask your administrators to add you to the right group in the identity provider, then sign in again.';
  constructor(what: string) {
    super(`You are signed in, but ${what}.`);
  }
}

/** Nobody is signed in, and a program asks: a person would be sent to sign in. */
export class LoginRequiredError extends ServiceError {
  override readonly name = 'LoginRequiredError';
  readonly code = 'login_required';
  readonly status = 401;
  readonly remedy = 'Reload the page and sign in again.';
  constructor() {
    super('You are not signed in any more.');
  }
}

/** There is no such session of this person, or not any more. */
export class SessionUnknownError extends ServiceError {
  override readonly name = 'SessionUnknownError';
  readonly code = 'session_unknown';
  readonly status = 404;
  readonly remedy = 'Look at your account page again: it lists the sessions that there are.';
  constructor() {
    super('You have no such session in another browser.');
  }
}

/** Whoever asks is neither this machine itself nor has the token. */
export class MetricsRefusedError extends ServiceError {
  override readonly name = 'MetricsRefusedError';
  readonly code = 'metrics_refused';
  readonly status = 401;
  readonly remedy = 'Send one of METRICS_TOKEN as a bearer token, or ask from the machine that the server runs on.';
  constructor() {
    super('The figures of this server are for those who run it.');
  }
}

/** Something in a form cannot be used; which fields, and why, is told beside them. */
export class FormInvalidError extends ServiceError {
  override readonly name = 'FormInvalidError';
  readonly code = 'form_invalid';
  readonly status = 422;
  readonly remedy = 'Mend the fields that are marked and send the form again. What you typed is kept.';
  constructor(fields: readonly string[]) {
    const named = fields.filter((name) => name !== '');
    super(
      named.length === 0
        ? 'The form cannot be used as it was sent.'
        : `These fields need another look: ${named.join(', ')}.`,
    );
  }
}

/** What was confirmed is not what would happen now. */
export class PlanChangedError extends ServiceError {
  override readonly name = 'PlanChangedError';
  readonly code = 'plan_changed';
  readonly status = 409;
  readonly remedy = 'Look at the preview again: the rows or the action have changed since this page was made.';
  constructor() {
    super('The preview you confirmed is not the current one.');
  }
}

/** Large changes are confirmed by typing how many they are. */
export class CountMismatchError extends ServiceError {
  override readonly name = 'CountMismatchError';
  readonly code = 'count_mismatch';
  readonly status = 422;
  readonly remedy = 'Type the number that the preview shows beside its button.';
  constructor() {
    super('The number that was typed is not the number of changes.');
  }
}

/** Somebody reached this server by another name than its own. */
export class HostUnknownError extends ServiceError {
  override readonly name = 'HostUnknownError';
  readonly code = 'host_unknown';
  readonly status = 421;
  readonly remedy: string;
  constructor(publicUrl: string) {
    super('This server does not answer at the address that was used.');
    this.remedy = `Open ${publicUrl} instead. Whoever runs this server: the proxy in front of it has to pass on the name and the scheme that the browser used (Host or X-Forwarded-Host, X-Forwarded-Proto), and TRUST_PROXY has to name it.`;
  }
}

/** Somebody asks more often than anybody has to; see `limits/rate-limits.ts`. */
export class RateLimitedError extends ServiceError {
  override readonly name = 'RateLimitedError';
  readonly code = 'rate_limited';
  readonly status = 429;
  readonly remedy: string;
  /** Which limit was met, per what, and by whom: for the record. */
  readonly limit: string;
  readonly per: 'address' | 'person';
  readonly key: string;
  readonly retryAfterSeconds: number;
  constructor(met: {
    readonly limit: string;
    readonly per: 'address' | 'person';
    readonly key: string;
    readonly retryAfterSeconds: number;
  }) {
    super(`There were too many ${met.limit} from ${met.per === 'person' ? 'you' : 'your network address'}.`);
    this.limit = met.limit;
    this.per = met.per;
    this.key = met.key;
    this.retryAfterSeconds = met.retryAfterSeconds;
    const wait = met.retryAfterSeconds === 1 ? '1 second' : `${met.retryAfterSeconds} seconds`;
    this.remedy = `Nothing was changed. Wait ${wait} and try again. If you did nothing unusual, tell whoever runs this server: its limits may be too small for your studio.`;
  }
}

/** Each stream holds a connection: there is an end to them. */
export class TooManyStreamsError extends ServiceError {
  override readonly name = 'TooManyStreamsError';
  readonly code = 'rate_limited';
  readonly status = 429;
  readonly remedy = 'Close other pages that follow a run, or wait a little and reload this one.';
  readonly retryAfterSeconds = 10;
  constructor() {
    super('Too many pages follow runs at once.');
  }
}

/** A request that Express or Node could not read. */
export class RequestMalformedError extends ServiceError {
  override readonly name = 'RequestMalformedError';
  readonly code = 'request_malformed';
  readonly status: number;
  readonly remedy = 'Start again from the menu in ShotGrid.';
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Something in the server itself went wrong; what, is in its log under the reference. */
export class UnexpectedError extends ServiceError {
  override readonly name = 'UnexpectedError';
  readonly code = 'unexpected';
  readonly status = 500;
  readonly remedy = 'Try again. If it happens twice, tell whoever runs this server and give them the reference.';
  constructor(options?: ErrorOptions) {
    super('Something went wrong in this server.', options);
  }
}
