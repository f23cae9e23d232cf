/**
 * Clicks in ShotGrid's overlay, by what goes over the wire: a frame has a cookie jar of its own, which its browser keeps apart from
 * that of its windows. Whether browsers do so is what `test/browser/overlay.test.ts` finds out.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/answer.ts';
import { createPerson, type Person, type Sent } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const FRAMED = { 'sec-fetch-dest': 'iframe' };
const ITEM = 'Approve (in an overlay)';

let server: TestServer;
let clock = 0;
beforeAll(async () => {
  server = await startTestServer({ overrides: { now: () => new Date(Date.now() + clock) } });
});
beforeEach(() => {
  clock = 0;
  server.studio.site.reset();
});
afterAll(() => server.close());

const statusOf = (id: number): unknown =>
  server.studio.site.rows('Version').find((row) => row.id === id)?.['sg_status_list'];

/** A person's frame in ShotGrid's page. */
function createFrame(login: string) {
  const person = createPerson(server, login);
  const get = (path: string) => person.get(path, { headers: FRAMED });
  const post = (path: string, sent: Sent) => person.post(path, { ...sent, headers: { ...FRAMED, ...sent.headers } });
  return {
    ...person,
    get,
    post,
    /** Follows redirects within the frame. */
    async land(answer: Answer): Promise<Answer> {
      let at = answer;
      while (at.location !== undefined) at = await get(`${at.location.pathname}${at.location.search}`);
      return at;
    },
    /** The click, whose form is the site's own for `of`; the page that asks who this is. */
    async click(ids: readonly number[], of = login): Promise<Answer> {
      const form = await createPerson(server, of).formFor(ids, ITEM);
      const headers = { ...FRAMED, origin: server.studio.site.url, 'sec-fetch-site': 'cross-site' };
      const answer = await person.post('/ami/approve', { form, cookies: false, headers });
      expect(answer.status).toBe(303);
      return get(answer.location!.pathname);
    },
  };
}

const launchOf = (page: Answer): string => /data-sign-in="([^"]+)"/.exec(page.text)![1]!;
const popOutOf = (page: Answer): string => /href="(\/pop-out\/[^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&');
const codeOf = (page: Answer): string | undefined => /data-code="([^"]+)"/.exec(page.text)?.[1];
const redeem = (frame: ReturnType<typeof createFrame>, launch: string, code = '') =>
  frame.post(`${launch}/hand-over`, { form: [['code', code]] });

/** A frame that its person has signed in by a window, and its preview. */
async function signedInFrame(ids: readonly number[], login = 'artist') {
  const frame = createFrame(login);
  const window = createPerson(server, login);
  const asked = await frame.click(ids);
  const code = codeOf(await window.visit(popOutOf(asked)));
  const preview = await frame.land(await redeem(frame, launchOf(asked), code));
  return { frame, window, launch: launchOf(asked), preview };
}

const confirm = (frame: ReturnType<typeof createFrame>, preview: Answer): Promise<Answer> => {
  const { action, fields } = preview.form('/run');
  return frame.post(action, { form: fields });
};

