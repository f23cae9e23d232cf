/** Whoever is not acted for by the script goes on as themselves, with a session that they approve in ShotGrid. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { openDatabase } from '../../src/database/open.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, type Fields, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let auditor: Auditor;
let otto: Person;
let clock = 0;
beforeAll(async () => {
  server = await startTestServer({
    environment: { ACTIONS_DIR: fileURLToPath(new URL('./self-actions/', import.meta.url)) },
    overrides: { now: () => new Date(Date.now() + clock), approvalPollMs: 20 },
    studio: {
      menuItems: (url, secretToken) =>
        ['approve', 'sign-off', 'sign-off-ts'].map((id) => ({
          title: id,
          url: `${url}/ami/${id}`,
          entityType: 'Version',
          secretToken,
          selectionRequired: true,
        })),
    },
  });
  auditor = createAuditor(server);
});
beforeEach(() => {
  clock = 0;
  site().reset();
  otto = createPerson(server, 'admin.flag-off');
});
afterAll(() => server.close());

const site = () => server.studio.site;
const version = (id = 6933) =>
  site()
    .rows('Version')
    .find((row) => row.id === id)!;
const sudoGrants = () => site().calls.filter(({ scope }) => scope !== null);

async function click(person = otto, action = 'approve', ids = [6933]): Promise<Answer> {
  return person.follow(await person.send(await person.formFor(ids, action), `/ami/${action}`));
}
/** The address that the page tells people to approve at. */
function addressOn(page: Answer): string {
  return (/data-address>([^<]+)</.exec(page.text)?.[1] ?? '').replaceAll('&amp;', '&');
}
function requestOn(page: Answer): string {
  return /app_session_request\/(\w+)/.exec(addressOn(page))?.[1] ?? 'none';
}
const pathOf = (page: Answer): string => page.url.pathname.replace(/\/approval$/, '');
const stateOf = async (person: Person, path: string): Promise<Record<string, unknown>> =>
  (await person.json(`${path}/approval`)).json as Record<string, unknown>;
/** Waits for the server to hear of it. */
async function settled(person: Person, path: string): Promise<Record<string, unknown>> {
  return until(async () => {
    const state = await stateOf(person, path);
    return state['state'] === 'waiting' ? undefined : state;
  });
}
/** From the refusal to the preview. */
async function approve(person: Person, page: Answer, as = person.login): Promise<Answer> {
  expect(site().approveApp(requestOn(page), as)).toBe(true);
  await settled(person, pathOf(page));
  return person.get(pathOf(page));
}
async function fill(person: Person, page: Answer, answers: Fields): Promise<Answer> {
  const { action, fields } = page.form('/form');
  return person.follow(await person.post(action, { form: [...fields, ...answers] }));
}

