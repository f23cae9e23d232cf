import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IdpUnavailableError, LoginFailedError, type LoginFailedReason } from '../../src/login/errors.ts';
import {
  createRelyingParty,
  type LoginResult,
  type RelyingParty,
  type RelyingPartyDeps,
} from '../../src/login/relying-party.ts';
import {
  hmacWith,
  sendJson,
  signedByStranger,
  startHostileProvider,
  type HostileProvider,
  type Json,
  type Lies,
} from './hostile-provider.ts';

const SECRET = 'a client secret nobody else may see';

let provider: HostileProvider;
beforeAll(async () => {
  provider = await startHostileProvider();
});
beforeEach(() => {
  provider.lies = {};
  provider.tokenRequests.length = 0;
  provider.asked.clear();
});
afterAll(() => provider.stop());

describe('an ID token is believed', () => {
  it('when nothing is wrong with it', async () => {
    const { claims } = await attack({});
    expect(claims).toMatchObject({ sub: 'person-1', preferred_username: 'artist' });
  });

  it('within half a minute of clock difference, either way', async () => {
    await expect(attack({ claims: shift(25) })).resolves.toBeDefined();
    await expect(attack({ claims: (honest) => ({ ...honest, exp: now() - 20 }) })).resolves.toBeDefined();
  });

  it('made out to several applications, when it says that it is for us', async () => {
    await expect(
      attack({ claims: (honest) => ({ ...honest, aud: ['other', 'understudy'], azp: 'understudy' }) }),
    ).resolves.toBeDefined();
  });

  it('with an issue time five minutes back, as some providers write on purpose', async () => {
    await expect(attack({ claims: (honest) => ({ ...honest, iat: now() - 300 }) })).resolves.toBeDefined();
  });
});

describe('an ID token is refused', () => {
  const lies: readonly (readonly [string, LoginFailedReason, Lies])[] = [
    ['with the nonce of another attempt', 'nonce', { claims: (honest) => ({ ...honest, nonce: 'another' }) }],
    ['without nonce', 'malformed', { claims: without('nonce') }],
    ['for another application', 'audience', { claims: (honest) => ({ ...honest, aud: 'timesheets' }) }],
    ['for other applications', 'audience', { claims: (honest) => ({ ...honest, aud: ['timesheets', 'wiki'] }) }],
    [
      'for us among others, given to another',
      'audience',
      { claims: (honest) => ({ ...honest, aud: ['understudy', 'wiki'], azp: 'wiki' }) },
    ],
    ['for nobody', 'malformed', { claims: without('aud') }],
    ['of another issuer', 'issuer', { claims: (honest) => ({ ...honest, iss: 'https://login.evil.example' }) }],
    ['without issuer', 'malformed', { claims: without('iss') }],
    ['without subject', 'malformed', { claims: without('sub') }],
    ['that has expired', 'expired', { claims: (honest) => ({ ...honest, exp: now() - 60 }) }],
    ['that never expires', 'malformed', { claims: without('exp') }],
    ['issued in the future', 'clock', { claims: shift(120) }],
    ['issued long ago though it still runs', 'clock', { claims: (honest) => ({ ...honest, iat: now() - 3600 }) }],
    ['that does not hold yet', 'clock', { claims: (honest) => ({ ...honest, nbf: now() + 120 }) }],
    ['without issue time', 'malformed', { claims: without('iat') }],
    ['with an issue time that is a text', 'malformed', { claims: (honest) => ({ ...honest, iat: 'now' }) }],
    ['signed by a stranger', 'signature', { signature: signedByStranger }],
    ['without signature', 'signature', { signature: () => '' }],
    ['changed after it was signed', 'signature', { idToken: promoted }],
    ['with alg none', 'signature', { header: (honest) => ({ ...honest, alg: 'none' }), signature: () => '' }],
    ['with a key that the provider does not have', 'signature', { header: (honest) => ({ ...honest, kid: 'k2' }) }],
    [
      'with critical extensions that nobody knows',
      'signature',
      { header: (honest) => ({ ...honest, crit: ['b64'], b64: false }) },
    ],
    ['that is no token', 'malformed', { idToken: () => 'no.token.at all' }],
    ['that is two parts', 'malformed', { idToken: (honest) => honest.split('.').slice(0, 2).join('.') }],
    ['that is missing', 'malformed', { idToken: () => undefined }],
  ];

  it.each(lies)('%s (%s)', async (_what, reason, told) => {
    await expect(attack(told)).rejects.toMatchObject({ code: 'login_failed', status: 401, reason });
  });

  it.each([
    ['even when the provider itself announces alg none', 'none', () => ''],
    ['when the public key serves as HMAC secret', 'HS256', (input: string) => hmacWith(provider.publicKeyPem)(input)],
    ['when our own secret serves as HMAC secret', 'HS256', hmacWith(SECRET)],
  ])('%s', async (_what, alg, signature) => {
    const told: Lies = {
      discovery: (honest) => ({ ...honest, id_token_signing_alg_values_supported: ['RS256', alg] }),
      header: (honest) => ({ ...honest, alg }),
      signature,
    };
    await expect(attack(told)).rejects.toMatchObject({ reason: 'signature' });
  });
});