describe('a click in the overlay', () => {
  it('asks who this is in the frame, is answered by a window, and is performed as that person', async () => {
    const frame = createFrame('artist');
    const asked = await frame.click([6933, 6934]);
    expect(asked.text).toContain('Continue as artist');
    expect(asked.headers['content-security-policy']).toContain(`frame-ancestors ${server.studio.site.url}`);

    const window = createPerson(server, 'artist');
    const page = await window.visit(popOutOf(asked));
    expect(page.text).toContain('Alma Ortiz');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    const taken = await redeem(frame, launchOf(asked), codeOf(page));
    expect(taken.location?.pathname).toBe(launchOf(asked));
    const preview = await frame.land(taken);
    expect(preview.tally).toMatchObject({ changes: 2 });

    const run = await frame.land(await confirm(frame, preview));
    const json = (await frame.finish(run)) as { counts: object; actor: object };
    expect(json).toMatchObject({ counts: { done: 2 }, actor: { login: 'artist' } });
    expect(statusOf(6933)).toBe('apr');
  });

  it('keeps its cookies apart: None, Secure, Partitioned and of other names, set and read in frames alone', async () => {
    const { frame, window, launch } = await signedInFrame([6933]);
    const id = launch.split('/')[2]!;
    const click = await createFrame('artist').click([6934]);
    expect(click.status).toBe(200);
    const set = frame.received.length;
    expect(set).toBeGreaterThan(0);
    const again = await frame.get(launch);
    for (const cookie of again.setCookies) expect(cookie).toMatch(/^frame-session=.*; Secure; .*Partitioned/);
    const names = frame.jar.header(new URL(server.url)).replaceAll(/=[^;]*/g, '');
    expect(names.split('; ').sort()).toEqual([`frame-launch.${id}`, 'frame-session']);
    expect(window.jar.header(new URL(server.url))).not.toContain('frame-');

    // The same cookies, brought by a page of its own: they are nobody's there.
    const elsewhere = await frame.json(launch);
    expect(elsewhere.status).toBe(200);
    const tab = createPerson(server, 'artist', { jar: frame.jar });
    expect((await tab.get('/account', { headers: { 'sec-fetch-dest': 'document' } })).location?.pathname).toBe(
      '/login',
    );
    expect((await tab.get(launch, { headers: { 'sec-fetch-dest': 'document' } })).code).toBe('launch_not_yours');
  });

  it('has a session whose cookie is worth nothing as that of a window, nor the other way round', async () => {
    const { frame, window, launch } = await signedInFrame([6933]);
    const valueOf = (person: Pick<Person, 'jar'>, name: string): string =>
      new RegExp(`(?:^|; )${name}=([^;]+)`).exec(person.jar.header(new URL(server.url)))![1]!;
    const [ofFrame, ofWindow] = [valueOf(frame, 'frame-session'), valueOf(window, 'session')];
    expect(ofFrame).not.toBe(ofWindow);
    const nobody = createPerson(server, 'artist');
    const asWindow = await nobody.get('/account', { headers: { cookie: `session=${ofFrame}` } });
    expect(asWindow.location?.pathname).toBe('/login');
    const launchCookie = valueOf(frame, `frame-launch.${launch.split('/')[2]}`);
    const asFrame = await nobody.get(launch, {
      headers: { ...FRAMED, cookie: `frame-session=${ofWindow}; frame-launch.${launch.split('/')[2]}=${launchCookie}` },
    });
    expect(asFrame.text).toContain('Continue as artist');
  });

  it('needs no window the next time, until the frame signs out; the windows’ own session goes on', async () => {
    const { frame, window } = await signedInFrame([6933]);
    const next = await frame.click([6934]);
    expect(next.tally).toMatchObject({ changes: 1 });
    const { action, fields } = next.form('/sign-out');
    expect((await frame.post(action, { form: [['csrf', 'guessed']] })).code).toBe('csrf_invalid');
    const out = await frame.land(await frame.post(action, { form: fields }));
    expect(out.text).toContain('signed out in here');
    expect(out.headers['content-security-policy']).toContain(`frame-ancestors ${server.studio.site.url}`);
    expect((await frame.click([6935])).text).toContain('Continue as artist');
    expect((await window.get('/account')).status).toBe(200);
  });

  it('is told to a browser that keeps nothing in frames, with the other way as remedy', async () => {
    const asked = await createFrame('artist').click([6933]);
    const blocked = await createFrame('artist').get(launchOf(asked));
    expect([blocked.status, blocked.code]).toEqual([403, 'launch_cookie_blocked']);
    expect(blocked.text).toContain('Open in Modal Overlay');
    // Here the frame keeps cookies, and the click is simply another browser's.
    const { frame } = await signedInFrame([6934]);
    expect((await frame.get(launchOf(asked))).code).toBe('launch_not_yours');
  });

  it('that is confirmed after its session ended changes nothing and asks again', async () => {
    const { frame, preview, launch } = await signedInFrame([6933]);
    const { action, fields } = preview.form('/sign-out');
    await frame.post(action, { form: fields });
    const sent = await confirm(frame, preview);
    expect(sent.location?.pathname).toBe(launch);
    const asked = await frame.land(sent);
    expect(asked.text).toContain('data-ended');
    expect(statusOf(6933)).toBe('rev');

    const code = codeOf(await createPerson(server, 'artist').visit(popOutOf(asked)));
    const fresh = await frame.land(await redeem(frame, launch, code));
    // The page from before belongs to the click and its person, and says what it said.
    expect((await confirm(frame, fresh)).location?.pathname).toMatch(/^\/runs\//);
  });
});

describe('a frame', () => {
  it('that is signed in as somebody else than clicked offers to sign in as that person', async () => {
    const { frame } = await signedInFrame([6933]);
    const refused = await frame.click([6934], 'manager');
    expect([refused.status, refused.code]).toEqual([403, 'identity_mismatch']);
    const other = /href="([^"]+)"[^>]*>Sign in as somebody else/.exec(refused.text)![1]!;
    const asked = await frame.get(other);
    expect(asked.text).toContain('Continue as manager');
    // The window may have a session of the wrong person, too: the provider is to ask.
    const window = createPerson(server, 'artist');
    await window.visit('/account');
    const login = await window.get(popOutOf(asked));
    expect(login.location?.searchParams.get('prompt')).toBe('login');
    const manager = createPerson(server, 'manager');
    const code = codeOf(await manager.visit(popOutOf(asked).replace('&prompt=login', '')));
    const preview = await frame.land(await redeem(frame, launchOf(asked), code));
    expect(preview.text).toContain('Acting as Marcus Lind');
  });

  it('whose session ended while it showed a run asks again for the click of it, and the run is shown once more', async () => {
    const { frame, preview, launch } = await signedInFrame([6933]);
    const run = await frame.land(await confirm(frame, preview));
    await frame.finish(run);
    const { action, fields } = (await frame.get(run.url.pathname)).form('/sign-out');
    await frame.post(action, { form: fields });
    const asked = await frame.get(run.url.pathname);
    expect(asked.location?.pathname).toBe(launch);
    const code = codeOf(await createPerson(server, 'artist').visit(popOutOf(await frame.get(launch))));
    expect((await frame.land(await redeem(frame, launch, code))).url.pathname).toBe(run.url.pathname);
    // Where the click is not this frame's, nothing in here can sign it in: the run opens in a tab.
    const stranger = await createFrame('artist').get(run.url.pathname);
    expect([stranger.status, stranger.code]).toEqual([401, 'login_required']);
    expect(stranger.text).toContain(`href="${run.url.pathname}" target="_blank"`);
  });

  it('is signed out with its person at the provider, and what a window still offers is void', async () => {
    const { frame, launch } = await signedInFrame([6933]);
    const late = createFrame('artist');
    const asked = await late.click([6934]);
    const code = codeOf(await createPerson(server, 'artist').visit(popOutOf(asked)));
    await server.studio.idp.signOutEverywhere('artist');
    await until(async () => (await frame.get(launch)).code === 'launch_expired');
    expect((await frame.click([6935])).text).toContain('Continue as artist');
    expect((await redeem(late, launchOf(asked), code)).code).toBe('launch_expired');
  });

  it('is listed on its person’s account as one inside ShotGrid', async () => {
    const { window } = await signedInFrame([6933]);
    expect((await window.get('/account')).text).toContain('inside ShotGrid');
  });
});

