/**
 * The provider's own description (endpoints, keys), fetched when first needed and again when too old for the purpose.
 * The server starts while the provider is down; the first success heals everything.
 */
import * as client from 'openid-client';
import { createBoundedFetch, isLoopback, type IdpCallSeen } from './bounded-fetch.ts';
import { IdpUnavailableError } from './errors.ts';
import { diagnosisOf, findUnavailable } from './fault.ts';

/** Tolerated difference between the provider's clock and ours, in seconds, in both directions. */
export const CLOCK_TOLERANCE_SECONDS = 30;

export type DiscoveryDeps = {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Plain http, and only to a provider on loopback. */
  readonly allowHttp: boolean;
  /** For each exchange with the provider. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Told of every exchange with the provider. */
  readonly onCall?: ((seen: IdpCallSeen) => void) | undefined;
};

/**
 * Gives the provider's description, at most `maxAgeMs` old.
 *
 * @throws {@link IdpUnavailableError} when there is none young enough and the provider does not give one.
 */
export type Discover = (maxAgeMs: number) => Promise<client.Configuration>;

/** One request at a time, whoever asks; a failure is never kept. */
export function createDiscovery(deps: DiscoveryDeps): Discover {
  const issuer = new URL(deps.issuerUrl);
  if (issuer.protocol !== 'https:' && !(issuer.protocol === 'http:' && deps.allowHttp && isLoopback(issuer))) {
    throw new TypeError('OIDC_ISSUER_URL must be https, or http on this machine (localhost, 127.0.0.1)');
  }
  let known: { readonly configuration: client.Configuration; readonly at: number } | undefined;
  let inFlight: Promise<client.Configuration> | undefined;

  async function refresh(): Promise<client.Configuration> {
    const at = deps.now().getTime();
    const configuration = await fetchConfiguration(issuer, deps);
    // Keys survive the new description: a login should not cost a second request because somebody asked for readiness.
    const keys = known === undefined ? undefined : client.getJwksCache(known.configuration);
    if (
      keys !== undefined &&
      known?.configuration.serverMetadata().jwks_uri === configuration.serverMetadata().jwks_uri
    ) {
      client.setJwksCache(configuration, keys);
    }
    known = { configuration, at };
    return configuration;
  }

  return async function discover(maxAgeMs) {
    if (known !== undefined && deps.now().getTime() - known.at < maxAgeMs) return known.configuration;
    inFlight ??= refresh().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
}

async function fetchConfiguration(issuer: URL, deps: DiscoveryDeps): Promise<client.Configuration> {
  const boundedFetch = createBoundedFetch(deps.timeoutMs, deps.onCall && { onCall: deps.onCall, now: deps.now });
  // The library reads the computer's clock; ours may be another one.
  const skewSeconds = Math.round((deps.now().getTime() - Date.now()) / 1000);
  const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS, [client.clockSkew]: skewSeconds };
  try {
    return await client.discovery(issuer, deps.clientId, metadata, clientAuthentication(deps.clientSecret), {
      [client.customFetch]: (url, options) => boundedFetch(url, options as RequestInit),
      timeout: Math.ceil(deps.timeoutMs / 1000) + 1, // the bounded fetch is the one that gives up first
      // By default an ID token that came straight from the token endpoint is believed without a look at its signature.
      execute: [
        client.enableNonRepudiationChecks,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated to stand out; only for loopback, see above and bounded-fetch.ts
        ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    });
  } catch (error) {
    throw findUnavailable(error) ?? new IdpUnavailableError(`discovery: ${diagnosisOf(error)}`);
  }
}

/** In the body where the provider says it takes that; else in the header, which every provider must take (RFC 6749 section 2.3.1). */
function clientAuthentication(secret: string): client.ClientAuth {
  const inBody = client.ClientSecretPost(secret);
  const inHeader = client.ClientSecretBasic(secret);
  return (server, ...rest) => {
    const offered = server.token_endpoint_auth_methods_supported ?? [];
    (offered.includes('client_secret_post') ? inBody : inHeader)(server, ...rest);
  };
}
