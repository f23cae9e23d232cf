import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startIdp, type Idp } from '../../infra/studio/idp/start.ts';
import { identityFromClaims } from '../../src/login/identity.ts';
import { createRelyingParty, type RelyingParty, type RelyingPartyDeps } from '../../src/login/relying-party.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { cancelAtIdp, loginAtIdp, logoutAtIdp, showAtIdp } from '../support/idp-login.ts';

const CALLBACK = 'http://localhost:8080/login/callback';
const GOODBYE = 'http://localhost:8080/goodbye';
const CLIENT = {
  clientId: 'understudy',
  clientSecret: 'a secret that only two know',
  redirectUris: [CALLBACK],
  postLogoutRedirectUris: [GOODBYE],
};

let idp: Idp;
beforeAll(async () => {
  idp = await startIdp({ client: CLIENT });
});
afterEach(() => idp.reset());
afterAll(() => idp.close());

describe('a sign-in at a real provider', () => {
  it('ends with the person who typed the password', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    const { claims } = await party.finish(await loginAtIdp(url, 'admin.flag-on'), attempt);
    const rules = {
      loginClaim: 'preferred_username',
      stripDomain: false,
      groupsClaim: 'groups',
      adminGroups: ['understudy-admins'],
      auditorGroups: ['auditors'],
    };
    expect(identityFromClaims(claims, rules)).toMatchObject({
      issuer: idp.url,
      login: 'admin.flag-on',
      name: 'Nadia Kerr',
      roles: ['user', 'admin'],
    });
  });

  it('asks with PKCE, state and nonce, each new every time', async () => {
    const party = partyOf();
    const [one, two] = [await party.start(), await party.start()];
    expect(one.url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(one.url.searchParams.get('redirect_uri')).toBe(CALLBACK);
    for (const name of ['state', 'nonce', 'code_challenge'] as const) {
      expect(one.url.searchParams.get(name)).toHaveLength(43);
      expect(one.url.searchParams.get(name)).not.toBe(two.url.searchParams.get(name));
    }
    expect(one.attempt.codeVerifier).not.toBe(two.attempt.codeVerifier);
  });

  it('passes the hint on, unless it is not one', async () => {
    const party = partyOf();
    expect(await showAtIdp((await party.start({ loginHint: 'artist' })).url)).toMatch(
      /value="artist"\s+autocomplete="username"/,
    );
    for (const loginHint of ['', 'a\nb', 'x'.repeat(300)]) {
      expect((await party.start({ loginHint })).url.searchParams.has('login_hint')).toBe(false);
    }
  });

  it('needs no typing the second time, and does when told to', async () => {
    const jar = createCookieJar();
    const party = partyOf();
    await loginAtIdp((await party.start()).url, 'artist', { jar });
    const again = await party.start();
    const { claims } = await party.finish(await loginAtIdp(again.url, 'nobody types this', { jar }), again.attempt);
    expect(claims['preferred_username']).toBe('artist');
    expect(await showAtIdp((await party.start({ prompt: 'login' })).url, jar)).toContain('name="password"');
  });

  it('works under an issuer with a path', async () => {
    const other = await startIdp({ issuerPath: '/realms/studio', client: CLIENT });
    try {
      const party = partyOf({ issuerUrl: other.url });
      const { url, attempt } = await party.start();
      await expect(party.finish(await loginAtIdp(url, 'artist'), attempt)).resolves.toBeDefined();
    } finally {
      await other.close();
    }
  });
});

