import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, claimsOf, errorOf, openSite, type TestSite } from './caller.ts';

let studio: TestSite;
let clock: Date;

beforeEach(async () => {
  clock = new Date('2026-05-01T12:00:00Z');
  studio = await openSite({ now: () => clock, scriptName: 'pipeline', scriptKey: 'key-of-the-script' });
});
afterEach(() => studio.site.close());

const SCRIPT = { grant_type: 'client_credentials', client_id: 'pipeline', client_secret: 'key-of-the-script' };

describe('the token endpoint', () => {
  it('gives a script a bearer of 600 seconds and a refresh token', async () => {
    const { status, body } = await studio.grant(SCRIPT);
    expect(status).toBe(200);
    expect(body).toEqual({
      token_type: 'Bearer',
      access_token: expect.any(String),
      expires_in: 600,
      refresh_token: expect.any(String),
    });
  });

  it('signs HS256 tokens with the claims of a site, and nothing else in them', async () => {
    const { body } = await studio.grant(SCRIPT);
    const [header] = (body.access_token as string).split('.');
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
    const issuedAt = clock.getTime() / 1000;
    expect(claimsOf(body.access_token as string)).toEqual({
      iss: studio.site.host,
      aud: studio.site.host,
      iat: issuedAt,
      exp: issuedAt + 600,
      jti: expect.any(String),
      user: { type: 'ApiUser', id: 298 },
      sudo_as_login: null,
      auth_type: 'api_key',
      session_uuid: null,
    });
  });

  it('keeps the session_uuid it is given in the claims', async () => {
    const { body } = await studio.grant({ ...SCRIPT, session_uuid: 'e8cd610a-9bf3-11e8-bb83-0242ac110004' });
    expect(claimsOf(body.access_token as string).session_uuid).toBe('e8cd610a-9bf3-11e8-bb83-0242ac110004');
  });

  it('takes a form without a Content-Type, and one with a charset', async () => {
    const url = `${studio.site.url}/api/v1.1/auth/access_token`;
    const text = new URLSearchParams(SCRIPT).toString();
    const bytes = new Blob([text]);
    const charset = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    expect((await ask(url, { method: 'POST', body: bytes })).status).toBe(200);
    expect((await ask(url, { method: 'POST', body: text, headers: charset })).status).toBe(200);
  });

  it('takes its parameters from the query string of an empty POST too', async () => {
    const query = new URLSearchParams(SCRIPT).toString();
    expect((await ask(`${studio.site.url}/api/v1/auth/access_token?${query}`, { method: 'POST' })).status).toBe(200);
  });

  it.each(['application/json', 'text/plain'])('refuses %s with 415', async (type) => {
    const url = `${studio.site.url}/api/v1/auth/access_token`;
    const answer = await ask(url, { method: 'POST', body: JSON.stringify(SCRIPT), headers: { 'content-type': type } });
    expect(errorOf(answer)).toMatchObject({ status: 415, code: 103, title: `Unsupported Content-Type '${type}'` });
  });

  it.each(['refresh', 'authorization_code', ''])('does not know grant_type "%s"', async (grantType) => {
    const answer = await studio.grant({ ...SCRIPT, grant_type: grantType });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 103, title: 'Unsupported grant_type' });
  });

  it('refuses a bad script secret with 400 and names the script only', async () => {
    const answer = await studio.grant({ ...SCRIPT, client_secret: 'wrong' });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 102, title: "Can't authenticate script 'pipeline'" });
    expect(answer.text).not.toContain('wrong');
  });

  it('says so when arguments are missing', async () => {
    const answer = await studio.grant({ grant_type: 'client_credentials', client_id: 'pipeline' });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).title).toBe('Missing or invalid authentication arguments');
  });

  describe('password grant', () => {
    it('signs a person in on a default site', async () => {
      const { status, body } = await studio.grant({ grant_type: 'password', username: 'manager', password: 'manager' });
      expect(status).toBe(200);
      expect(claimsOf(body.access_token as string)).toMatchObject({
        user: { type: 'HumanUser', id: 25 },
        sudo_as_login: null,
      });
    });

    it('refuses a wrong password', async () => {
      const answer = await studio.grant({ grant_type: 'password', username: 'manager', password: 'guess' });
      expect(answer.status).toBe(400);
      expect(errorOf(answer)).toMatchObject({ code: 102, title: "Can't authenticate user 'manager'." });
    });

    it('asks for the one-time code with 400 code 106, and takes the same call with auth_token', async () => {
      const guarded = await openSite({ twoFactorCodes: { manager: '123456' } });
      try {
        const form = { grant_type: 'password', username: 'manager', password: 'manager' };
        const first = await guarded.grant(form);
        expect(first.status).toBe(400);
        expect(errorOf(first)).toMatchObject({
          code: 106,
          title: 'Missing argument for 2FA login',
          source: { auth_token: 'missing for 2FA login' },
        });
        expect((await guarded.grant({ ...form, auth_token: '000000' })).status).toBe(400);
        expect((await guarded.grant({ ...form, auth_token: '123456' })).status).toBe(200);
      } finally {
        await guarded.site.close();
      }
    });

    it('has no use for passwords on an Identity site', async () => {
      const identity = await openSite({ authenticationMethod: 'oxygen' });
      try {
        const answer = await identity.grant({ grant_type: 'password', username: 'manager', password: 'manager' });
        expect(errorOf(answer).code).toBe(110);
      } finally {
        await identity.site.close();
      }
    });

    it('does not let a person sudo', async () => {
      const form = {
        grant_type: 'password',
        username: 'admin.flag-on',
        password: 'admin.flag-on',
        scope: 'sudo_as_login:artist',
      };
      const answer = await studio.grant(form);
      expect(answer.status).toBe(400);
      expect(errorOf(answer).title).toMatch(/^The user does not have permission to 'sudo':/);
    });
  });

  describe('session_token grant', () => {
    it('gives a HumanUser bearer and does not spend the token', async () => {
      const form = { grant_type: 'session_token', session_token: studio.site.openSession('artist') };
      await studio.grant(form);
      const { status, body } = await studio.grant(form);
      expect(status).toBe(200);
      expect(claimsOf(body.access_token as string)).toMatchObject({
        user: { type: 'HumanUser', id: 24 },
        auth_type: 'session_token',
      });
    });

    it('names the last four characters of a bad one', async () => {
      const answer = await studio.grant({ grant_type: 'session_token', session_token: 'abcdef1234' });
      expect(answer.status).toBe(400);
      expect(errorOf(answer).title).toBe("Can't authenticate session token ending with '1234'");
    });

    it('ends a day after its last use', async () => {
      const form = { grant_type: 'session_token', session_token: studio.site.openSession('artist') };
      clock = new Date('2026-05-02T11:59:00Z');
      expect((await studio.grant(form)).status).toBe(200);
      clock = new Date('2026-05-03T11:58:00Z');
      expect((await studio.grant(form)).status).toBe(200);
      clock = new Date('2026-05-04T11:58:01Z');
      expect((await studio.grant(form)).status).toBe(400);
    });
  });

  describe('refresh_token grant', () => {
    it('gives another 600 seconds, without the sudo scope', async () => {
      const first = await studio.grant({ ...SCRIPT, scope: 'sudo_as_login:artist' });
      const { status, body } = await studio.grant({
        grant_type: 'refresh_token',
        refresh_token: first.body.refresh_token as string,
      });
      expect(status).toBe(200);
      expect(body.expires_in).toBe(600);
      expect(claimsOf(body.access_token as string).sudo_as_login).toBeNull();
    });

    it('answers 401 to a bad one, and to an access token in its place', async () => {
      const { body } = await studio.grant(SCRIPT);
      for (const token of ['nonsense', body.access_token as string]) {
        const answer = await studio.grant({ grant_type: 'refresh_token', refresh_token: token });
        expect(answer.status).toBe(401);
        expect(errorOf(answer).title).toBe('Unauthorized');
      }
    });
  });
});

