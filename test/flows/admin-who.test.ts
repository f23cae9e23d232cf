/** What administrators can ask: who somebody would be, what their click would get, and whether the set-up is well. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createAuditor, expectUnchanged, type Auditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let auditor: Auditor;
let admin: Person;
beforeAll(async () => {
  server = await startTestServer();
  auditor = createAuditor(server);
  await auditor.visitOnce();
  admin = createPerson(server, 'admin.flag-on');
  await admin.visit('/admin');
});
afterEach(() => server.studio.site.reset());
afterAll(() => server.close());

type Form = Readonly<Record<string, string>>;

async function ask(path: string, form: Form, headers: Form = {}): Promise<Answer> {
  const { action, fields } = (await admin.get(path)).form(path);
  return admin.post(action, { form: [...fields, ...Object.entries(form)], headers });
}

type Explained = {
  readonly mapping?: { readonly login: string; readonly roles: readonly string[] };
  readonly person?: { readonly login: string; readonly sudoFlag: string };
  readonly refusal?: { readonly code: string; readonly message: string };
  readonly notes: readonly string[];
  readonly actions: readonly {
    readonly id: string;
    readonly gets: { readonly verdict: string; readonly code?: string };
  }[];
};

async function who(form: Form): Promise<Explained> {
  const answer = await ask('/admin/who', form, { accept: 'application/json' });
  expect(answer.status).toBe(200);
  return answer.json as Explained;
}

const claims = (more: Readonly<Record<string, unknown>> = {}): Form => ({
  claims: JSON.stringify({ preferred_username: 'artist', name: 'Alma', groups: ['auditors'], ...more }),
});

describe('who would I be', () => {
  it('reads claims as a sign-in would, finds the person, and says what a click would get', async () => {
    const before = server.studio.site.snapshot();
    const found = await who(claims());
    expect(found).toMatchObject({
      mapping: { login: 'artist', roles: ['user', 'auditor'] },
      person: { login: 'artist', sudoFlag: 'on' },
    });
    expect(found.refusal).toBeUndefined();
    expect(found.notes).toEqual(['Taken for granted: iss, sub, which every ID token has.']);
    expect(found.actions.find(({ id }) => id === 'approve')?.gets.verdict).toBe('preview');
    expectUnchanged(server.studio.site.snapshot(), before);
    const [record] = await auditor.records({ type: 'admin.person_explained' });
    expect(record).toMatchObject({
      person: { login: 'admin.flag-on', proven: true },
      details: { about: 'artist', from: 'claims', verdict: 'allowed' },
    });
  });

  it.each([
    ['artist.flag-off', 'sudo_flag_off'],
    ['inactive', 'sudo_inactive'],
    ['retired', 'sudo_inactive'],
    ['stranger', 'person_unknown'],
  ])('says of %s what a click of theirs would meet: %s', async (login, code) => {
    const found = await who({ person: login });
    expect(found.refusal?.code).toBe(code);
    expect(found.actions.filter(({ gets }) => gets.verdict === 'preview')).toEqual([]);
    const artist = createPerson(server, login);
    if (login !== 'stranger' && login !== 'retired') {
      expect((await artist.follow(await artist.click([6933]))).code).toBe(code);
    }
  });

  it.each([
    ['a claim is missing', { preferred_username: undefined }, '"preferred_username" is missing'],
    ['a claim is of the wrong kind', { groups: 7 }, '"groups" is neither'],
  ])('names the claim when %s, and not what is in it', async (_what, more, told) => {
    const { refusal } = await who(claims({ secret_claim: 'hunter2hunter2', ...more }));
    expect(refusal?.code).toBe('login_failed');
    expect(refusal?.message).toContain(told);
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
  });

  it('takes a person who was picked, and says that roles come from claims', async () => {
    const found = await who({ person_pick: 'HumanUser:27' });
    expect(found).toMatchObject({ person: { login: 'admin.flag-off' }, refusal: { code: 'sudo_flag_off' } });
    expect(found.notes.join()).toContain('without a role');
    const { json } = await admin.json('/admin/people?q=brandt');
    expect(json).toEqual({
      options: [{ type: 'HumanUser', id: 27, name: 'Otto Brandt', linkedTo: 'admin.flag-off' }],
    });
    expect((await admin.json('/admin/people?q=')).json).toEqual({ options: [] });
  });

  it.each([
    ['a token', { claims: `${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(20)}` }],
    ['no JSON', { claims: '{' }],
    ['a list', { claims: '[]' }],
    ['nothing', {}],
    ['two questions at once', { claims: '{}', person: 'artist' }],
    ['a pick that is none', { person_pick: 'Version:1' }],
  ])('asks again when given %s, and records the attempt', async (_what, form: Form) => {
    const answer = await ask('/admin/who', form);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('role="alert"');
    const [record] = await auditor.records({ type: 'admin.refused' });
    expect(record).toMatchObject({ code: 'form_invalid' });
  });

  it('shows what was typed as text, whatever it is', async () => {
    const { text } = await ask('/admin/who', {
      claims: JSON.stringify({ preferred_username: '<script>alert(1)</script>', groups: [] }),
    });
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('data-verdict="person_unknown"');
  });

  it('is for administrators, with their own page’s token', async () => {
    for (const path of ['/admin/who', '/admin/people?q=a', '/admin/doctor']) {
      expect((await auditor.person.get(path)).code).toBe('role_required');
    }
    for (const path of ['/admin/who', '/admin/doctor']) {
      expect((await admin.post(path, { form: [['person', 'artist']] })).code).toBe('csrf_invalid');
    }
  });
});

describe('who would I be, where people sign in with their ShotGrid password alone', () => {
  let passwords: TestServer;
  let person: Person;
  beforeAll(async () => {
    passwords = await startTestServer({
      environment: {
        LEGACY_LOGIN: 'on',
        OIDC_ISSUER_URL: '',
        OIDC_CLIENT_ID: '',
        OIDC_CLIENT_SECRET: '',
        ADMIN_GROUPS: 'shotgrid-group:Admin',
        AUDITOR_GROUPS: 'shotgrid-login:auditor',
      },
    });
    person = createPerson(passwords, 'admin.flag-on');
    await person.post('/login', {
      form: [
        ['login', person.login],
        ['password', person.login],
        ['return_to', '/admin'],
      ],
    });
  });
  afterAll(() => passwords.close());

  async function askThere(form: Form, headers: Form = {}): Promise<Answer> {
    const { action, fields } = (await person.get('/admin/who')).form('/admin/who');
    return person.post(action, { form: [...fields, ...Object.entries(form)], headers });
  }
  const about = async (login: string) =>
    (await askThere({ person: login }, { accept: 'application/json' })).json as Explained & {
      readonly roles: readonly string[];
    };

  it('asks for no claims, and says why when they come all the same', async () => {
    const { text } = await person.get('/admin/who');
    expect(text).toContain('ShotGrid alone says who they are');
    expect(text).not.toMatch(/claims/i);
    const { json } = await person.json('/admin/who');
    expect(json).toMatchObject({ ask: { fields: { csrf: expect.any(String), person: '' } } });
    expect(JSON.stringify(json)).not.toContain('claims');
    for (const form of [claims(), {}]) {
      const answer = await askThere(form);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('role="alert"');
      expect(answer.text).toContain('Name a person.');
    }
  });

  it.each([
    ['artist', ['user']],
    ['auditor', ['user', 'auditor']],
    ['admin.flag-on', ['user', 'admin']],
  ])('tells the roles that ShotGrid gives %s: %j', async (login, roles) => {
    const found = await about(login);
    expect(found.roles).toEqual(roles);
    expect(found.notes.join()).not.toContain('laim');
    const page = await askThere({ person: login });
    expect(page.text).toContain(`<dd>${roles.join(', ')}</dd>`);
    expect(page.text).not.toMatch(/claims/i);
  });

  it('says of somebody whom nobody may act for that their own session is the way, as a click shows', async () => {
    const found = await about('admin.flag-off');
    expect(found.refusal?.code).toBe('sudo_flag_off');
    expect(found.actions.find(({ id }) => id === 'approve')?.gets.verdict).toBe('own_session');
    expect((await askThere({ person: 'admin.flag-off' })).text).toContain('They go on as themselves all the same');
    const otto = createPerson(passwords, 'admin.flag-off');
    const { pathname } = (await otto.click([6934])).location!;
    const preview = await otto.follow(
      await otto.post('/login', {
        form: [
          ['login', otto.login],
          ['password', otto.login],
          ['return_to', pathname],
        ],
      }),
    );
    expect(preview.text).toContain('by your own session in ShotGrid');
  });
});

describe('the doctor on a page', () => {
  it('looks when told to, shows what is wrong first and keeps that somebody looked', async () => {
    expect((await admin.get('/admin/doctor')).text).not.toContain('data-check=');
    const page = await ask('/admin/doctor', { as: 'artist' });
    expect(page.status).toBe(200);
    const levels = [...page.text.matchAll(/data-check="[^"]+" data-level="(\w+)"/g)].map(([, level]) => level);
    expect(levels.length).toBeGreaterThan(10);
    const order = ['failure', 'warning', 'skipped', 'ok'];
    expect(levels).toEqual(levels.toSorted((a, b) => order.indexOf(a!) - order.indexOf(b!)));
    const [record] = await auditor.records({ type: 'admin.examined' });
    expect(record).toMatchObject({ person: { login: 'admin.flag-on' }, details: { asLogin: 'artist' } });
    const twin = await ask('/admin/doctor', {}, { accept: 'application/json' });
    expect(twin.json).toMatchObject({ report: { level: expect.any(String), checks: expect.any(Array) } });
    // The database is the server's own, and still open.
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    for (const secret of Object.values(server.studio.environment).filter((value) => value.length > 30)) {
      expect(page.text).not.toContain(secret);
    }
  }, 60_000);
});
