/** A studio without an identity provider: people sign in with their ShotGrid password, and act by the session that it opens. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { createAuditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { describeWithRedis, freshRedisUrl } from '../support/redis.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** Found nowhere by accident, and awkward in every format that could hold it. */
const PASSWORD = 'kö&"<rrekt> Pferd+%41';
const CODES = ['314159', '271828', '161803'];
const WITHOUT_PROVIDER = {
  LEGACY_LOGIN: 'on',
  OIDC_ISSUER_URL: '',
  OIDC_CLIENT_ID: '',
  OIDC_CLIENT_SECRET: '',
  ADMIN_GROUPS: 'shotgrid-group:Admin',
  AUDITOR_GROUPS: 'shotgrid-login:auditor',
};
const SIGN_IN = {
  passwords: { artist: PASSWORD, manager: PASSWORD, 'admin.flag-off': PASSWORD },
  twoFactorCodes: { manager: CODES },
};

let server: TestServer;
let time = Date.now();
beforeAll(async () => {
  server = await startTestServer({
    environment: WITHOUT_PROVIDER,
    overrides: { now: () => new Date(time) },
    studio: { signIn: SIGN_IN },
  });
});
afterAll(() => server.close());
beforeEach(() => {
  // Past the quarter of an hour in which wrong passwords count.
  time += 16 * 60_000;
  server.studio.site.clearFaults();
});

const signIn = (
  person: Person,
  typed: { login?: string; password?: string; code?: string; returnTo?: string } = {},
  headers = {},
) =>
  person.post('/login', {
    form: [
      ['login', typed.login ?? person.login],
      ['password', typed.password ?? PASSWORD],
      ...(typed.code === undefined ? [] : [['code', typed.code] as const]),
      ['return_to', typed.returnTo ?? '/account'],
    ],
    headers,
  });
const asJson = { accept: 'application/json' };
const records = async (filter: Readonly<Record<string, string>>) => {
  const auditor = createAuditor(server);
  await signIn(auditor.person, { password: 'auditor' });
  return auditor.records(filter);
};

describe('signing in with the password of the site', () => {
  it('leads from the click to the preview, and the change is made as the person', async () => {
    const artist = createPerson(server, 'artist');
    time = Date.now();
    const click = await artist.click([6933]);
    const page = await artist.follow(click);
    expect(page).toMatchObject({ status: 200, isSignedIn: false });
    // The login that clicked is there already.
    expect(page.text).toContain('name="login" type="text" value="artist"');
    const returnTo = new Map(page.form('/login').fields).get('return_to')!;
    const preview = await artist.follow(await signIn(artist, { returnTo }));
    expect(preview.url.pathname).toBe(returnTo);
    const run = await artist.finish(await artist.confirm(preview));
    expect(run).toMatchObject({ status: 'finished', actor: { login: 'artist' } });
  });

  it('keeps the session that the site opened: who may not be acted for goes on as themselves without asking anybody', async () => {
    time = Date.now();
    const otto = createPerson(server, 'admin.flag-off');
    const click = await otto.click([6934]);
    const preview = await otto.follow(await signIn(otto, { returnTo: click.location!.pathname }));
    expect(preview.text).toContain('by your own session in ShotGrid');
    await otto.finish(await otto.confirm(preview));
    expect(server.studio.site.rows('Version').find(({ id }) => id === 6934)?.['updated_by']).toMatchObject({ id: 27 });
    const account = await otto.get('/account');
    expect(account.text).toContain('data-site-session');
    const { action, fields } = account.form('/logout');
    await otto.post(action, { form: fields });
    await signIn(otto);
    expect((await otto.get('/account')).text).toContain('data-site-session');
  });

  it('gives roles by permission group and by login, as configured', async () => {
    const admin = createPerson(server, 'admin.flag-on');
    await signIn(admin, { password: 'admin.flag-on' });
    expect((await admin.get('/admin')).status).toBe(200);
    const artist = createPerson(server, 'artist');
    await signIn(artist);
    expect((await artist.get('/admin')).code).toBe('role_required');
    expect((await artist.get('/audit')).code).toBe('role_required');
    expect((await records({ type: 'login.succeeded', limit: '1' }))[0]).toMatchObject({
      person: { login: 'auditor', id: 30 },
      subject: { issuer: server.studio.site.url, subject: '30' },
    });
  });

  it('refuses the click of somebody else', async () => {
    time = Date.now();
    const artist = createPerson(server, 'artist');
    const click = await artist.click([6933]);
    const refused = await artist.follow(
      await signIn(artist, { login: 'auditor', password: 'auditor', returnTo: click.location!.pathname }),
    );
    expect(refused).toMatchObject({ status: 403, code: 'identity_mismatch' });
  });

  it('takes a login in other letters or with spaces around it, and remembers it as it is stored', async () => {
    for (const login of ['  artist ', 'Artist']) {
      const person = createPerson(server, 'artist');
      await signIn(person, { login });
      expect((await person.json('/account')).json).toMatchObject({ login: 'artist' });
    }
  });
});