describe('the bearer', () => {
  const read = (token?: string) =>
    ask(
      `${studio.site.url}/api/v1/entity/versions/6933`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );

  it('is good until its last second', async () => {
    const token = await studio.token();
    clock = new Date('2026-05-01T12:09:59Z');
    expect((await read(token)).status).toBe(200);
    clock = new Date('2026-05-01T12:10:00Z');
    expect((await read(token)).status).toBe(401);
  });

  it('is needed', async () => {
    expect((await read()).status).toBe(401);
  });

  it('is really verified: changed claims, another algorithm and a refresh token are refused', async () => {
    const { body } = await studio.grant(SCRIPT);
    const [header = '', payload = '', signature = ''] = (body.access_token as string).split('.');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = encode({ ...claimsOf(body.access_token as string), sudo_as_login: 'admin.flag-on' });
    expect((await read(`${header}.${forged}.${signature}`)).status).toBe(401);
    expect((await read(`${encode({ alg: 'none' })}.${payload}.`)).status).toBe(401);
    expect((await read(`${header}.${payload}.${signature}x`)).status).toBe(401);
    expect((await read(body.refresh_token as string)).status).toBe(401);
  });

  it('has as short a life as the site is told to give', async () => {
    const hasty = await openSite({ now: () => clock, tokenLifetimeSeconds: 5 });
    try {
      const { body } = await hasty.grant({
        grant_type: 'client_credentials',
        client_id: 'understudy',
        client_secret: hasty.site.scriptKey,
      });
      expect(body.expires_in).toBe(5);
    } finally {
      await hasty.site.close();
    }
  });

  it.each(['/me', '/auth/me', '/session'])('has no "who am I" at %s', async (path) => {
    expect((await studio.call('GET', path)).status).toBe(404);
  });
});