describe('a sign-in at a real provider fails', () => {
  it('when the person cancels', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    await expect(party.finish(await cancelAtIdp(url), attempt)).rejects.toMatchObject({ reason: 'cancelled' });
  });

  it('when the callback is replayed', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    const callback = await loginAtIdp(url, 'artist');
    await party.finish(callback, attempt);
    await expect(party.finish(callback, attempt)).rejects.toMatchObject({ reason: 'replayed' });
  });

  it('when the code of one person is slipped into the attempt of another', async () => {
    const party = partyOf();
    const [mine, theirs] = [await party.start(), await party.start()];
    const callback = await loginAtIdp(theirs.url, 'manager');
    await expect(party.finish(callback, mine.attempt)).rejects.toMatchObject({ reason: 'unknown_attempt' });
    callback.searchParams.set('state', mine.attempt.state);
    await expect(party.finish(callback, mine.attempt)).rejects.toMatchObject({ reason: 'replayed' });
  });

  it('when the verifier is wrong', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    const callback = await loginAtIdp(url, 'artist');
    const forged = { ...attempt, codeVerifier: 'x'.repeat(43) };
    await expect(party.finish(callback, forged)).rejects.toMatchObject({ reason: 'replayed' });
  });

  it('when the nonce is another', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    const callback = await loginAtIdp(url, 'artist');
    await expect(party.finish(callback, { ...attempt, nonce: 'another' })).rejects.toMatchObject({ reason: 'nonce' });
  });

  it('when the client secret is wrong', async () => {
    const party = partyOf({ clientSecret: 'wrong' });
    const { url, attempt } = await party.start();
    await expect(party.finish(await loginAtIdp(url, 'artist'), attempt)).rejects.toMatchObject({
      reason: 'configuration',
    });
  });

  it.each([
    [3600, 'clock'],
    [45, 'clock'],
    [-3600, 'expired'],
  ])('when the clock of the provider is off by %i s (%s)', async (seconds, reason) => {
    idp.setClockSkew(seconds);
    const party = partyOf();
    const { url, attempt } = await party.start();
    await expect(party.finish(await loginAtIdp(url, 'artist'), attempt)).rejects.toMatchObject({ reason });
  });

  it.each([
    [-3600, 'clock'],
    [3600, 'expired'],
  ])('when our own clock is off by %i s (%s)', async (seconds, reason) => {
    const party = partyOf({ now: () => new Date(Date.now() + seconds * 1000) });
    const { url, attempt } = await party.start();
    await expect(party.finish(await loginAtIdp(url, 'artist'), attempt)).rejects.toMatchObject({ reason });
  });

  it('when the token is made out to another application', async () => {
    idp.bendIdTokens((claims) => ({ ...claims, aud: 'timesheets' }));
    const party = partyOf();
    const { url, attempt } = await party.start();
    await expect(party.finish(await loginAtIdp(url, 'artist'), attempt)).rejects.toMatchObject({ reason: 'audience' });
  });
});

describe('while the provider is down', () => {
  it('nobody is sent there, and everything works once it is back', async () => {
    idp.pause();
    const party = partyOf();
    await expect(party.start()).rejects.toMatchObject({ code: 'idp_unavailable', status: 503 });
    await expect(party.check()).rejects.toMatchObject({ code: 'idp_unavailable' });
    idp.resume();
    await party.check();
    const { url, attempt } = await party.start();
    await expect(party.finish(await loginAtIdp(url, 'artist'), attempt)).resolves.toBeDefined();
  });

  it('a person on the way back hears so, and may come again with the same answer', async () => {
    const party = partyOf();
    const { url, attempt } = await party.start();
    const callback = await loginAtIdp(url, 'artist');
    idp.pause();
    await expect(party.finish(callback, attempt)).rejects.toMatchObject({ code: 'idp_unavailable' });
    idp.resume();
    await expect(party.finish(callback, attempt)).resolves.toBeDefined();
  });

  it('or too slow, nobody waits for ever', async () => {
    const party = partyOf({ timeoutMs: 150 });
    const { url, attempt } = await party.start();
    const callback = await loginAtIdp(url, 'artist');
    idp.pause('hang');
    await expect(party.finish(callback, attempt)).rejects.toMatchObject({
      code: 'idp_unavailable',
      diagnosis: `POST ${idp.url}/token: no answer in 150 ms`,
    });
  });

  it('signing out ends here without a trip there', async () => {
    idp.pause();
    await expect(partyOf().logoutUrl('a.b.c')).resolves.toBeUndefined();
  });
});

describe('signing out', () => {
  it('ends the session at the provider and comes back', async () => {
    const jar = createCookieJar();
    const party = partyOf();
    const { url, attempt } = await party.start();
    const { idToken } = await party.finish(await loginAtIdp(url, 'artist', { jar }), attempt);
    const goodbye = await party.logoutUrl(idToken);
    expect((await logoutAtIdp(goodbye!, jar)).href).toBe(GOODBYE);
    expect(await showAtIdp((await party.start()).url, jar)).toContain('name="password"');
  });
});

function partyOf(change: Partial<RelyingPartyDeps> = {}): RelyingParty {
  return createRelyingParty({
    issuerUrl: idp.url,
    clientId: CLIENT.clientId,
    clientSecret: CLIENT.clientSecret,
    scopes: 'openid profile email',
    redirectUri: CALLBACK,
    postLogoutRedirectUri: GOODBYE,
    allowHttp: true,
    timeoutMs: 5000,
    now: () => new Date(),
    ...change,
  });
}