describe('whoever ShotGrid does not let be acted for', () => {
  it('is refused, approves in ShotGrid, and changes the rows as themselves', async () => {
    const { answer: refused } = await auditor.refusal(
      { code: 'sudo_flag_off', status: 403, type: 'sudo.refused' },
      () => click(),
    );
    expect(addressOn(refused)).toContain(`${site().url}/app_session_request/`);
    expect(refused.text).toMatch(
      /<a class="button" href="[^"]+" target="_blank" rel="noopener noreferrer" data-approve>/,
    );
    const preview = await approve(otto, refused);
    expect(preview.text).toContain('as you, by your own session in ShotGrid');
    expect(preview.tally).toMatchObject({ changes: 1 });

    const confirmed = await otto.confirm(preview);
    const run = await otto.finish(confirmed);
    expect(run).toMatchObject({ counts: { done: 1 }, actor: { executor: 'self', through: null } });
    expect(version()).toMatchObject({ sg_status_list: 'apr', updated_by: { type: 'HumanUser', id: 27 } });
    const event = site().eventLog().at(-1)!;
    expect(event).toMatchObject({ attribute_name: 'sg_status_list', user: { type: 'HumanUser', id: 27 } });
    expect(event['meta']).not.toHaveProperty('sudo_actual_user');
    expect(sudoGrants()).toEqual([]);
    expect((await otto.get(confirmed.location!.pathname)).text).toContain('by their own session in ShotGrid');

    const bySelf = await auditor.records({ runId: run.run, executor: 'self' });
    expect(bySelf.map(({ type }) => type)).toEqual([
      'run.finished',
      'changes.performed',
      'changes.intended',
      'run.confirmed',
    ]);
    expect(bySelf[0]).toMatchObject({ realActor: { type: 'HumanUser', name: 'admin.flag-off' } });
    expect(await auditor.records({ runId: run.run, executor: 'script' })).toEqual([]);
    const types = (await auditor.records({ launchId: pathOf(refused).slice(10) })).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['approval.asked', 'approval.given', 'plan.made']));
  });

  it('is not asked again for the next click in the same browser, and is in another', async () => {
    await approve(otto, await click());
    expect((await click(otto, 'approve', [6934])).text).toContain('by your own session in ShotGrid');
    expect((await click(createPerson(server, 'admin.flag-off'))).code).toBe('sudo_flag_off');
  });

  it('goes on where the page was closed: the server waits without it', async () => {
    const refused = await click();
    site().approveApp(requestOn(refused), 'admin.flag-off');
    await until(
      async () => (await auditor.records({ type: 'approval.given', launchId: pathOf(refused).slice(10) })).length > 0,
    );
    expect((await otto.get(pathOf(refused))).status).toBe(200);
  });

  it('sees the same request again when the page is loaded again', async () => {
    const refused = await click();
    const again = await otto.get(pathOf(refused));
    expect(requestOn(again)).toBe(requestOn(refused));
    const page = await otto.get(`${pathOf(refused)}/approval`);
    expect([page.status, requestOn(page)]).toEqual([200, requestOn(refused)]);
    // Without script the page looks again by itself.
    expect(page.text).toContain('http-equiv="refresh"');
  });

  it('may approve when ShotGrid itself refuses sudo although the record looks fine', async () => {
    const artist = createPerson(server, 'artist');
    site().setField('ApiUser', 298, 'permission_rule_set', { type: 'PermissionRuleSet', id: 2 });
    const refused = await click(artist);
    expect(refused.code).toBe('sudo_refused_by_site');
    const preview = await approve(artist, refused);
    expect(preview.text).toContain('by your own session in ShotGrid');
    // The next click is tried by sudo first; with the session that is here already, one link leads on.
    const next = await click(artist, 'approve', [6934]);
    expect(next.code).toBe('sudo_refused_by_site');
    expect((await artist.visit(`${pathOf(next)}/approval`)).text).toContain('by your own session in ShotGrid');
  });

  it('has no such way when they are not active, or not the person who clicked', async () => {
    site().setStatus('admin.flag-off', 'dis');
    const page = await click();
    expect([page.code, addressOn(page)]).toEqual(['sudo_inactive', '']);
    expect(site().calls.filter(({ path }) => path.includes('app_session'))).toEqual([]);
  });

  it('is told nothing of it where the site does not offer it', async () => {
    const strict = await startTestServer({ studio: { signIn: { launcherEnabled: false } } });
    try {
      const person = createPerson(strict, 'admin.flag-off');
      const page = await person.follow(await person.click([6933]));
      expect(page.code).toBe('sudo_flag_off');
      expect(page.text).not.toContain('approval');
      await createAuditor(strict).refusal({ code: 'approval_off', status: 403 }, () =>
        person.get(`${page.url.pathname}/approval`),
      );
    } finally {
      await strict.close();
    }
  });
});

