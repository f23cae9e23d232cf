/** How browsers reach us: what our own pages look like from outside, whether cookies can work, and whose address we see. */
import { checkWith, type Look } from './look.ts';
import { ProbeError } from './probe.ts';
import { failure, ok, warning, type Check, type Finding } from './report.ts';

/** A page that does not exist, where pages that ShotGrid may frame live: it does nothing and leaves no record. */
const FRAMED = '/launches/';
/** As a browser asks for a page in a frame. */
const AS_FRAME = { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };

export function addressChecks(look: Look): readonly Check[] {
  const { publicUrl, shotgridUrl } = look.config;
  return [
    checkWith(look, ['PUBLIC_URL', 'SHOTGRID_URL'], {
      id: 'framing',
      title: 'Pages as browsers get them',
      async run() {
        try {
          const { headers } = await look.probe(`${publicUrl}${FRAMED}`, AS_FRAME);
          return judgeFraming(
            [headers['content-security-policy'] ?? []].flat().join(', '),
            headers['x-frame-options'] !== undefined,
            shotgridUrl,
          );
        } catch (error) {
          if (!(error instanceof ProbeError)) throw error;
          return warning(
            `${publicUrl} does not answer from here (${error.reason}).`,
            'Start the server, or see to the proxy in front of it. If this machine may not reach its own public address, ask from another.',
          );
        }
      },
    }),
    checkWith(look, ['PUBLIC_URL', 'SHOTGRID_URL'], {
      id: 'cookies',
      title: 'Cookies at PUBLIC_URL',
      run: () => judgeCookies(new URL(publicUrl), new URL(shotgridUrl)),
    }),
    checkWith(look, ['PUBLIC_URL', 'TRUST_PROXY'], {
      id: 'proxy',
      title: 'Addresses of clients',
      run() {
        if (look.config.trustProxy !== false) return ok('X-Forwarded-For of the configured proxies is believed.');
        if (!publicUrl.startsWith('https:')) return ok('No proxy is in front of us, and none is believed.');
        return warning(
          'PUBLIC_URL is https, so a proxy ends TLS in front of us, and TRUST_PROXY believes none: records name its address instead of people’s.',
          'Set TRUST_PROXY to the number of proxies in front of the server.',
        );
      },
    }),
  ];
}

function judgeFraming(policy: string, addsFrameOptions: boolean, shotgridUrl: string): Finding {
  if (policy === '') {
    return failure(
      'What answers at PUBLIC_URL sends no Content-Security-Policy: it is not this server, or a proxy takes our headers away.',
      'Let PUBLIC_URL lead to this server, and the proxy pass its answers on unchanged.',
    );
  }
  if (addsFrameOptions) {
    return failure(
      'Something between us and the browser adds X-Frame-Options: ShotGrid cannot show our pages in its overlay.',
      'Take X-Frame-Options out of the proxy’s settings; our own Content-Security-Policy already says who may frame what.',
    );
  }
  // Of several policies each has to agree: a proxy may have added one.
  const allowed = [...policy.matchAll(/(?:^|;|,)\s*frame-ancestors\s+([^;,]*)/gi)].map(([, list = '']) => list.trim());
  if (allowed.length === 0 || !allowed.every((list) => list.split(/\s+/).includes(shotgridUrl))) {
    return failure(
      'The Content-Security-Policy that browsers get does not let SHOTGRID_URL frame our pages.',
      'Let the proxy pass our Content-Security-Policy on unchanged; if another server answers at PUBLIC_URL, correct the address.',
    );
  }
  return ok('Our pages arrive with their own headers, and the ShotGrid site alone may frame them.');
}

function judgeCookies(ours: URL, site: URL): Finding {
  if (ours.hostname === site.hostname) {
    return warning(
      'PUBLIC_URL and SHOTGRID_URL are on one host name: browsers keep the cookies of both in one jar, whatever the port.',
      'Give the server a host name of its own.',
    );
  }
  if (ours.protocol === 'https:') return ok('Secure cookies that only this host can set.');
  if (site.protocol === 'https:') {
    return warning(
      'PUBLIC_URL is plain http on this machine, the ShotGrid site is https: browsers block our pages in its overlay.',
      'Use this for trying only; give people an https address.',
    );
  }
  return ok('Plain http on this machine: good for trying.');
}
