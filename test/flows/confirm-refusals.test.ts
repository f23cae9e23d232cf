/** ⑤ The only request that leads to a change: from our own page, by its person, for exactly what was shown, once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let auditor: Auditor;
let artist: Person;
let preview: Answer;

beforeAll(async () => {
  server = await startTestServer();
  auditor = createAuditor(server);
});
beforeEach(async () => {
  server.studio.site.reset();
  artist = createPerson(server, 'artist');
  preview = await artist.follow(await artist.click([6933, 6934]));
});
afterAll(() => server.close());

const statusEvents = () =>
  server.studio.site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list');

/** The preview's form, altered. */
function post(changes: Readonly<Record<string, string | undefined>>, headers: Readonly<Record<string, string>> = {}) {
  const { action, fields } = preview.form('/run');
  const form = fields
    .map(([name, value]) => [name, Object.hasOwn(changes, name) ? changes[name] : value] as const)
    .flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return artist.post(action, { form, headers });
}

describe('a confirmation that is not from our own page', () => {
  const refused = (attempt: () => Promise<Answer>) =>
    auditor.refusal({ code: 'csrf_invalid', status: 403, type: 'csrf.refused' }, attempt);

  it('is refused without a token, and with a wrong one', async () => {
    const token = preview.form('/run').fields.find(([name]) => name === 'csrf')![1];
    for (const csrf of [undefined, '', 'x', token.slice(1), `${token}x`, token.toLowerCase(), 'A'.repeat(43)]) {
      await refused(() => post({ csrf }));
    }
  });

  it('is refused with the token of another launch of the same person', async () => {
    const other = await artist.follow(await artist.click([6935]));
    const csrf = other.form('/run').fields.find(([name]) => name === 'csrf')![1];
    await refused(() => post({ csrf }));
  });

  it('is refused with the token of the sign-out form', async () => {
    const csrf = preview.form('/logout').fields.find(([name]) => name === 'csrf')![1];
    await refused(() => post({ csrf }));
  });

  it.each([
    ['cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['same-site', { 'sec-fetch-site': 'same-site' }],
    ['typed in', { 'sec-fetch-site': 'none' }],
    ['from ShotGrid’s page', { origin: 'http://127.0.0.1:1' }],
    ['from nowhere', { origin: 'null' }],
    ['from a host that begins like ours', { origin: 'http://localhost.evil.example' }],
  ])('is refused with the right token when it is %s', async (_where, headers) => {
    await refused(() => post({}, headers));
  });

  it('is refused as JSON, as a query, and with the token twice', async () => {
    const { action, fields } = preview.form('/run');
    const query = new URLSearchParams(Object.fromEntries(fields)).toString();
    await refused(() =>
      artist.post(action, {
        body: JSON.stringify(Object.fromEntries(fields)),
        headers: { 'content-type': 'application/json' },
      }),
    );
    await refused(() => artist.post(`${action}?${query}`, { form: [] }));
    await refused(() => artist.post(action, { form: [...fields, ...fields] }));
    await refused(() => artist.post(action, { form: fields.map(([name, value]) => [`${name}[]`, value] as const) }));
  });

  it('is nothing at all as a GET', async () => {
    const { site } = server.studio;
    const before = site.snapshot();
    const { action, fields } = preview.form('/run');
    const query = new URLSearchParams(Object.fromEntries(fields)).toString();
    expect(await artist.get(`${action}?${query}`)).toMatchObject({ status: 404, code: 'page_unknown' });
    expect(site.snapshot()).toEqual(before);
  });

  it('with a body that is too large or broken is refused', async () => {
    const { action, fields } = preview.form('/run');
    await auditor.refusal({ code: 'request_malformed', status: 413, type: 'run.refused' }, () =>
      artist.post(action, { form: [...fields, ['x', 'x'.repeat(20_000)]] }),
    );
    await auditor.refusal({ code: 'request_malformed', status: 415, type: 'run.refused' }, () =>
      artist.post(action, { form: fields, headers: { 'content-encoding': 'nonsense' } }),
    );
  });

  it('goes on to the sign-in when nobody is signed in any more, and then shows the preview again', async () => {
    const launchCookies = artist.jar
      .header(new URL(server.url))
      .split('; ')
      .filter((one) => one.startsWith('launch.'));
    const { action, fields } = preview.form('/run');
    const answer = await artist.post(action, { form: fields, headers: { cookie: launchCookies.join('; ') } });
    expect(answer).toMatchObject({ status: 303 });
    expect(answer.location?.pathname).toBe('/login');
    expect(statusEvents()).toEqual([]);
    expect((await artist.follow(answer)).tally).toMatchObject({ changes: 2 });
  });
});

describe('signing out', () => {
  it('takes the token of this session, and ends it', async () => {
    const { fields } = preview.form('/logout');
    await auditor.refusal({ code: 'csrf_invalid', status: 403 }, () =>
      artist.post('/logout', { form: [['csrf', 'x']] }),
    );
    await auditor.refusal({ code: 'csrf_invalid', status: 403 }, () =>
      artist.post('/logout', { form: fields, headers: { 'sec-fetch-site': 'cross-site' } }),
    );
    expect((await artist.get('/')).isSignedIn).toBe(true);
    const answer = await artist.post('/logout', { form: fields });
    expect(answer.location?.origin).toBe(server.studio.idp.url);
    expect(answer.location?.searchParams.get('post_logout_redirect_uri')).toBe(`${server.url}/signed-out`);
    expect((await artist.get('/')).isSignedIn).toBe(false);
    expect((await artist.confirm(preview)).location?.pathname).toBe('/login');
  });
});

describe('a confirmation of something else than what was shown', () => {
  const refused = (attempt: (headers: Readonly<Record<string, string>>) => Promise<Answer>) =>
    auditor.refusal({ code: 'plan_changed', status: 409, type: 'run.refused' }, () =>
      // A page is led back to the preview; a program is told.
      attempt({ accept: 'application/json' }),
    );

  it('is refused without the plan’s digest, and with another', async () => {
    const other = await artist.follow(await artist.click([6935]));
    const otherPlan = other.form('/run').fields.find(([name]) => name === 'plan')![1];
    for (const plan of [undefined, '', 'x', otherPlan]) await refused((headers) => post({ plan }, headers));
  });

  it('is refused when another tab has seen another preview since', async () => {
    server.studio.site.setField('Version', 6934, 'sg_status_list', 'vwd');
    const newer = await artist.get(preview.url.pathname);
    expect(newer.text).toContain('Viewed');
    await refused((headers) => post({}, headers));
    const back = await artist.follow(await artist.confirm(preview));
    expect(back.text).toContain('have changed since that page was made');
    expect(back.tally).toMatchObject({ changes: 2 });
    expect(await artist.finish(await artist.confirm(newer))).toMatchObject({ counts: { done: 2 } });
  });

  it('is taken when another tab has seen the same preview since', async () => {
    await artist.get(preview.url.pathname);
    expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 2 } });
  });
});