describe('an approval that comes to nothing', () => {
  /** The page that says so, with a way on that works. */
  async function endsAs(code: string, status: number, page: Answer): Promise<void> {
    const path = pathOf(page);
    const { state, reference } = await settled(otto, path);
    const ended = await otto.get(`${path}/approval`);
    expect({ status: ended.status, code: ended.code }).toEqual({ status, code });
    expect(ended.reference).toBe(reference);
    const records = await auditor.records({ reference: String(reference) });
    expect(records[0]).toMatchObject({ type: 'approval.refused', code });
    expect(state).not.toBe('approved');
    // Still refused, nothing kept, and the click still waits.
    expect((await otto.get(path)).status).toBe(403);
    const { action, fields } = ended.form('/approval');
    const again = await otto.follow(await otto.post(action, { form: fields }));
    expect(requestOn(again)).not.toBe(requestOn(page));
    expect((await approve(otto, again)).tally).toMatchObject({ changes: 1 });
  }

  it('since it was denied', async () => {
    const page = await click();
    site().denyApp(requestOn(page));
    await endsAs('approval_denied', 403, page);
  });

  it('since nobody answered in time', async () => {
    const page = await click();
    clock = 301_000;
    await endsAs('approval_expired', 403, page);
  });

  it.each(['artist', 'manager'])('since %s approved it', async (other) => {
    const page = await click();
    expect(site().approveApp(requestOn(page), other)).toBe(true);
    await endsAs('approval_other_person', 403, page);
    expect((await auditor.records({ type: 'approval.refused' }))[0]?.details).toMatchObject({ approvedBy: other });
  });

  it('since a stranger approved it', async () => {
    const page = await click();
    site().forceApproval(requestOn(page), 'stranger', site().openSession('stranger'));
    await endsAs('approval_other_person', 403, page);
  });

  it.each([
    ['names the right person and gives another’s session', () => site().openSession('manager')],
    ['names the right person and gives no good session', () => 'f'.repeat(32)],
  ])('since the site %s', async (_what, sessionToken) => {
    const page = await click();
    site().forceApproval(requestOn(page), 'admin.flag-off', sessionToken());
    await endsAs('approval_other_person', 403, page);
  });

  it('since the site stopped answering', async () => {
    const page = await click();
    site().inject({ kind: 'empty', path: 'app_session_request', count: 8 });
    await settled(otto, pathOf(page));
    site().clearFaults();
    await endsAs('approval_lost', 503, page);
  });

  it('is another person’s to see as little as their click', async () => {
    const page = await click();
    const stranger = createPerson(server, 'manager');
    await stranger.visit('/login');
    expect((await stranger.get(`${pathOf(page)}/approval`)).code).toBe('launch_not_yours');
    expect((await otto.post(`${pathOf(page)}/approval`, { form: [['csrf', 'wrong']] })).code).toBe('csrf_invalid');
  });

  it('leads to nothing once the person has signed out', async () => {
    const page = await click();
    const { action, fields } = (await otto.get('/account')).form('/logout');
    await otto.post(action, { form: fields });
    site().approveApp(requestOn(page), 'admin.flag-off');
    expect((await otto.follow(await otto.get(pathOf(page)))).code).toBe('sudo_flag_off');
  });
});

describe('an action that says `as: self`', () => {
  it.each(['sign-off', 'sign-off-ts'])(
    'asks for approval from everybody, and is never done by sudo: %s',
    async (id) => {
      const artist = createPerson(server, 'artist');
      const asked = await click(artist, id);
      expect([asked.status, asked.code]).toEqual([200, undefined]);
      expect(asked.text).toContain('Continue as yourself');
      let page = await approve(artist, asked);
      if (id === 'sign-off') page = await fill(artist, page, [['remark', 'Good light']]);
      expect(page.text).toContain('by your own session in ShotGrid');
      expect((await artist.finish(await artist.confirm(page))).counts).toMatchObject({ done: 1 });
      expect(sudoGrants()).toEqual([]);
      expect(version()['sg_status_list']).toBe('apr');
    },
  );

  it('tells a program what is missing', async () => {
    const artist = createPerson(server, 'artist');
    const asked = await click(artist, 'sign-off');
    const path = pathOf(asked);
    expect((await artist.json(path)).json).toMatchObject({ code: 'own_session_needed', approval: `${path}/approval` });
    expect(await stateOf(artist, path)).toMatchObject({ state: 'waiting', approveAt: addressOn(asked) });
  });

  it('keeps what was typed when the session ended meanwhile, and asks again', async () => {
    const artist = createPerson(server, 'artist');
    const asked = await click(artist, 'sign-off');
    const page = await approve(artist, asked);
    site().closeSessions('artist');
    clock = 700_000;
    const { answer: over } = await auditor.refusal(
      { code: 'site_session_ended', status: 401, type: 'approval.ended' },
      () => fill(artist, page, [['remark', 'Not to be lost']]),
    );
    const preview = await approve(artist, over);
    expect(preview.text).toContain('Not to be lost');
    expect((await artist.finish(await artist.confirm(preview))).counts).toMatchObject({ done: 1 });
    expect(version()['description']).toBe('Not to be lost');
  });
});