describe('a pop-out link in another person’s browser', () => {
  it('hands nothing over when they are somebody else, signed in or not', async () => {
    const frame = createFrame('artist');
    const asked = await frame.click([6933]);
    const manager = createPerson(server, 'manager');
    await manager.visit('/account');
    const opened = await manager.visit(popOutOf(asked));
    expect([opened.status, opened.code]).toEqual([403, 'identity_mismatch']);
    expect(codeOf(opened)).toBeUndefined();
    expect((await redeem(frame, launchOf(asked), '')).code).toBe('hand_over_invalid');
    expect((await frame.get(launchOf(asked))).text).toContain('Continue as artist');
  });

  it('never lets the first act as the second, even with a click in the second’s name', async () => {
    // The worst case: the manager's own signed form, posted in the artist's browser before the manager's could.
    const frame = createFrame('artist');
    const asked = await frame.click([6933], 'manager');
    const launch = launchOf(asked);
    const manager = createPerson(server, 'manager');
    await manager.visit('/account');
    const opened = await manager.visit(popOutOf(asked));
    const code = codeOf(opened)!;
    // The code is in the manager's window and goes to an opener of our own origin alone; there is none. So it goes on there:
    const { action, fields } = opened.form(`/pop-out/${launch.split('/')[2]}`);
    const moved = await manager.follow(await manager.post(action, { form: fields }));
    expect(moved.tally).toMatchObject({ changes: 1 });

    const following = await frame.get(launch);
    expect(following.text).toContain('goes on in another window');
    for (const secret of [code, 'Marcus', 'HSM_']) expect(following.text).not.toContain(secret);
    const tries = [
      await redeem(frame, launch, code),
      await frame.get(`${launch}/form`),
      await frame.post(`${launch}/run`, { form: moved.form('/run').fields }),
    ];
    for (const answer of tries) expect([answer.status, answer.code]).toEqual([409, 'launch_moved']);
    expect(statusOf(6933)).toBe('rev');
    const run = await manager.finish(await manager.confirm(moved));
    expect(run).toMatchObject({ actor: { login: 'manager' }, counts: { done: 1 } });
    expect((await frame.get(launch)).text).toContain('Finished in another window');
  });

  it('gives a code that is worth nothing in any other frame, window or launch, late, or twice', async () => {
    const frame = createFrame('artist');
    const other = createFrame('artist');
    const [asked, others] = [await frame.click([6933]), await other.click([6934])];
    const window = createPerson(server, 'artist');
    const code = codeOf(await window.visit(popOutOf(asked)))!;
    expect((await redeem(other, launchOf(others), code)).code).toBe('hand_over_invalid');
    expect((await redeem(other, launchOf(asked), code)).code).toBe('launch_not_yours');
    const form = [['code', code]] as const;
    expect((await window.post(`${launchOf(asked)}/hand-over`, { form })).code).toBe('csrf_invalid');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await frame.post(`${launchOf(asked)}/hand-over`, { form, headers: foreign })).code).toBe('csrf_invalid');

    clock += 61_000;
    const late = await redeem(frame, launchOf(asked), code);
    expect([late.status, late.code]).toEqual([403, 'hand_over_invalid']);
    expect(late.text).toContain(`href="${launchOf(asked)}"`);
    const fresh = codeOf(await window.visit(popOutOf(asked)))!;
    expect((await redeem(frame, launchOf(asked), fresh)).status).toBe(303);
    expect((await redeem(frame, launchOf(asked), fresh)).code).toBe('hand_over_invalid');
    const used = await window.visit(popOutOf(asked));
    expect(used.text).toContain('It goes on in ShotGrid');
    expect(codeOf(used)).toBeUndefined();
  });

  it('is not opened by guessing, by a program, in a frame, or after its click has expired', async () => {
    const asked = await createFrame('artist').click([6933]);
    const path = popOutOf(asked);
    const window = createPerson(server, 'artist');
    const cut = `${path.slice(0, -3)}AAA`;
    expect((await window.visit(cut)).code).toBe('launch_not_yours');
    expect((await window.get(path.split('?')[0]!)).code).toBe('launch_not_yours');
    expect((await window.get(path, { headers: FRAMED })).code).toBe('page_unknown');
    await window.visit(path);
    expect((await window.json(path)).json).toEqual({ launch: launchOf(asked).split('/')[2], state: 'waiting' });
    clock += 15 * 60_000;
    expect((await window.visit(path)).code).toBe('launch_expired');
  });

  it('moves the click only with a form of ours, and brings its own window back to it', async () => {
    const asked = await createFrame('artist').click([6933]);
    const window = createPerson(server, 'artist');
    const { action, fields } = (await window.visit(popOutOf(asked))).form(launchOf(asked).split('/')[2]!);
    const forged = fields.map(([name, value]) => [name, name === 'csrf' ? 'guessed' : value] as const);
    expect((await window.post(action, { form: forged })).code).toBe('csrf_invalid');
    const moved = await window.post(action, { form: fields });
    expect(moved.location?.pathname).toBe(launchOf(asked));
    expect((await window.get(popOutOf(asked))).location?.pathname).toBe(launchOf(asked));
    const second = createPerson(server, 'artist');
    expect((await second.visit(popOutOf(asked))).text).toContain('This link was used before');
  });
});

