import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startIdp, type Idp } from '../../infra/studio/idp/start.ts';
import type { SubjectToken } from '../../src/login/token-exchange.ts';
import { createRelyingParty, type LoginResult, type RelyingParty } from '../../src/login/relying-party.ts';
import { loginAtIdp } from '../support/idp-login.ts';
import { sendJson, startHostileProvider, type HostileProvider, type Json } from './hostile-provider.ts';

const CLIENT = {
  clientId: 'understudy',
  clientSecret: 'a secret that only two know',
  redirectUris: ['http://localhost:8080/login/callback'],
  postLogoutRedirectUris: [],
};

let idp: Idp;
beforeAll(async () => {
  idp = await startIdp({ client: CLIENT, services: ['pipeline', 'https://farm.studio.example'] });
});
afterEach(() => idp.reset());
afterAll(() => idp.close());

describe('a token for another service', () => {
  it.each(['access_token', 'id_token'] as const)(
    'comes for the %s of a sign-in, in the person’s name',
    async (type) => {
      const party = partyOf();
      const subject = subjectOf(await signIn(party, 'artist'), type);
      const { token, expiresAt } = await party.exchange(subject, { audience: 'pipeline' });
      expect(expiresAt?.getTime()).toBeGreaterThan(Date.now() + 60_000);
      // As the other service sees it: verified by the provider's keys, which it trusts like we do.
      const { payload } = await verifyAsService(token, 'pipeline');
      expect(payload).toMatchObject({ sub: 'person-artist', preferred_username: 'artist', client_id: 'understudy' });
      await expect(verifyAsService(token, 'https://farm.studio.example')).rejects.toMatchObject({ claim: 'aud' });
    },
  );

  it('may be asked for by address instead of by name', async () => {
    const party = partyOf();
    const subject = subjectOf(await signIn(party, 'manager'));
    const { token } = await party.exchange(subject, { resource: 'https://farm.studio.example' });
    const { payload } = await verifyAsService(token, 'https://farm.studio.example');
    expect(payload.sub).toBe('person-manager');
  });

  it('cannot be had for a service that the provider does not know', async () => {
    const party = partyOf();
    const subject = subjectOf(await signIn(party, 'artist'));
    await expect(party.exchange(subject, { audience: 'elsewhere' })).rejects.toMatchObject({
      code: 'token_exchange_failed',
      reason: 'refused',
      status: 403,
    });
  });

  it.each(['access_token', 'id_token'] as const)('cannot be had for a made-up %s', async (type) => {
    await expect(partyOf().exchange({ type, token: 'a.b.c' }, { audience: 'pipeline' })).rejects.toMatchObject({
      reason: 'sign_in_too_old',
    });
  });

  it('cannot be had once the person’s session at the provider is over', async () => {
    const party = partyOf();
    const subject = subjectOf(await signIn(party, 'artist'));
    idp.signOut('artist');
    await expect(party.exchange(subject, { audience: 'pipeline' })).rejects.toMatchObject({
      reason: 'sign_in_too_old',
    });
  });

  it('cannot be had for an ID token that is over', async () => {
    const party = partyOf();
    idp.bendIdTokens((claims) => ({ ...claims, exp: Date.now() / 1000 + 1 }));
    const brief = subjectOf(await signIn(party, 'artist'), 'id_token');
    idp.bendIdTokens((claims) => ({ ...claims, exp: Date.now() / 1000 - 1 }));
    // The sign-in tolerates the half minute by which clocks differ; the provider has its own clock.
    const over = subjectOf(await signIn(party, 'artist'), 'id_token');
    await expect(party.exchange(brief, { audience: 'elsewhere' })).rejects.toMatchObject({ reason: 'refused' });
    await expect(party.exchange(over, { audience: 'pipeline' })).rejects.toMatchObject({ reason: 'sign_in_too_old' });
  });

  it('is not offered by every provider', async () => {
    const plain = await startIdp({ client: CLIENT, services: [] });
    try {
      const party = partyOf(plain);
      const subject = subjectOf(await signIn(party, 'artist'));
      await expect(party.exchange(subject, { audience: 'pipeline' })).rejects.toMatchObject({
        reason: 'not_offered',
        status: 502,
      });
    } finally {
      await plain.close();
    }
  });

  it('is not waited for while the provider is down', async () => {
    const party = partyOf();
    const subject = subjectOf(await signIn(party, 'artist'));
    idp.pause();
    await expect(party.exchange(subject, { audience: 'pipeline' })).rejects.toMatchObject({ code: 'idp_unavailable' });
  });
});