describe('the code of a second factor', () => {
  it('is asked for on a second page, together with the password; each works once', async () => {
    const manager = createPerson(server, 'manager');
    const asked = await signIn(manager);
    expect(asked.status).toBe(401);
    expect(asked.text).toContain('name="code"');
    expect(asked.text).not.toContain('role="alert"');
    expect(asked.text).not.toContain('rrekt');
    expect((await signIn(manager, {}, asJson)).json).toMatchObject({ code: 'login_code_required', status: 401 });
    expect((await signIn(manager, { code: '314 159' })).location?.pathname).toBe('/account');

    const again = createPerson(server, 'manager');
    const used = await signIn(again, { code: '314159' });
    expect(used).toMatchObject({ status: 401, code: 'login_failed' });
    expect(used.text).toContain('name="code"');
    expect((await signIn(again, { code: CODES[1]! })).status).toBe(303);
  });

  it.each(['12345', '1234567', 'abcdef', '٣١٤١٥٩'])('that is %s goes to no site', async (code) => {
    const calls = server.studio.site.calls.length;
    expect(await signIn(createPerson(server, 'manager'), { code })).toMatchObject({
      status: 401,
      code: 'login_failed',
    });
    expect(server.studio.site.calls.slice(calls).filter(({ path }) => path.includes('api3'))).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is answered the same for a wrong password, an unknown login, a retired and an inactive person', async () => {
    const answers = await Promise.all(
      ['artist', 'nobody.at.all', 'retired', 'inactive'].map(async (login) => {
        const answer = await signIn(createPerson(server, login), { password: 'wrong', login }, asJson);
        const { reference, ...said } = answer.json as Record<string, unknown>;
        expect(reference).toMatch(/./);
        return { status: answer.status, said };
      }),
    );
    expect(answers[0]).toMatchObject({ status: 401, said: { code: 'login_failed' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('is recorded: with the login if it is somebody’s, and without what was typed if it is not', async () => {
    const refused = await signIn(createPerson(server, 'artist'), { password: 'wrong' }, asJson);
    const typed = await signIn(createPerson(server, 'x'), { login: PASSWORD, password: 'x' }, asJson);
    const found = await records({ type: 'login.failed', limit: '2' });
    expect(found).toMatchObject([
      { reference: typed.reference, code: 'login_failed' },
      { reference: refused.reference, person: { login: 'artist', id: 24, proven: false } },
    ]);
    expect(found[0]).not.toHaveProperty('person');
  });

  it.each([
    ['nothing', { login: '', password: '' }],
    ['a password over its length', { password: 'x'.repeat(1_025) }],
    ['a login over its length', { login: 'x'.repeat(256) }],
    ['a login of several lines', { login: 'artist\nx' }],
  ])('%s reaches no site', async (_what, typed) => {
    const calls = server.studio.site.calls.length;
    expect(await signIn(createPerson(server, 'artist'), typed)).toMatchObject({ status: 401, code: 'login_failed' });
    expect(server.studio.site.calls.slice(calls).filter(({ path }) => path.includes('api3'))).toEqual([]);
  });

  it('is no way in from another site, and no larger than a form of ours', async () => {
    const artist = createPerson(server, 'artist');
    const foreign = await signIn(artist, {}, { origin: server.studio.site.url, 'sec-fetch-site': 'cross-site' });
    expect(foreign.code).toBe('csrf_invalid');
    expect((await signIn(artist, { password: 'x'.repeat(20_000) })).status).toBe(413);
    const elsewhere = await signIn(artist, { returnTo: 'https://evil.example/' });
    expect(elsewhere.location?.href).toBe(`${server.url}/`);
  });

  it('five times is refused, right or wrong, known or not, before the site would lock the account; others sign in', async () => {
    for (const login of ['artist', 'nobody']) {
      const calls = server.studio.site.calls.length;
      for (let n = 0; n < 4; n += 1) {
        const spelt = n % 2 === 0 ? login : ` ${login} `;
        expect((await signIn(createPerson(server, login), { login: spelt, password: 'wrong' })).status).toBe(401);
      }
      const refused = await signIn(createPerson(server, login));
      expect(refused).toMatchObject({ status: 429, code: 'rate_limited' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
      expect(server.studio.site.calls.slice(calls).filter(({ path }) => path.includes('api3'))).toHaveLength(4);
    }
    expect((await signIn(createPerson(server, 'auditor'), { password: 'auditor' })).status).toBe(303);
    time += 15 * 60_000;
    expect((await signIn(createPerson(server, 'artist'))).status).toBe(303);
  });

  it('with the site counts against nobody', async () => {
    for (let n = 0; n < 6; n += 1) {
      server.studio.site.inject({ kind: 'server_error', path: 'api3', count: 1 });
      expect(await signIn(createPerson(server, 'artist'))).toMatchObject({ status: 503, code: 'shotgrid_unavailable' });
    }
    server.studio.site.clearFaults();
    expect((await signIn(createPerson(server, 'artist'))).status).toBe(303);
  });
});

describe.each([
  ['saml2', 'identity provider of the studio'],
  ['oxygen', 'personal access token'],
] as const)('a site that signs people in by %s', (authenticationMethod, wayOn) => {
  it('says so in plain words, with the way on; with a provider the page offers both', async () => {
    const other = await startTestServer({
      environment: { LEGACY_LOGIN: 'on' },
      studio: { signIn: { authenticationMethod } },
    });
    try {
      const artist = createPerson(other, 'artist');
      const page = await artist.get('/login?return_to=/account');
      expect(page.text).toContain('data-provider');
      const refused = await signIn(artist);
      expect(refused).toMatchObject({ status: 401, code: 'login_failed' });
      expect(refused.text).toContain(wayOn);
      const provider = await artist.follow(await artist.get('/login?with=provider&return_to=/account'));
      expect(provider).toMatchObject({ status: 200, isSignedIn: true });
    } finally {
      await other.close();
    }
  });
});

describe('beside a provider, on a site without the app session launcher', () => {
  it('the password lets somebody who is not acted for go on, as the person whom the provider named', async () => {
    const other = await startTestServer({
      environment: { LEGACY_LOGIN: 'on' },
      studio: { signIn: { ...SIGN_IN, launcherEnabled: false } },
    });
    try {
      const otto = createPerson(other, 'admin.flag-off');
      await otto.follow(await otto.get('/login?with=provider'));
      const before = (await otto.json('/account')).json;
      const refused = await otto.follow(await otto.click([6936]));
      expect(refused.code).toBe('sudo_flag_off');
      const href = /href="(\/login[^"]*)"/.exec(refused.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const page = await otto.get(href);
      const returnTo = new Map(page.form('/login').fields).get('return_to')!;
      const preview = await otto.follow(await signIn(otto, { returnTo }));
      expect(preview.text).toContain('by your own session in ShotGrid');
      expect(await otto.finish(await otto.confirm(preview))).toMatchObject({ status: 'finished' });
      expect((await otto.json('/account')).json).toMatchObject({
        login: 'admin.flag-off',
        roles: (before as { roles: unknown }).roles,
      });
      // Somebody else's password makes somebody else of this browser, without what the first one had.
      await signIn(otto, { login: 'artist' });
      expect((await otto.json('/account')).json).toMatchObject({ login: 'artist', roles: ['user'] });
    } finally {
      await other.close();
    }
  });
});

describe('without LEGACY_LOGIN', () => {
  it('there is no such page and no such form', async () => {
    const other = await startTestServer();
    try {
      const artist = createPerson(other, 'artist');
      expect((await artist.get('/login')).location?.origin).toBe(other.studio.idp.url);
      expect((await signIn(artist)).code).toBe('page_unknown');
      expect(other.studio.site.calls.filter(({ path }) => path.includes('api3'))).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describeWithRedis('the password', () => {
  it('is in no file, no row, no key of Redis, no line of the log, no page and no cookie', async () => {
    const redisUrl = await freshRedisUrl();
    const other = await startTestServer({
      redisUrl,
      environment: { ...WITHOUT_PROVIDER, LOG_LEVEL: 'trace' },
      studio: { signIn: SIGN_IN },
    });
    const redis = new Redis(redisUrl);
    try {
      const people = ['artist', 'manager', 'admin.flag-off'].map((login) => createPerson(other, login));
      const [artist, manager, otto] = people as [Person, Person, Person];
      await signIn(manager);
      await signIn(manager, { code: CODES[0]! });
      // Typed where the login belongs; wrong by a letter; with the site in trouble.
      await signIn(artist, { login: PASSWORD, password: PASSWORD });
      await signIn(artist, { code: '000000' });
      other.studio.site.inject({ kind: 'server_error', path: 'api3', count: 1 });
      await signIn(artist);
      other.studio.site.clearFaults();
      const click = await otto.click([6935]);
      const preview = await otto.follow(await signIn(otto, { returnTo: click.location!.pathname }));
      await otto.finish(await otto.confirm(preview));

      const stored: string[] = [];
      for (const key of await redis.keys('*')) {
        const dump = await redis.dumpBuffer(key);
        const type = await redis.type(key);
        stored.push(key, dump.toString('latin1'), type === 'string' ? ((await redis.get(key)) ?? '') : '');
      }
      expect(stored.join()).toContain('identity');
      await other.drain();
      const folder = dirname(other.databaseUrl.slice('file:'.length));
      const files = await readdir(folder);
      const disk = await Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')));
      expect(disk.join().length).toBeGreaterThan(10_000);
      const places = {
        disk: disk.join('\n'),
        redis: stored.join('\n'),
        log: other.lines.join(''),
        // The one page that shows it is the form of whoever typed it as their login.
        pages: [manager, otto].flatMap(({ received }) => received).join('\n'),
        cookies: people.flatMap(({ cookieValues }) => cookieValues).join('\n'),
      };
      const forms = [
        PASSWORD,
        Buffer.from(PASSWORD).toString('latin1'),
        encodeURIComponent(PASSWORD),
        new URLSearchParams({ x: PASSWORD }).toString().slice(2),
        JSON.stringify(PASSWORD).slice(1, -1),
        Buffer.from(PASSWORD).toString('base64').slice(0, 20),
        'rrekt',
      ];
      for (const [place, text] of Object.entries(places))
        for (const form of forms) expect([place, form, text.includes(form)]).toEqual([place, form, false]);
    } finally {
      await redis.quit();
      await other.close();
    }
  });
});