describe('a run by one’s own session', () => {
  async function ownRun(ids = [6933]): Promise<{ readonly path: string; readonly run: string }> {
    const preview = await approve(otto, await click(otto, 'approve', ids));
    const confirmed = await otto.confirm(preview);
    const { run } = await otto.finish(confirmed);
    return { path: confirmed.location!.pathname, run };
  }

  it('is undone by one’s own session too, which is asked for where it is gone', async () => {
    const { path } = await ownRun();
    await forgetMe();
    const asked = await otto.visit(`${path}/undo`);
    expect(asked.url.pathname).toBe(`${path}/undo/approval`);
    const preview = await approve(otto, asked);
    expect(preview.text).toContain('by your own session in ShotGrid');
    const { action, fields } = preview.form('/undo');
    const undo = await otto.finish(await otto.post(action, { form: fields }));
    expect(undo).toMatchObject({ counts: { done: 1 }, actor: { executor: 'self' } });
    expect(version()['sg_status_list']).toBe('rev');
    expect(sudoGrants()).toEqual([]);
  });

  it('is explained where the log is compared with ShotGrid’s own', async () => {
    await ownRun([6933, 6934]);
    const desk = await auditor.person.visit('/audit/reconcile');
    const compared = await auditor.person.post('/audit/reconcile', {
      form: [
        ...desk.form('/audit/reconcile').fields,
        ['from', new Date(Date.now() - 60_000).toISOString()],
        ['to', new Date(Date.now() + 60_000).toISOString()],
      ],
    });
    const report = await auditor.person.json(compared.location!.pathname + compared.location!.search);
    expect(JSON.stringify(report.json)).not.toMatch(/write_unexplained|done_not_on_site/);
  });

  it('cannot be confirmed with the preview of one by sudo', async () => {
    const artist = createPerson(server, 'artist');
    const bySudo = await click(artist);
    await approve(artist, await click(artist, 'sign-off', [6935]));
    site().setFlag('artist', false);
    const sentBack = await artist.confirm(bySudo);
    expect(sentBack.location!.search).toContain('plan_changed');
    const preview = await artist.follow(sentBack);
    expect(preview.text).toContain('by your own session in ShotGrid');
    expect(version()['sg_status_list']).toBe('rev');
  });

  async function forgetMe(): Promise<void> {
    const account = await otto.get('/account');
    expect(account.text).toContain('Your own session in ShotGrid');
    const { action, fields } = account.form('/forget');
    expect((await otto.post(action, { form: fields })).status).toBe(303);
  }

  it('leaves no session behind in the database when the browser session is ended from another browser', async () => {
    await ownRun();
    const kept = async () => {
      const database = await openDatabase(server.databaseUrl, { migrate: false });
      const { rows } = await sql<{ n: number }>`select count(*) as n from site_sessions`.execute(database.db);
      await database.close();
      return rows[0]!.n;
    };
    const before = await kept();
    const elsewhere = createPerson(server, 'admin.flag-off');
    const { action, fields } = (await elsewhere.visit('/account')).form('/others/end');
    await elsewhere.post(action, { form: fields });
    expect(before).toBeGreaterThan(0);
    expect(await kept()).toBeLessThan(before);
    expect((await otto.get('/account')).status).toBe(303);
  });

  it('is possible until the person says “forget”, or signs out', async () => {
    await ownRun();
    await forgetMe();
    expect((await otto.get('/account')).text).not.toContain('Your own session in ShotGrid');
    expect((await auditor.records({ type: 'approval.ended' })).length).toBeGreaterThan(0);
    const refused = await click(otto, 'approve', [6934]);
    expect(refused.code).toBe('sudo_flag_off');
    await approve(otto, refused);
    const { action, fields } = (await otto.get('/account')).form('/logout');
    await otto.post(action, { form: fields });
    expect((await click(otto, 'approve', [6934])).code).toBe('sudo_flag_off');
  });
});