describe('a confirmation that asks how many', () => {
  const MANY = [6933, 6934, 6935];
  let manager: Person;
  beforeEach(async () => {
    manager = createPerson(server, 'manager');
    const form = await manager.formFor(MANY, 'Retire');
    preview = await manager.follow(await manager.send(form, '/ami/retire'));
  });
  const confirmWith = (typed: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const { action, fields } = preview.form('/run');
    const others = fields.filter(([name]) => name !== 'count');
    return manager.post(action, { form: [...others, ...typed.map((count) => ['count', count] as const)], headers });
  };

  it('is refused with any other answer', async () => {
    expect(preview.text).toContain('Type <strong>3</strong> to confirm');
    for (const typed of [[], [''], ['2'], ['03,'], ['3 rows'], ['three'], ['3', '3']]) {
      await auditor.refusal({ code: 'count_mismatch', status: 422, type: 'run.refused' }, () =>
        confirmWith(typed, { accept: 'application/json' }),
      );
    }
    const back = await manager.follow(await confirmWith(['30']));
    expect(back.text).toContain('is not the number of changes. Nothing was done.');
  });

  it('is taken with the number', async () => {
    const run = await manager.finish(await confirmWith([' 3 ']));
    expect(run.counts).toMatchObject({ done: 3 });
  });
});

describe('a launch that was confirmed', () => {
  it('shows its run from then on, whoever confirms again and with whatever', async () => {
    const first = await artist.confirm(preview);
    const run = await artist.finish(first);
    for (const again of [
      await artist.confirm(preview),
      await post({ plan: 'x' }),
      await artist.get(preview.url.pathname),
    ]) {
      expect(again).toMatchObject({ status: 303 });
      expect(again.location?.pathname).toBe(`/runs/${run.run}`);
    }
    expect(statusEvents()).toHaveLength(2);
  });

  it('does not run again when its rows were changed back', async () => {
    await artist.finish(await artist.confirm(preview));
    server.studio.site.setField('Version', 6933, 'sg_status_list', 'rev');
    const again = await artist.confirm(preview);
    expect(await artist.finish(again)).toMatchObject({ counts: { done: 2 } });
    expect(server.studio.site.rows('Version')[0]).toMatchObject({ sg_status_list: 'rev' });
  });

  it('is one run when ten confirmations come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => artist.confirm(preview)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(303));
    expect(new Set(answers.map(({ location }) => location?.pathname)).size).toBe(1);
    const run = await artist.finish(answers[0]!);
    expect(run.counts).toMatchObject({ done: 2 });
    expect(statusEvents()).toHaveLength(2);
    // One to ask what is allowed, one to do it.
    expect(server.studio.site.calls.filter(({ path }) => path.includes('_batch'))).toHaveLength(2);
    expect(await auditor.records({ launchId: preview.url.pathname.slice(10), type: 'run.confirmed' })).toHaveLength(1);
  });
});
