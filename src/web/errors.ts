/** Refusals that belong to the shell itself. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** No route has this address. */
export class PageUnknownError extends ServiceError {
  override readonly name = 'PageUnknownError';
  readonly code = 'page_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.pageUnknown'), said('remedy.pageUnknown'));
  }
}

/** A run that does not exist, or an address that is no run. */
export class RunUnknownError extends ServiceError {
  override readonly name = 'RunUnknownError';
  readonly code = 'run_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.runUnknown'), said('remedy.runUnknown'));
  }
}

export type RoleRefusal = 'explanation.auditorsOnly' | 'explanation.administratorsOnly' | 'explanation.runOfAnother';

/** The page is for a role that this person does not have. */
export class RoleRequiredError extends ServiceError {
  override readonly name = 'RoleRequiredError';
  readonly code = 'role_required';
  readonly status = 403;
  constructor(why: RoleRefusal) {
    super(said(why), said('remedy.needsGroup'));
  }
}

/** Nobody is signed in, and a program asks: a person would be sent to sign in. */
export class LoginRequiredError extends ServiceError {
  override readonly name = 'LoginRequiredError';
  readonly code = 'login_required';
  readonly status = 401;
  constructor() {
    super(said('explanation.notSignedIn'), said('remedy.reloadAndSignIn'));
  }
}

/** There is no such session of this person, or not any more. */
export class SessionUnknownError extends ServiceError {
  override readonly name = 'SessionUnknownError';
  readonly code = 'session_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.sessionUnknown'), said('remedy.sessionUnknown'));
  }
}

/** Whoever asks is neither this machine itself nor has the token. */
export class MetricsRefusedError extends ServiceError {
  override readonly name = 'MetricsRefusedError';
  readonly code = 'metrics_refused';
  readonly status = 401;
  constructor() {
    super(said('explanation.metricsRefused'), said('remedy.metricsRefused'));
  }
}

/** Something in a form cannot be used; which fields, and why, is told beside them. */
export class FormInvalidError extends ServiceError {
  override readonly name = 'FormInvalidError';
  readonly code = 'form_invalid';
  readonly status = 422;
  constructor(fields: readonly string[]) {
    const named = fields.filter((name) => name !== '');
    super(
      named.length === 0
        ? said('explanation.formInvalid')
        : said('explanation.formFieldsInvalid', { fields: named.join(', ') }),
      said('remedy.formInvalid'),
    );
  }
}

/** What was confirmed is not what would happen now. */
export class PlanChangedError extends ServiceError {
  override readonly name = 'PlanChangedError';
  readonly code = 'plan_changed';
  readonly status = 409;
  constructor() {
    super(said('explanation.planChanged'), said('remedy.planChanged'));
  }
}

/** Large changes are confirmed by typing how many they are. */
export class CountMismatchError extends ServiceError {
  override readonly name = 'CountMismatchError';
  readonly code = 'count_mismatch';
  readonly status = 422;
  constructor() {
    super(said('explanation.countMismatch'), said('remedy.countMismatch'));
  }
}

/** Somebody reached this server by another name than its own. */
export class HostUnknownError extends ServiceError {
  override readonly name = 'HostUnknownError';
  readonly code = 'host_unknown';
  readonly status = 421;
  constructor(publicUrl: string) {
    super(said('explanation.hostUnknown'), said('remedy.hostUnknown', { address: publicUrl }));
  }
}

/** Somebody asks more often than anybody has to; see `limits/rate-limits.ts`. */
export class RateLimitedError extends ServiceError {
  override readonly name = 'RateLimitedError';
  readonly code = 'rate_limited';
  readonly status = 429;
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
    super(
      said('explanation.tooManyRequests', { limit: met.limit.replaceAll(' ', '_'), per: met.per }),
      said('remedy.waitSeconds', { seconds: met.retryAfterSeconds }),
    );
    this.limit = met.limit;
    this.per = met.per;
    this.key = met.key;
    this.retryAfterSeconds = met.retryAfterSeconds;
  }
}

/** Each stream holds a connection: there is an end to them. */
export class TooManyStreamsError extends ServiceError {
  override readonly name = 'TooManyStreamsError';
  readonly code = 'rate_limited';
  readonly status = 429;
  readonly retryAfterSeconds = 10;
  constructor() {
    super(said('explanation.tooManyStreams'), said('remedy.tooManyStreams'));
  }
}

/** A request that Express or Node could not read. */
export class RequestMalformedError extends ServiceError {
  override readonly name = 'RequestMalformedError';
  readonly code = 'request_malformed';
  readonly status: number;
  constructor(status = 400) {
    super(said('explanation.requestMalformed'), said('remedy.requestMalformed'));
    this.status = status;
  }
}

/** Something in the server itself went wrong; what, is in its log under the reference. */
export class UnexpectedError extends ServiceError {
  override readonly name = 'UnexpectedError';
  readonly code = 'unexpected';
  readonly status = 500;
  constructor(options?: ErrorOptions) {
    super(said('explanation.unexpected'), said('remedy.unexpected'), options);
  }
}