describe('what a provider sends instead of a token', () => {
  let provider: HostileProvider;
  beforeAll(async () => {
    provider = await startHostileProvider();
  });
  afterAll(() => provider.stop());

  const issued = { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token', token_type: 'Bearer' };

  it.each<[string, Json]>([
    ['another kind of token', { ...issued, access_token: 'a', token_type: 'N_A' }],
    ['one bound to a key that we do not have', { ...issued, access_token: 'a', token_type: 'DPoP' }],
    ['none', issued],
    ['a header of its own', { ...issued, access_token: 'a\r\nx-injected: 1' }],
    ['a token without end', { ...issued, access_token: 'a'.repeat(20_000) }],
    ['a number', { ...issued, access_token: 1 }],
  ])('is not passed on: %s', async (_, answer) => {
    provider.lies = { token: (response) => sendJson(response, answer) };
    await expect(
      partyOf(provider).exchange({ type: 'id_token', token: 'a.b.c' }, { audience: 'x' }),
    ).rejects.toMatchObject({
      code: 'token_exchange_failed',
      reason: 'malformed',
    });
  });

  it('is passed on when it is one, and asked for as the standard says', async () => {
    provider.tokenRequests.length = 0;
    provider.lies = { token: (response) => sendJson(response, { ...issued, access_token: 'a.b-c_d~e+f/g==' }) };
    const given = await partyOf(provider).exchange(
      { type: 'access_token', token: 's' },
      { audience: 'x', scope: 'read' },
    );
    expect(given).toEqual({ token: 'a.b-c_d~e+f/g==', expiresAt: undefined });
    expect(Object.fromEntries(provider.tokenRequests[0]!.form)).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 's',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'x',
      scope: 'read',
    });
  });

  it.each([
    ['invalid_request', 'sign_in_too_old'],
    ['invalid_target', 'refused'],
    ['unauthorized_client', 'not_offered'],
    ['something_new', 'refused'],
    ['constructor', 'refused'],
  ])('says why: %s', async (error, reason) => {
    provider.lies = {
      token: (response) => {
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
      },
    };
    await expect(partyOf(provider).exchange({ type: 'id_token', token: 's' }, { audience: 'x' })).rejects.toMatchObject(
      {
        reason,
      },
    );
  });
});

async function signIn(party: RelyingParty, login: string): Promise<LoginResult> {
  const { url, attempt } = await party.start();
  return party.finish(await loginAtIdp(url, login), attempt);
}

function subjectOf({ idToken, accessToken }: LoginResult, type: SubjectToken['type'] = 'access_token'): SubjectToken {
  return { type, token: type === 'id_token' ? idToken : accessToken };
}

function verifyAsService(token: string, audience: string) {
  return jwtVerify(token, createRemoteJWKSet(new URL(`${idp.url}/jwks`)), { issuer: idp.url, audience });
}

function partyOf(at: { readonly url: string } = idp): RelyingParty {
  return createRelyingParty({
    issuerUrl: at.url,
    clientId: CLIENT.clientId,
    clientSecret: CLIENT.clientSecret,
    scopes: 'openid profile email',
    redirectUri: CLIENT.redirectUris[0]!,
    postLogoutRedirectUri: 'http://localhost:8080/',
    allowHttp: true,
    timeoutMs: 5000,
    now: () => new Date(),
  });
}
