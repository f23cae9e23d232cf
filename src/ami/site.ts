/** Whether a click comes from our ShotGrid site. The claim is compared as text; nothing is ever fetched from it. */
import { said } from '../texts/said.ts';
import { AmiMalformedError, AmiWrongSiteError } from './errors.ts';

/**
 * Throws unless `serverHostname` (host name, a port if the site has its own, no scheme) is the host of `siteUrl`. Case, one
 * trailing dot, and the scheme's usual port make no difference.
 *
 * @throws {@link AmiMalformedError} when there is no host name.
 * @throws {@link AmiWrongSiteError} when it is another host.
 */
export function verifySite(serverHostname: string | undefined, siteUrl: URL): void {
  if (serverHostname === undefined || serverHostname === '') {
    throw new AmiMalformedError(said('explanation.formSiteMissing'));
  }
  // Beyond ASCII, letter case has surprises: a Kelvin sign lower-cases to "k".
  if (!/^[\x21-\x7e]{1,300}$/.test(serverHostname)) throw new AmiMalformedError(said('explanation.formNoHostName'));
  const usualPort = siteUrl.protocol === 'http:' ? ':80' : ':443';
  if (withoutExtras(serverHostname, usualPort) !== withoutExtras(siteUrl.host, usualPort)) {
    throw new AmiWrongSiteError(said('explanation.clickWrongSite'));
  }
}

function withoutExtras(host: string, usualPort: string): string {
  const lower = host.toLowerCase();
  const withoutUsualPort = lower.endsWith(usualPort) ? lower.slice(0, -usualPort.length) : lower;
  return withoutUsualPort.replace(/\.(?=$|:\d+$)/, '');
}
