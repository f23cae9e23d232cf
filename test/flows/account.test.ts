/** The account page: who somebody is here, and where they are signed in. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('the account page', () => {
  it('sends whoever is not signed in to do so, and brings them back', async () => {
    const page = await createPerson(server, 'artist').visit('/account');
    expect(page.url.pathname).toBe('/account');
    expect(page.text).toContain('Alma Ortiz');
    expect(page.text).toContain('<code data-login>artist</code>');
    expect(page.text).not.toContain('person-artist');
  });

  it('tells a program the same, and that it is not signed in', async () => {
    const auditor = createPerson(server, 'auditor');
    expect(await auditor.json('/account')).toMatchObject({ status: 401, code: 'login_required' });
    await auditor.visit('/account');
    expect((await auditor.json('/account')).json).toMatchObject({
      name: 'Ruth Calder',
      login: 'auditor',
      issuer: server.studio.idp.url,
      roles: ['user', 'auditor'],
    });
  });

  it('is linked from the person’s name, framed by nobody and kept by nobody', async () => {
    const artist = createPerson(server, 'artist');
    const page = await artist.visit('/account');
    expect(page.text).toContain('<a class="who" href="/account"');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['cache-control']).toBe('no-store');
  });

  it('lists where the person is signed in, by no id that opens anything', async () => {
    const [desk, laptop, manager] = [
      createPerson(server, 'artist'),
      createPerson(server, 'artist'),
      createPerson(server, 'manager'),
    ];
    await Promise.all([laptop, manager].map((person) => person.visit('/account')));
    const login = await desk.get('/login?return_to=/account');
    const callback = await desk.walkProvider(login.location!);
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    await desk.get(`${callback.pathname}${callback.search}`, { headers });
    const { sessions } = await accountOf(desk);
    const [own, ...others] = sessions;
    expect(own).toMatchObject({ browser: 'Firefox on Linux', isCurrent: true });
    expect(others.every(({ isCurrent, browser }) => !isCurrent && browser === 'A browser')).toBe(true);
    expect(Date.now() - Date.parse(own!.startedAt)).toBeLessThan(60_000);
    const page = await desk.get('/account');
    expect(page.text).toContain('<strong>Firefox on Linux</strong> <span class="soft">– this browser</span>');
    expect(page.text).toContain('aria-label="End the session in A browser"');
    for (const person of [desk, laptop]) {
      for (const value of person.cookieValues) {
        const id = decodeURIComponent(value).replace(/^s:/, '').split('.')[0]!;
        if (id.length > 10) expect(page.text).not.toContain(id);
      }
    }
    expect(page.text).not.toContain('Marcus');
  });

  it('ends one session, or all others, at once, with a record of which', async () => {
    const [desk, laptop, phone] = [0, 1, 2].map(() => createPerson(server, 'artist'));
    for (const person of [desk!, laptop!]) await person.visit('/account');
    await endOthers(desk!);
    expect(await isIn(laptop!)).toBe(false);
    for (const person of [laptop!, phone!]) await person.visit('/account');
    const { sessions } = await accountOf(desk!);
    const chosen = sessions.find(({ isCurrent }) => !isCurrent)!;
    const { action, fields } = (await desk!.get('/account')).form(`${chosen.id}/end`);
    const answer = await desk!.post(action, { form: fields });
    expect(answer.location?.pathname).toBe('/account');
    expect((await desk!.follow(answer)).text).toContain('That is ended');
    expect((await Promise.all([laptop!, phone!].map(isIn))).filter(Boolean)).toHaveLength(1);
    expect(await isIn(desk!)).toBe(true);
    const [record] = await createAuditor(server).records({ type: 'sessions.ended' });
    expect(record).toMatchObject({ person: { login: 'artist', proven: true }, outcome: 'success' });
    expect(record!.details).toMatchObject({ sessions: [{ browser: 'A browser' }] });
    expect(JSON.stringify(record)).not.toContain(chosen.id);
  });

  it('ends nobody else’s session, none without the token of its form, and not the one it is used in', async () => {
    const [artist, manager] = [createPerson(server, 'artist'), createPerson(server, 'manager')];
    await artist.visit('/account');
    const { fields } = (await manager.visit('/account')).form('/logout');
    const id = (await accountOf(artist)).sessions.find(({ isCurrent }) => isCurrent)!.id;
    expect(await manager.post(`/account/sessions/${id}/end`, { form: fields })).toMatchObject({
      status: 404,
      code: 'session_unknown',
    });
    const own = (await artist.get('/account')).form('/logout').fields;
    expect(await artist.post(`/account/sessions/${id}/end`, { form: own })).toMatchObject({ code: 'session_unknown' });
    for (const form of [[], fields, [['csrf', 'x'] as const]]) {
      expect(await artist.post('/account/sessions/others/end', { form })).toMatchObject({ code: 'csrf_invalid' });
    }
    expect(await isIn(artist)).toBe(true);
  });

  it('signs out of this browser', async () => {
    const artist = createPerson(server, 'artist');
    const { action, fields } = (await artist.visit('/account')).form('/logout');
    expect((await artist.post(action, { form: fields })).status).toBe(303);
    expect((await artist.get('/account')).location?.pathname).toBe('/login');
  });
});

type Account = {
  readonly sessions: readonly {
    readonly id: string;
    readonly browser: string;
    readonly startedAt: string;
    readonly isCurrent: boolean;
  }[];
};

async function accountOf(person: Person): Promise<Account> {
  return (await person.json('/account')).json as Account;
}

async function endOthers(person: Person): Promise<void> {
  const { action, fields } = (await person.get('/account')).form('/others/end');
  await person.post(action, { form: fields });
}

async function isIn(person: Person): Promise<boolean> {
  return (await person.get('/')).isSignedIn;
}
