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

/** A click made in ShotGrid's overlay that goes on in a window of its own. */
export class LaunchMovedError extends ServiceError {
  override readonly name = 'LaunchMovedError';
  readonly code = 'launch_moved';
  readonly status = 409;
  readonly remedy = 'Go on in the window that you opened from here, or click the menu item in ShotGrid again.';
  constructor() {
    super('This click goes on in a window of its own.');
  }
}

/** The browser kept nothing for us in ShotGrid's overlay, so it cannot show that the click is its own. */
export class LaunchCookieBlockedError extends ServiceError {
  override readonly name = 'LaunchCookieBlockedError';
  readonly code = 'launch_cookie_blocked';
  readonly status = 403;
  readonly remedy =
    'Use a current browser, or let it keep cookies of this server inside ShotGrid, and click again. Or ask a ShotGrid admin to switch off “Open in Modal Overlay” for this menu item: it then opens in a tab of its own, which every browser can do.';
  constructor() {
    super('Your browser keeps no cookies for us inside ShotGrid’s page, so it cannot show that this click is yours.');
  }
}

/** What a window gives to the frame that opened it is unknown, used, late, or for another click. */
export class HandOverInvalidError extends ServiceError {
  override readonly name = 'HandOverInvalidError';
  readonly code = 'hand_over_invalid';
  readonly status = 403;
  readonly remedy = 'Nothing was changed. Go back to the click and press “Continue” once more.';
  constructor() {
    super('This sign-in was used before, came too late, or belongs to another click.');
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
