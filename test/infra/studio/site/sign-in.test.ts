import { afterEach, describe, expect, it } from '@jest/globals';
import type { SiteOptions } from '../../../../infra/studio/site/start.ts';
import { ask, openSite, type Answer, type TestSite } from './caller.ts';

/** How a browser gets a session of the site, told by addresses, forms and cookies alone. */
let studio: TestSite | undefined;
afterEach(() => studio?.site.close());

const guarded: SiteOptions = { webSignIn: 'password', twoFactorCodes: { manager: '123456' } };

/** A browser as far as it matters here: it keeps cookies and follows nothing by itself. */
async function openBrowser(options: SiteOptions) {
  studio = await openSite(options);
  const { url } = studio.site;
  const cookies = new Map<string, string>();
  async function go(path: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await ask(`${url}${path}`, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split(/=(.*)/, 2);
      cookies.set(name, value);
    }
    return answer;
  }
  return { go, cookies, site: studio.site };
}

const ticketIn = (page: string): string => /name="ticket" value="([^"]+)"/.exec(page)?.[1] ?? '';
const locationOf = (answer: Answer): string | null => answer.headers.get('location');

describe('/auth/renew', () => {
  it('leads through the sign-in to /auth/landing, and the cookies say whose session it is', async () => {
    const { go, cookies, site } = await openBrowser({ webSignIn: 'password' });
    const sent = await go('/auth/renew?product=understudy&email=artist');
    expect([sent.status, locationOf(sent)]).toEqual([302, '/user/login?return_path=/auth/landing&login=artist']);
    expect((await go(locationOf(sent) ?? '')).text).toContain('name="login" value="artist"');
    const form = { login: 'artist', password: 'artist', return_path: '/auth/landing' };
    expect(locationOf(await go('/user/login', form))).toBe('/auth/landing');
    expect((await go('/auth/landing')).status).toBe(200);
    expect([...cookies.keys()].sort()).toEqual([
      '_session_id',
      'csrf_token_u24',
      'shotgun_current_session_expiration',
      'shotgun_current_user_login',
    ]);
    expect(cookies.get('shotgun_current_user_login')).toBe('artist');
    const granted = await studio?.grant({
      grant_type: 'session_token',
      session_token: cookies.get('_session_id') ?? '',
    });
    expect(granted?.status).toBe(200);
    // Whoever is signed in passes, with the same session.
    const before = cookies.get('_session_id');
    expect(locationOf(await go('/auth/renew'))).toBe('/auth/landing');
    expect(cookies.get('_session_id')).toBe(before);
    site.closeSession(before ?? '');
    expect(locationOf(await go('/auth/renew'))).toContain('/user/login');
  });

  it('lands nobody who is not signed in', async () => {
    const { go } = await openBrowser({ webSignIn: 'password' });
    expect(locationOf(await go('/auth/landing'))).toBe('/auth/renew');
  });
});

describe('a site with passwords', () => {
  it('asks for the code on a second page, takes each code once, and never goes elsewhere', async () => {
    const { go, cookies, site } = await openBrowser(guarded);
    const form = { login: 'manager', password: 'manager', return_path: '//evil.example' };
    const second = await go('/user/login', form);
    const code = { ticket: ticketIn(second.text), return_path: '//evil.example' };
    expect(cookies.has('_session_id')).toBe(false);
    expect((await go('/user/login/code', { ...code, code: '000000' })).status).toBe(401);
    const done = await go('/user/login/code', { ...code, code: '123456' });
    expect([done.status, locationOf(done)]).toEqual([303, '/']);
    expect(cookies.has('_session_id')).toBe(true);

    const again = { ticket: ticketIn((await go('/user/login', form)).text), return_path: '/' };
    expect((await go('/user/login/code', { ...again, code: '123456' })).status).toBe(401);
    site.setOneTimeCode('manager', '654321');
    expect((await go('/user/login/code', { ...again, code: '654321' })).status).toBe(303);
  });

  it('takes a code once at the token endpoint too', async () => {
    studio = await openSite(guarded);
    const form = { grant_type: 'password', username: 'manager', password: 'manager', auth_token: '123456' };
    expect((await studio.grant(form)).status).toBe(200);
    expect((await studio.grant(form)).body.errors[0].code).toBe(102);
  });

  it('lets nobody in with a wrong password, nor by choosing who to be', async () => {
    const { go, cookies } = await openBrowser(guarded);
    expect((await go('/user/login', { login: 'artist', password: 'guess' })).status).toBe(401);
    expect((await go('/user/login', { login: 'artist' })).status).toBe(401);
    expect(locationOf(await go('/page/4606?as=artist'))).toContain('/user/login');
    expect(cookies.has('_session_id')).toBe(false);
  });
});