describe('the answer that the browser brings back', () => {
  const changes: readonly (readonly [string, LoginFailedReason, (query: URLSearchParams) => void])[] = [
    ['with the state of somebody else', 'unknown_attempt', (query) => query.set('state', 'x'.repeat(43))],
    ['without state', 'unknown_attempt', (query) => query.delete('state')],
    ['with the state twice', 'unknown_attempt', (query) => query.append('state', query.get('state') ?? '')],
    ['naming another issuer', 'issuer', (query) => query.set('iss', 'https://login.evil.example')],
    ['naming two issuers', 'issuer', (query) => query.append('iss', 'https://login.evil.example')],
    ['hiding its issuer though the provider always names it', 'malformed', (query) => query.delete('iss')],
    ['without code', 'malformed', (query) => query.delete('code')],
    ['with two codes', 'malformed', (query) => query.append('code', 'another')],
    ['with a token in it', 'malformed', (query) => query.set('id_token', 'a.b.c')],
    ['of enormous length', 'malformed', (query) => query.set('code', 'c'.repeat(20_000))],
    ['cancelled', 'cancelled', error('access_denied')],
    ['login_required', 'refused', error('login_required')],
    ['an error nobody knows', 'refused', error('__proto__')],
    ['unauthorized_client', 'configuration', error('unauthorized_client')],
    [
      'an error with the state of somebody else',
      'unknown_attempt',
      (query) => {
        error('access_denied')(query);
        query.set('state', 'x');
      },
    ],
  ];

  it.each(changes)('is refused: %s (%s), and no code is redeemed', async (_what, reason, change) => {
    await expect(attack({}, {}, change)).rejects.toMatchObject({ code: 'login_failed', reason });
    expect(provider.tokenRequests).toEqual([]);
  });

  it.each(['temporarily_unavailable', 'server_error'])('means the provider is down when it says %s', async (code) => {
    await expect(attack({}, {}, error(code))).rejects.toBeInstanceOf(IdpUnavailableError);
  });

  it('is redeemed with our own redirect address, whatever host it was asked at', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    const callback = provider.answer(url, attempt);
    await party.finish(new URL(callback.search, 'https://evil.example/login/callback/../else'), attempt);
    expect(provider.tokenRequests[0]?.form.get('redirect_uri')).toBe('https://understudy.example/login/callback');
  });

  it('is redeemed with the verifier whose hash went out, and only then', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    expect(url.href).not.toContain(attempt.codeVerifier);
    await party.finish(provider.answer(url, attempt), attempt);
    expect(provider.tokenRequests[0]?.form.get('code_verifier')).toBe(attempt.codeVerifier);
  });
});

