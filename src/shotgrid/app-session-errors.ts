/** Why a session cannot be asked for in the person's browser. */
import { ServiceError } from '../errors.ts';

/** The site has its app session launcher switched off, or is older than it. */
export class AppSessionsOffError extends ServiceError {
  override readonly name = 'AppSessionsOffError';
  readonly code = 'approval_off';
  readonly status = 403;
  readonly remedy =
    'Make the change yourself in ShotGrid, or ask a ShotGrid admin to switch on the "App Session Launcher" in the site preferences.';
  constructor() {
    super('Your ShotGrid site does not let people approve other programs in the browser.');
  }
}
