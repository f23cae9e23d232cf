/** What the client of the site throws while somebody signs in, as an error of the authenticator. */
import { ServiceError } from '../../errors.ts';
import { SiteFaultError } from '../errors.ts';
import { SiteSessionEndedError, SiteSessionMismatchError } from '../own-session-errors.ts';
import { AuthenticationError, AuthenticatorError } from './errors.ts';
import { proxyPlace } from './host.ts';
import type { SitePlace } from './sites.ts';

/** @returns The error to throw instead: an {@link AuthenticatorError} where it is about signing in, otherwise the same. */
function asAuthenticatorError(error: unknown, { host, httpProxy }: SitePlace): unknown {
  if (error instanceof AuthenticatorError || !(error instanceof ServiceError)) return error;
  const options = { cause: error };
  if (error instanceof SiteSessionEndedError) return new AuthenticationError('session_ended', error.message, options);
  if (error instanceof SiteSessionMismatchError) {
    return new AuthenticationError('not_this_person', error.message, options);
  }
  const way = httpProxy === undefined ? host : `${host} (through the proxy ${proxyPlace(httpProxy)})`;
  const status = error instanceof SiteFaultError ? error.siteStatus : undefined;
  const why = status === 407 ? 'The proxy wants a user name and password.' : error.message;
  return new AuthenticationError('site_unreachable', `${way}: ${why}`, options);
}

/** Does it, and tells what goes wrong in the authenticator's words. */
export async function told<T>(place: SitePlace, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asAuthenticatorError(error, place);
  }
}