describe('the window', () => {
  it('keeps its opener on the whole way, and no other page does', async () => {
    const policyOf = (answer: Answer): unknown => answer.headers['cross-origin-opener-policy'];
    const asked = await createFrame('artist').click([6933]);
    const window = createPerson(server, 'artist');
    const first = await window.get(popOutOf(asked));
    const toProvider = await window.get(`${first.location!.pathname}${first.location!.search}`);
    const callback = await window.walkProvider(toProvider.location!);
    const back = await window.get(`${callback.pathname}${callback.search}`);
    const page = await window.get(`${back.location!.pathname}${back.location!.search}`);
    expect(codeOf(page)).toBeDefined();
    for (const answer of [first, toProvider, back, page]) expect(policyOf(answer)).toBe('unsafe-none');
    for (const path of ['/', '/login', '/account', '/login/callback?state=x']) {
      expect(policyOf(await window.get(path))).toBe('same-origin');
    }
  });

  it('leads back to itself when signing in fails', async () => {
    const asked = await createFrame('artist').click([6933]);
    const manager = createPerson(server, 'manager');
    const refused = await manager.visit(popOutOf(asked));
    const again = /href="(\/login\?return_to=[^"]+)"/.exec(refused.text)![1]!.replaceAll('&amp;', '&');
    expect(new URL(again, server.url).searchParams.get('return_to')).toBe(popOutOf(asked));
  });
});
