/** Certificates of everybody who has one in this: are they trusted, and for how long. */
import type { VariableName } from '../config/variables.ts';
import { checkWith, type Look } from './look.ts';
import { ProbeError } from './probe.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const SOON_DAYS = 21;

export function tlsChecks(look: Look): readonly Check[] {
  const { publicUrl, shotgridUrl, oidc } = look.config;
  return [
    tlsCheck(look, 'tls_public', 'TLS of PUBLIC_URL', 'PUBLIC_URL', `${publicUrl}/healthz`),
    tlsCheck(look, 'tls_site', 'TLS of the ShotGrid site', 'SHOTGRID_URL', siteProbe(shotgridUrl)),
    ...(oidc.provider === undefined
      ? []
      : [
          tlsCheck(
            look,
            'tls_idp',
            'TLS of the identity provider',
            'OIDC_ISSUER_URL',
            providerProbe(oidc.provider.issuerUrl),
          ),
        ]),
  ];
}

/** What the site tells everybody, without a token. */
export function siteProbe(shotgridUrl: string): string {
  return `${shotgridUrl}/api/v1`;
}

/** OpenID Connect Discovery 1.0, section 4. */
export function providerProbe(issuerUrl: string): string {
  return `${issuerUrl.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

function tlsCheck(look: Look, id: string, title: string, name: VariableName, address: string): Check {
  return checkWith(look, [name], {
    id,
    title,
    async run() {
      const { host } = new URL(address);
      if (!address.startsWith('https:')) return skipped(`${host} is plain http, on this machine only.`);
      try {
        const { certificateValidTo: until } = await look.probe(address);
        return until === undefined ? skipped(`${host} shows no certificate.`) : judge(host, until, look.now());
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error;
        return explain(host, error.reason);
      }
    },
  });
}

function judge(host: string, until: Date, now: Date): Finding {
  const days = Math.floor((until.getTime() - now.getTime()) / DAY_MS);
  const date = until.toISOString().slice(0, 10);
  if (days >= SOON_DAYS) return ok(`The certificate of ${host} is trusted, until ${date}.`);
  return warning(
    `The certificate of ${host} ends in ${days} days, on ${date}.`,
    'Renew it, and see why it was not renewed by itself.',
  );
}

/** Machine words of Node's TLS: https://nodejs.org/api/tls.html, "X509 certificate error codes". */
function explain(host: string, reason: string): Finding {
  if (reason === 'CERT_HAS_EXPIRED') {
    return failure(
      `The certificate of ${host} has ended.`,
      'Renew it; until then browsers and this server refuse the connection.',
    );
  }
  if (reason === 'CERT_NOT_YET_VALID') {
    return failure(
      `The certificate of ${host} is not valid yet.`,
      'Look at this machine’s clock, then at the certificate.',
    );
  }
  if (reason === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return failure(
      `The certificate that ${host} shows is for another name.`,
      'Correct the address, or the certificate.',
    );
  }
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_UNTRUSTED/.test(reason)) {
    return failure(
      `The certificate of ${host} is not from an authority that this machine trusts (${reason}).`,
      'If the studio has an authority of its own, name its certificate file in NODE_EXTRA_CA_CERTS; if not, somebody may be in between.',
    );
  }
  return warning(
    `${host} could not be asked for its certificate (${reason}).`,
    'See that this machine may reach it; other checks say what else that stops.',
  );
}
