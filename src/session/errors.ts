/** Why a pending click, a session or a form is refused, as its person is told. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** The session store, or the database under the launches, does not answer. */
export class SessionStoreUnavailableError extends ServiceError {
  override readonly name = 'SessionStoreUnavailableError';
  readonly code = 'store_unavailable';
  readonly status = 503;
  constructor(options?: ErrorOptions) {
    super(said('explanation.sessionStoreUnavailable'), said('remedy.sessionStoreUnavailable'), options);
  }
}

/** The same signed click arrived before: it has its launch already. */
export class ClickReplayedError extends ServiceError {
  override readonly name = 'ClickReplayedError';
  readonly code = 'ami_replayed';
  readonly status = 409;
  constructor() {
    super(said('explanation.clickReplayed'), said('remedy.clickReplayed'));
  }
}

export class LaunchUnknownError extends ServiceError {
  override readonly name = 'LaunchUnknownError';
  readonly code = 'launch_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.launchUnknown'), said('remedy.launchUnknown'));
  }
}

export class LaunchExpiredError extends ServiceError {
  override readonly name = 'LaunchExpiredError';
  readonly code = 'launch_expired';
  readonly status = 410;
  constructor() {
    super(said('explanation.launchExpired'), said('remedy.launchExpired'));
  }
}

/** Another browser, or another person, than the one that clicked. */
export class LaunchNotYoursError extends ServiceError {
  override readonly name = 'LaunchNotYoursError';
  readonly code = 'launch_not_yours';
  readonly status = 403;
  constructor() {
    super(said('explanation.launchNotYours'), said('remedy.launchNotYours'));
  }
}

/** A click made in ShotGrid's overlay that goes on in a window of its own. */
export class LaunchMovedError extends ServiceError {
  override readonly name = 'LaunchMovedError';
  readonly code = 'launch_moved';
  readonly status = 409;
  constructor() {
    super(said('explanation.launchMoved'), said('remedy.launchMoved'));
  }
}

/** The browser kept nothing for us in ShotGrid's overlay, so it cannot show that the click is its own. */
export class LaunchCookieBlockedError extends ServiceError {
  override readonly name = 'LaunchCookieBlockedError';
  readonly code = 'launch_cookie_blocked';
  readonly status = 403;
  constructor() {
    super(said('explanation.launchCookieBlocked'), said('remedy.launchCookieBlocked'));
  }
}

/** What a window gives to the frame that opened it is unknown, used, late, or for another click. */
export class HandOverInvalidError extends ServiceError {
  override readonly name = 'HandOverInvalidError';
  readonly code = 'hand_over_invalid';
  readonly status = 403;
  constructor() {
    super(said('explanation.handOverInvalid'), said('remedy.handOverInvalid'));
  }
}

/** The form was not sent from our own page, or that page is out of date. */
export class CsrfInvalidError extends ServiceError {
  override readonly name = 'CsrfInvalidError';
  readonly code = 'csrf_invalid';
  readonly status = 403;
  constructor() {
    super(said('explanation.csrfInvalid'), said('remedy.csrfInvalid'));
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
