/**
 * The OpenID Provider itself: `oidc-provider` with the studio's people, one confidential client and no consent page.
 * Claims are in the ID token, as studios commonly set their provider up for in-house services.
 */
import { generateKeyPair, randomBytes, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { Provider, type Configuration } from 'oidc-provider';
import type { MemoryStore } from './memory-adapter.ts';
import { errorPage, signedOutPage, signOutPage } from './pages.ts';
import type { IdpPerson } from './people.ts';
import { offerTokenExchange, TOKEN_EXCHANGE } from './token-exchange.ts';

export type IdpClient = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Told, by the back channel, when somebody signs out here. */
  readonly backChannelLogoutUri?: string;
};

export type ProviderDeps = {
  readonly issuer: string;
  readonly client: IdpClient;
  readonly people: readonly IdpPerson[];
  readonly store: MemoryStore;
  readonly signingKey: JsonWebKey;
  /** Services that tokens may be exchanged for; with none of them, the provider does not offer it. */
  readonly services: readonly string[];
};

export async function createSigningKey(): Promise<JsonWebKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomBytes(6).toString('hex') };
}

export function createProvider(deps: ProviderDeps): Provider {
  const { client, people, store, services } = deps;
  const configuration: Configuration = {
    adapter: (model) => store.adapterFor(model),
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        client_name: 'Understudy',
        redirect_uris: [...client.redirectUris],
        post_logout_redirect_uris: [...client.postLogoutRedirectUris],
        response_types: ['code'],
        grant_types: ['authorization_code', ...(services.length > 0 ? [TOKEN_EXCHANGE] : [])],
        token_endpoint_auth_method: 'client_secret_post',
        ...(client.backChannelLogoutUri === undefined
          ? {}
          : { backchannel_logout_uri: client.backChannelLogoutUri, backchannel_logout_session_required: true }),
      },
    ],
    jwks: { keys: [deps.signingKey] },
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      names: { session: 'idp_session', interaction: 'idp_interaction', resume: 'idp_resume' },
    },
    scopes: ['openid', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    responseTypes: ['code'],
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 3600, Session: 86_400, Grant: 86_400 },
    findAccount(_context, subject) {
      const person = people.find((candidate) => candidate.subject === subject);
      if (person === undefined) return undefined;
      return { accountId: subject, claims: () => claimsOf(person) };
    },
    // A service that gets a token by exchange wants to know people by the names that the studio uses.
    extraTokenClaims(_context, token) {
      const person = token.kind === 'AccessToken' && people.find(({ subject }) => subject === token.accountId);
      return person ? { preferred_username: person.login, email: person.email } : undefined;
    },
    // Studios do not ask their own people whether their own service may know their name.
    async loadExistingGrant(context) {
      const { session, client: asking, provider } = context.oidc;
      if (session?.accountId === undefined || asking === undefined) return undefined;
      const known = session.grantIdFor(asking.clientId);
      if (known !== undefined) return provider.Grant.find(known);
      const grant = new provider.Grant({ accountId: session.accountId, clientId: asking.clientId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    // The library lets nobody call back to this machine itself; here everything is on it.
    fetch: (url, options) => fetch(url, withoutDispatcher(options)),
    interactions: {
      url: (_context, interaction) =>
        `${new URL(deps.issuer).pathname.replace(/\/$/, '')}/interaction/${interaction.uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(context, form) {
          context.body = signOutPage(form);
        },
        postLogoutSuccessSource(context) {
          context.body = signedOutPage();
        },
      },
    },
    renderError(context, out) {
      context.type = 'html';
      context.body = errorPage(out.error, out.error_description ?? '');
    },
  };
  const provider = new Provider(deps.issuer, configuration);
  if (services.length > 0) offerTokenExchange(provider, deps);
  return provider;
}

function withoutDispatcher(options: RequestInit | undefined): RequestInit {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => name !== 'dispatcher'));
}

function claimsOf(person: IdpPerson) {
  return {
    sub: person.subject,
    preferred_username: person.login,
    name: person.name,
    email: person.email,
    email_verified: true,
    groups: [...person.groups],
  };
}
