/** The identity provider: what it says of itself, its keys, and whether it knows us by our address and our secret. */
import { createBoundedFetch } from '../login/bounded-fetch.ts';
import { IdpUnavailableError } from '../login/errors.ts';
import { CALL_MS, checkWith, type Look } from './look.ts';
import { judgeDescription, readProvider, type Ask, type Provider } from './provider-description.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';

export function providerChecks(look: Look): readonly Check[] {
  const { oidc } = look.config;
  const { provider: client } = oidc;
  if (client === undefined) return [];
  const bounded = createBoundedFetch(CALL_MS);
  const ask: Ask = (url, init = {}) => bounded(url, { redirect: 'manual', ...init });
  let reading: Promise<Provider | Finding> | undefined;
  const read = () => (reading ??= readProvider(ask, client.issuerUrl));
  /** What cannot be asked while the provider is away is that finding's business. */
  const about = (judge: (provider: Provider) => Promise<Finding>) => async (): Promise<Finding> => {
    const provider = await read();
    if ('level' in provider) return skipped('Not looked at: the identity provider does not describe itself.');
    try {
      return await judge(provider);
    } catch (error) {
      if (!(error instanceof IdpUnavailableError)) throw error;
      return failure(
        `The identity provider does not answer: ${error.diagnosis ?? ''}.`,
        'See that it runs, and try again.',
      );
    }
  };

  return [
    checkWith(look, ['OIDC_ISSUER_URL'], {
      id: 'idp_discovery',
      title: 'Identity provider',
      run: async () => {
        const provider = await read();
        return 'level' in provider ? provider : judgeDescription(provider, oidc);
      },
    }),
    checkWith(look, ['OIDC_ISSUER_URL'], {
      id: 'idp_keys',
      title: 'Keys of the identity provider',
      run: about((provider) => judgeKeys(ask, provider)),
    }),
    checkWith(look, ['OIDC_ISSUER_URL', 'OIDC_CLIENT_ID', 'PUBLIC_URL'], {
      id: 'idp_redirect',
      title: 'Redirect address',
      run: about((provider) => judgeRedirect(ask, provider, look, client.clientId)),
    }),
    checkWith(look, ['OIDC_ISSUER_URL', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'], {
      id: 'idp_client',
      title: 'Client secret',
      run: about((provider) => judgeClient(ask, provider, look, client.clientId)),
    }),
  ];
}

/** RFC 7517. */
async function judgeKeys(ask: Ask, { jwksUri }: Provider): Promise<Finding> {
  const answer: unknown = await (await ask(jwksUri)).json().catch(() => undefined);
  const keys = memberOf(answer, 'keys');
  const usable = (Array.isArray(keys) ? keys : []).filter(
    (key) => ['RSA', 'EC', 'OKP'].includes(String(memberOf(key, 'kty'))) && memberOf(key, 'use') !== 'enc',
  );
  if (usable.length > 0) return ok(`${usable.length} of its keys can verify a sign-in.`);
  return failure(
    'The provider publishes no key that an ID token could be verified with, so every sign-in fails.',
    'Give the provider a signing key (RS256, ES256 or EdDSA); a shared-secret signature (HS256) is not accepted.',
  );
}

/**
 * Asks for a sign-in without anybody there (`prompt=none`, OpenID Connect Core 1.0 section 3.1.2.1). A provider sends a browser
 * to a registered address only, also with an error.
 */
async function judgeRedirect(
  ask: Ask,
  { authorizationEndpoint }: Provider,
  { config }: Look,
  clientId: string,
): Promise<Finding> {
  const redirectUri = `${config.publicUrl}/login/callback`;
  const url = new URL(authorizationEndpoint);
  const query = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: config.oidc.scopes,
    prompt: 'none',
    state: 'doctor',
    nonce: 'doctor',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', // RFC 7636 appendix B: nobody redeems this
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await ask(url.href);
  const target = answer.headers.get('location');
  if (target?.startsWith(`${redirectUri}?`) === true) {
    const code = new URL(target).searchParams.get('error');
    if (code === null || /^(login|interaction|consent|account_selection)_required$/.test(code)) {
      return ok(`The provider sends people back to ${redirectUri}.`);
    }
    return failure(
      `The provider would send people back with the error ${/^[\w.-]{1,64}$/.test(code) ? code : 'of a kind of its own'}.`,
      'Look at the client at the provider: it must allow the authorization code flow with PKCE and the scopes of OIDC_SCOPES.',
    );
  }
  if (answer.status >= 400) {
    return failure(
      `The provider refuses the client or the address ${redirectUri} (status ${answer.status}).`,
      `Register exactly ${redirectUri} as a redirect URI of the client that OIDC_CLIENT_ID names.`,
    );
  }
  return skipped(
    'The provider shows a page of its own instead of an answer, so this cannot be told without a person.',
    'Sign in once yourself.',
  );
}

/** Offers a code that was never given: who knows our secret refuses the code, who does not refuses us (RFC 6749 section 5.2). */
async function judgeClient(
  ask: Ask,
  provider: Provider,
  { config, secrets }: Look,
  clientId: string,
): Promise<Finding> {
  const { oidcClientSecret = '' } = secrets;
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'doctor-never-given',
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    redirect_uri: `${config.publicUrl}/login/callback`,
  });
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' });
  if (provider.takesSecretInBody) {
    form.set('client_id', clientId);
    form.set('client_secret', oidcClientSecret);
  } else {
    const pair = [clientId, oidcClientSecret].map(encodeURIComponent).join(':');
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  const answer = await ask(provider.tokenEndpoint, { method: 'POST', headers, body: form.toString() });
  const code = memberOf(await answer.json().catch(() => undefined), 'error');
  if (code === 'invalid_grant') return ok('The provider takes our client id and client secret.');
  if (code === 'invalid_client' || code === 'unauthorized_client' || answer.status === 401) {
    return failure(
      'The provider does not take our client id and client secret, so every sign-in fails at its end.',
      'Copy the client secret from the provider into OIDC_CLIENT_SECRET; it may have ended there, or belong to another client.',
    );
  }
  return warning(
    `The provider answers a sign-in that never was with status ${answer.status}, so this cannot be told.`,
    'Sign in once yourself.',
  );
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
