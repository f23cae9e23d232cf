/** Our clock against the clocks that judge with us: a click's time and an ID token's are compared with ours. */
import { CLOCK_TOLERANCE_SECONDS } from '../login/discovery.ts';
import { checkWith, type Look } from './look.ts';
import { ProbeError } from './probe.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';
import { providerProbe, siteProbe } from './tls-checks.ts';

/** A header that counts whole seconds cannot show less. */
const NOTICEABLE_SECONDS = 2;

export function clockChecks(look: Look): readonly Check[] {
  const { shotgridUrl, ami, oidc } = look.config;
  const { provider } = oidc;
  return [
    checkWith(look, ['SHOTGRID_URL'], {
      id: 'clock_site',
      title: 'Clock against the ShotGrid site',
      run: () =>
        compare(look, siteProbe(shotgridUrl), {
          whose: 'the ShotGrid site’s',
          toleranceSeconds: ami.maxAgeSeconds,
          consequence: 'clicks are refused as stale',
        }),
    }),
    ...(provider === undefined
      ? []
      : [
          checkWith(look, ['OIDC_ISSUER_URL'], {
            id: 'clock_idp',
            title: 'Clock against the identity provider',
            run: () =>
              compare(look, providerProbe(provider.issuerUrl), {
                whose: 'the identity provider’s',
                toleranceSeconds: CLOCK_TOLERANCE_SECONDS,
                consequence: 'sign-ins fail',
              }),
          }),
        ]),
  ];
}

type Other = { readonly whose: string; readonly toleranceSeconds: number; readonly consequence: string };

async function compare(look: Look, address: string, other: Other): Promise<Finding> {
  let ahead: number | undefined;
  try {
    ({ aheadSeconds: ahead } = await look.probe(address));
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return skipped(`Not compared: ${new URL(address).host} does not answer (${error.reason}).`);
  }
  if (ahead === undefined) return skipped(`Not compared: ${new URL(address).host} does not say what time it is there.`);
  const { whose, toleranceSeconds, consequence } = other;
  const apart = Math.round(Math.abs(ahead));
  const saw = `Our clock is ${apart} s ${ahead > 0 ? 'behind' : 'ahead of'} ${whose}; ${toleranceSeconds} s are tolerated`;
  const remedy = 'Synchronise this machine’s clock by the network (NTP); if it is, tell whoever runs the other.';
  if (apart > toleranceSeconds) return failure(`${saw}, so ${consequence}.`, remedy);
  if (apart > Math.max(NOTICEABLE_SECONDS, toleranceSeconds / 2)) return warning(`${saw}.`, remedy);
  return ok(apart < NOTICEABLE_SECONDS ? `Our clock agrees with ${whose}.` : `${saw}.`);
}
