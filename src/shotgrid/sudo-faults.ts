/**
 * A refusal at the token endpoint, as an error of ours. Pure.
 * ShotGrid REST: the three sudo refusals are all 400 with code 102 and differ in their title only, so its fixed
 * beginning is compared, nothing else. What does not match is refused all the same, only less precisely.
 */
import type { ServiceError } from '../errors.ts';
import { ShotgridUnavailableError } from './errors.ts';
import { faultError, parseFault } from './faults.ts';
import { PersonUnknownError, SudoFlagOffError, SudoInactiveError, SudoRefusedBySiteError } from './person-errors.ts';

const AUTHENTICATION = 102;

/** `login` is the person asked for, or null when the script asked for itself. */
export function tokenRefusal(
  status: number,
  body: string,
  login: string | null,
  secrets: readonly string[],
): ServiceError {
  const site = parseFault(status, body, secrets);
  const isRefusal = status === 400 || status === 401;
  if (!isRefusal) return faultError(status, body, secrets);
  if (login === null || site.message.startsWith("Can't authenticate script")) {
    return new ShotgridUnavailableError('script_refused', { failure: `status ${status}`, site });
  }
  if (status === 400 && site.code === AUTHENTICATION) {
    if (site.message.startsWith("Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off:")) {
      return new SudoFlagOffError(login);
    }
    if (site.message.startsWith("Cannot 'sudo' - inactive user account:")) {
      return new SudoInactiveError(login, 'disabled');
    }
    if (site.message.startsWith("Cannot 'sudo' - unknown or retired user:")) return new PersonUnknownError(login);
  }
  return new SudoRefusedBySiteError(login, site);
}
