import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { startIdp, type Idp } from '../../infra/studio/idp/start.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { cancelAtIdp, loginAtIdp, logoutAtIdp, showAtIdp } from '../support/idp-login.ts';

const CALLBACK = 'http://localhost:8080/login/callback';
const GOODBYE = 'http://localhost:8080/';

let idp: Idp;
beforeAll(async () => {
  idp = await startIdp({
    client: {
      clientId: 'understudy',
      clientSecret: 's3cret',
      redirectUris: [CALLBACK],
      postLogoutRedirectUris: [GOODBYE],
    },
  });
});
afterEach(() => idp.reset());
afterAll(() => idp.close());

describe('the identity provider of the studio', () => {
  it('describes itself, with PKCE and a sign-out page', async () => {
    const description = await getJson(`${idp.url}/.well-known/openid-configuration`);
    expect(description).toMatchObject({ issuer: idp.url, code_challenge_methods_supported: ['S256'] });
    expect(description['end_session_endpoint']).toMatch(idp.url);
  });

  it.each([
    'artist',
    'manager',
    'admin.flag-on',
    'admin.flag-off',
    'artist.flag-off',
    'inactive',
    'auditor',
    'stranger',
    'retired',
  ])('signs %s in and says who that is in the ID token', async (login) => {
    const { claims } = await redeem(await loginAtIdp(request().url, login));
    expect(claims).toMatchObject({
      preferred_username: login,
      email: `${login}@studio.example`,
      iss: idp.url,
      aud: 'understudy',
    });
  });

  it('puts both admins and nobody else into understudy-admins, the auditor into auditors', () => {
    const inGroup = (group: string) =>
      idp.people.filter(({ groups }) => groups.includes(group)).map(({ login }) => login);
    expect(inGroup('understudy-admins')).toEqual(['admin.flag-on', 'admin.flag-off']);
    expect(inGroup('auditors')).toEqual(['auditor']);
  });

  it('does not ask again in the same browser, unless told to', async () => {
    const jar = createCookieJar();
    await loginAtIdp(request().url, 'artist', { jar });
    const { claims } = await redeem(await loginAtIdp(request().url, 'nobody types this', { jar }));
    expect(claims['preferred_username']).toBe('artist');
    await loginAtIdp(request({ prompt: 'login' }).url, 'manager', { jar });
    const after = await redeem(await loginAtIdp(request().url, 'nobody types this', { jar }));
    expect(after.claims['preferred_username']).toBe('manager');
  });

  it('refuses a wrong password', async () => {
    await expect(loginAtIdp(request().url, 'artist', { password: 'wrong' })).rejects.toThrow('401');
  });

  it('fills the login in from the hint, escaped', async () => {
    expect(await showAtIdp(request({ login_hint: 'artist' }).url)).toContain('name="login"\n');
    const page = await showAtIdp(request({ login_hint: '"><script>alert(1)</script>' }).url);
    expect(page).not.toContain('<script>');
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  it('has the handles that tests hold on to', async () => {
    const page = await showAtIdp(request().url);
    expect(page).toMatch(/<input[^>]*name="login"/);
    expect(page).toMatch(/<input[^>]*name="password"/);
    expect(page.match(/<button[^>]*type="submit"/g)).toHaveLength(1);
    expect(page).toContain('data-person="admin.flag-off"');
  });

  it('sends a cancelled sign-in back with access_denied and the state', async () => {
    const { url, state } = request();
    const back = await cancelAtIdp(url);
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('state')).toBe(state);
  });

  it('refuses a request without PKCE', async () => {
    const { url } = request();
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const back = await loginAtIdp(url, 'artist');
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });

  it('signs out, comes back, and asks again afterwards', async () => {
    const jar = createCookieJar();
    const { idToken } = await redeem(await loginAtIdp(request().url, 'artist', { jar }));
    const goodbye = new URL(`${idp.url}/session/end`);
    goodbye.search = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: GOODBYE }).toString();
    expect((await logoutAtIdp(goodbye, jar)).href).toBe(GOODBYE);
    await expect(showAtIdp(request().url, jar)).resolves.toContain('name="password"');
  });

  it('is really down while paused, and back after', async () => {
    idp.pause();
    await expect(fetch(`${idp.url}/jwks`)).rejects.toThrow();
    idp.resume();
    expect((await fetch(`${idp.url}/jwks`)).status).toBe(200);
  });

  it('never answers while it hangs', async () => {
    idp.pause('hang');
    await expect(fetch(`${idp.url}/jwks`, { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/i);
  });

  it('can have a clock that is off, and forget it', async () => {
    idp.setClockSkew(3600);
    const ahead = await redeem(await loginAtIdp(request().url, 'artist'));
    expect(Number(ahead.claims['iat'])).toBeGreaterThan(Date.now() / 1000 + 3000);
    idp.reset();
    const right = await redeem(await loginAtIdp(request().url, 'artist'));
    expect(Number(right.claims['iat'])).toBeLessThan(Date.now() / 1000 + 60);
  });

  it('ends the sessions of one person', async () => {
    const [artist, manager] = [createCookieJar(), createCookieJar()];
    await loginAtIdp(request().url, 'artist', { jar: artist });
    await loginAtIdp(request().url, 'manager', { jar: manager });
    idp.signOut('artist');
    await expect(showAtIdp(request().url, artist)).resolves.toContain('name="password"');
    expect((await loginAtIdp(request().url, 'nobody types this', { jar: manager })).searchParams.has('code')).toBe(
      true,
    );
  });

  it('does not let itself be framed', async () => {
    const response = await fetch(request().url);
    expect(response.headers.get('x-frame-options')).toBe('DENY');
  });

  it('can live under a path, as many providers do', async () => {
    const other = await startIdp({
      issuerPath: '/realms/studio',
      client: { clientId: 'understudy', clientSecret: 's3cret', redirectUris: [CALLBACK], postLogoutRedirectUris: [] },
    });
    try {
      expect(await getJson(`${other.url}/.well-known/openid-configuration`)).toMatchObject({
        issuer: other.url,
        jwks_uri: `${other.url}/jwks`,
      });
      const { claims } = await redeem(await loginAtIdp(request({}, other).url, 'artist'), other);
      expect(claims['iss']).toBe(other.url);
    } finally {
      await other.close();
    }
  });
});

const VERIFIER = randomBytes(32).toString('base64url');

/** An authorization request as any OpenID Connect client would make it; no code of ours. */
function request(extra: Record<string, string> = {}, at: Idp = idp): { readonly url: URL; readonly state: string } {
  const state = randomBytes(8).toString('hex');
  const url = new URL(`${at.url}/auth`);
  url.search = new URLSearchParams({
    client_id: 'understudy',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid profile email',
    state,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  }).toString();
  return { url, state };
}

async function redeem(callback: URL, at: Idp = idp) {
  const response = await fetch(`${at.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      client_id: 'understudy',
      client_secret: 's3cret',
      code_verifier: VERIFIER,
    }),
  });
  expect(response.status).toBe(200);
  const { id_token: idToken } = (await response.json()) as { id_token: string };
  const payload = Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8');
  return { idToken, claims: JSON.parse(payload) as Record<string, unknown> };
}

async function getJson(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}
