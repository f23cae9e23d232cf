/** What the provider says of itself (OpenID Connect Discovery 1.0, section 3), as far as we depend on it. */
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { IdpUnavailableError } from '../login/errors.ts';
import { failure, ok, warning, type Finding } from './report.ts';
import { providerProbe } from './tls-checks.ts';

export type Ask = (url: string, init?: RequestInit) => Promise<Response>;

export type Provider = {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly takesSecretInBody: boolean;
  /** What it says it offers; undefined where it does not say. */
  readonly scopes: readonly string[] | undefined;
  readonly claims: readonly string[] | undefined;
  readonly challengeMethods: readonly string[] | undefined;
};

const texts = z.array(z.string()).optional();
const Description = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  token_endpoint_auth_methods_supported: texts,
  scopes_supported: texts,
  claims_supported: texts,
  code_challenge_methods_supported: texts,
});

/** The description, or what is wrong with having none. */
export async function readProvider(ask: Ask, issuerUrl: string): Promise<Provider | Finding> {
  const address = providerProbe(issuerUrl);
  let answer: Response;
  try {
    answer = await ask(address);
  } catch (error) {
    if (!(error instanceof IdpUnavailableError)) throw error;
    return failure(
      `The identity provider does not answer (${error.diagnosis ?? 'no reason'}).`,
      'See that it runs, that OIDC_ISSUER_URL is right, and that this machine may reach it.',
    );
  }
  const parsed = Description.safeParse(await answer.json().catch(() => undefined));
  if (answer.status !== 200 || !parsed.success) {
    return failure(
      `There is no description of an OpenID provider at ${address} (status ${answer.status}).`,
      'Set OIDC_ISSUER_URL to the issuer that the provider’s own pages name, with its path if it has one.',
    );
  }
  const { data } = parsed;
  if (data.issuer !== issuerUrl) {
    return failure(
      `The provider calls itself ${shown(data.issuer)}, and OIDC_ISSUER_URL says ${issuerUrl}.`,
      `Set OIDC_ISSUER_URL to ${shown(data.issuer)}, to the letter, if that is the provider you mean.`,
    );
  }
  return {
    authorizationEndpoint: data.authorization_endpoint,
    tokenEndpoint: data.token_endpoint,
    jwksUri: data.jwks_uri,
    takesSecretInBody: data.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true,
    scopes: data.scopes_supported,
    claims: data.claims_supported,
    challengeMethods: data.code_challenge_methods_supported,
  };
}

/** What it offers against what we are configured to want. Providers may offer more than they list, hence no failure. */
export function judgeDescription(provider: Provider, { scopes, loginClaim, groupsClaim }: Config['oidc']): Finding {
  const lacks = [
    ...missing('scope', scopes.split(' ').filter(Boolean), provider.scopes),
    ...missing('claim', [loginClaim, groupsClaim], provider.claims),
    ...missing('PKCE method', ['S256'], provider.challengeMethods),
  ];
  if (lacks.length === 0) return ok('It describes itself, under the issuer that is configured.');
  return warning(
    'The provider does not list everything that we are configured to use.',
    'Compare OIDC_SCOPES, OIDC_LOGIN_CLAIM and OIDC_GROUPS_CLAIM with what the provider offers to this client.',
    lacks,
  );
}

function missing(what: string, wanted: readonly string[], offered: readonly string[] | undefined): readonly string[] {
  return offered === undefined ? [] : wanted.filter((one) => !offered.includes(one)).map((one) => `${what} ${one}`);
}

function shown(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 200);
}