describe('the token endpoint', () => {
  it.each<[string, LoginFailedReason, number, Json]>([
    ['a code that was used', 'replayed', 400, { error: 'invalid_grant' }],
    ['a client secret that is wrong', 'configuration', 401, { error: 'invalid_client' }],
    ['a client that may not', 'configuration', 400, { error: 'unauthorized_client' }],
    ['an error nobody knows', 'refused', 400, { error: 'toString' }],
    ['no reason', 'malformed', 403, {}],
  ])('refuses %s (%s)', async (_what, reason, status, body) => {
    await expect(attack({ token: (response) => sendJson(response, body, status) })).rejects.toMatchObject({ reason });
  });

  it.each<[string, Lies['token']]>([
    ['fails', (response) => sendJson(response, { error: 'invalid_grant' }, 500)],
    ['is overloaded', (response) => sendJson(response, { error: 'slow_down' }, 429)],
    ['hangs up', (response) => response.destroy()],
    ['never ends', (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{')],
    [
      'floods us',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('x'.repeat(3 * 1024 * 1024));
      },
    ],
  ])('is unavailable when it %s', async (_what, token) => {
    await expect(attack({ ...(token && { token }) }, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'idp_unavailable',
      status: 503,
    });
  });

  it.each<[string, string]>([
    ['HTML', 'text/html'],
    ['a list', 'application/json'],
  ])('is not understood when it sends %s', async (_what, type) => {
    const token: Lies['token'] = (response) => response.writeHead(200, { 'content-type': type }).end('[]');
    await expect(attack({ token })).rejects.toMatchObject({ reason: 'malformed' });
  });

  it('gets the secret in the body only when it says that it takes it there', async () => {
    await attack({});
    expect(provider.tokenRequests[0]?.authorization).toMatch(/^Basic /);
    expect(provider.tokenRequests[0]?.form.has('client_secret')).toBe(false);
    await attack({
      discovery: (honest) => ({ ...honest, token_endpoint_auth_methods_supported: ['client_secret_post'] }),
    });
    expect(provider.tokenRequests[1]?.authorization).toBeUndefined();
    expect(provider.tokenRequests[1]?.form.get('client_secret')).toBe(SECRET);
  });

  it('does not get the secret over plain http on another machine', async () => {
    const elsewhere = 'http://192.0.2.1:9/token';
    const failure = await failureOf(attack({ discovery: (honest) => ({ ...honest, token_endpoint: elsewhere }) }));
    expect(failure).toMatchObject({ code: 'idp_unavailable', diagnosis: `POST ${elsewhere}: not https` });
  });
});

describe('keys', () => {
  it('that cannot be fetched mean that the provider is unavailable', async () => {
    await expect(attack({ keys: (response) => response.writeHead(503).end() })).rejects.toMatchObject({
      code: 'idp_unavailable',
    });
  });

  it('that are nonsense trust nobody', async () => {
    await expect(attack({ keys: (response) => sendJson(response, { keys: 'all' }) })).rejects.toBeInstanceOf(
      LoginFailedError,
    );
  });
});

describe('a failure', () => {
  it.each<[string, Lies]>([
    [
      'a refused code',
      { token: (response) => sendJson(response, { error: 'invalid_grant', error_description: SECRET }, 400) },
    ],
    [
      'an answer that echoes everything',
      { token: (response) => sendJson(response, { error: `x ${SECRET} c0de` }, 400) },
    ],
    ['a strange signature', { signature: signedByStranger }],
    ['a strange audience', { claims: (honest) => ({ ...honest, aud: SECRET }) }],
  ])('shows and logs neither code nor secret nor verifier: %s', async (_what, told) => {
    const party = partyOf();
    provider.lies = told;
    const { url, attempt } = await party.start();
    const failure = await failureOf(party.finish(provider.answer(url, attempt), attempt));
    const everything = [failure.message, failure.stack, String(failure.cause), JSON.stringify(failure)].join('\n');
    for (const secret of [SECRET, 'c0de', attempt.codeVerifier, attempt.nonce, attempt.state]) {
      expect(everything).not.toContain(secret);
    }
  });
});

function partyOf(change: Partial<RelyingPartyDeps> = {}): RelyingParty {
  return createRelyingParty({
    issuerUrl: provider.url,
    clientId: 'understudy',
    clientSecret: SECRET,
    scopes: 'openid profile email',
    redirectUri: 'https://understudy.example/login/callback',
    postLogoutRedirectUri: 'https://understudy.example/',
    allowHttp: true,
    timeoutMs: 5000,
    now: () => new Date(),
    ...change,
  });
}

/** One whole sign-in at a provider that lies in the given way. */
async function attack(
  lies: Lies,
  change: Partial<RelyingPartyDeps> = {},
  alter?: (query: URLSearchParams) => void,
): Promise<LoginResult> {
  provider.lies = lies;
  const party = partyOf(change);
  const { url, attempt } = await party.start();
  return party.finish(provider.answer(url, attempt, alter), attempt);
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as Error,
  );
}

function error(code: string): (query: URLSearchParams) => void {
  return (query) => {
    query.delete('code');
    query.set('error', code);
  };
}

function without(name: string): (claims: Json) => Json {
  return (claims) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}

function shift(seconds: number): (claims: Json) => Json {
  return (claims) => ({ ...claims, iat: now() + seconds, exp: now() + seconds + 300 });
}

/** The same header and signature over claims that say something nicer. */
function promoted(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = {
    ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json),
    preferred_username: 'admin.flag-on',
  };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
