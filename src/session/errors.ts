/** Why a pending click, a session or a form is refused, as its person is told. */
import { ServiceError } from '../errors.ts';

/** The session store, or the database under the launches, does not answer. */
export class SessionStoreUnavailableError extends ServiceError {
  override readonly name = 'SessionStoreUnavailableError';
  readonly code = 'store_unavailable';
  readonly status = 503;
  readonly remedy =
    'Nothing was changed. Try again in a minute; if it stays, tell whoever runs this server that its session store does not answer.';
  constructor(options?: ErrorOptions) {
    super('The server cannot reach the place where it keeps sessions.', options);
  }
}

/** The same signed click arrived before: it has its launch already. */
export class ClickReplayedError extends ServiceError {
  override readonly name = 'ClickReplayedError';
  readonly code = 'ami_replayed';
  readonly status = 409;
  readonly remedy =
    'Go on in the page that the first click opened, or start again from the menu in ShotGrid: every click works once.';
  constructor() {
    super('This click was used before.');
  }
}

export class LaunchUnknownError extends ServiceError {
  override readonly name = 'LaunchUnknownError';
  readonly code = 'launch_unknown';
  readonly status = 404;
  readonly remedy = 'Click the menu item in ShotGrid again.';
  constructor() {
    super('There is no pending click at this address.');
  }
}

export class LaunchExpiredError extends ServiceError {
  override readonly name = 'LaunchExpiredError';
  readonly code = 'launch_expired';
  readonly status = 410;
  readonly remedy = 'Click the menu item in ShotGrid again. Nothing was changed.';
  constructor() {
    super('This click has waited too long.');
  }
}

/** Another browser, or another person, than the one that clicked. */
export class LaunchNotYoursError extends ServiceError {
  override readonly name = 'LaunchNotYoursError';
  readonly code = 'launch_not_yours';
  readonly status = 403;
  readonly remedy =
    'A click can be finished only in the browser it was made in, by the person who made it. Click the menu item in ShotGrid yourself.';
  constructor() {
    super('This click was made in another browser or by another person.');
  }
}

/** The form was not sent from our own page, or that page is out of date. */
export class CsrfInvalidError extends ServiceError {
  override readonly name = 'CsrfInvalidError';
  readonly code = 'csrf_invalid';
  readonly status = 403;
  readonly remedy = 'Nothing was changed. Reload the page and confirm again.';
  constructor() {
    super('The confirmation did not come from this server’s current page.');
  }
}

/** Runs `work`; whatever goes wrong below us becomes {@link SessionStoreUnavailableError}, with the cause for the log. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof ServiceError ? cause : new SessionStoreUnavailableError({ cause });
  }
}
