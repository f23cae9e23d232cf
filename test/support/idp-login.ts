/**
 * A person at the identity provider's pages, without a browser: walks redirects, fills the form, and stops where the
 * provider sends the browser back to the service. With one jar for several sign-ins, the second needs no typing.
 */
import { createCookieJar, type CookieJar } from './cookie-jar.ts';

const MAX_STEPS = 12;

/**
 * Signs in and returns the callback URL that the provider redirects to (it is not requested).
 *
 * @param options.password - The login itself unless said otherwise, as for all demo people.
 * @throws when the provider shows anything but its form or a redirect; the message holds status and page title.
 */
export async function loginAtIdp(
  authorizationUrl: URL | string,
  login: string,
  options: { readonly jar?: CookieJar; readonly password?: string } = {},
): Promise<URL> {
  const { jar = createCookieJar(), password = login } = options;
  return walk(new URL(authorizationUrl), jar, (page, url) => {
    const action = attributeOf(page, /<form method="post" action="([^"]*\/login)"/);
    return request(new URL(action, url), jar, new URLSearchParams({ login, password }));
  });
}

/** Goes to the sign-in page and takes its cancel link; returns the callback URL with the provider's error. */
export async function cancelAtIdp(authorizationUrl: URL | string, jar: CookieJar = createCookieJar()): Promise<URL> {
  return walk(new URL(authorizationUrl), jar, (page, url) =>
    request(new URL(attributeOf(page, /<a href="([^"]*)" data-cancel/), url), jar),
  );
}

/** Says yes on the sign-out page; returns where the provider sends the browser then. */
export async function logoutAtIdp(endSessionUrl: URL | string, jar: CookieJar): Promise<URL> {
  return walk(new URL(endSessionUrl), jar, (page, url) => {
    const action = attributeOf(page, /action="([^"]*)"/);
    const xsrf = attributeOf(page, /name="xsrf" value="([^"]*)"/);
    return request(new URL(action, url), jar, new URLSearchParams({ xsrf, logout: 'yes' }));
  });
}

/** The sign-in page itself, to look at what it shows. */
export async function showAtIdp(authorizationUrl: URL | string, jar: CookieJar = createCookieJar()): Promise<string> {
  let shown = '';
  await walk(new URL(authorizationUrl), jar, (page, url) => {
    shown = page;
    return Promise.resolve({ url, response: Response.redirect('http://elsewhere.invalid/') });
  });
  return shown;
}

type Answer = { readonly url: URL; readonly response: Response };

async function walk(start: URL, jar: CookieJar, fillIn: (page: string, url: URL) => Promise<Answer>): Promise<URL> {
  let answer = await request(start, jar);
  for (let step = 0, filledIn = false; step < MAX_STEPS; step += 1) {
    const { url, response } = answer;
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, url);
      if (next.origin !== start.origin) return next;
      answer = await request(next, jar);
      continue;
    }
    const page = await response.text();
    if (page.includes('document.forms[0].submit()')) {
      answer = await request(new URL(attributeOf(page, /action="([^"]*)"/), url), jar, hiddenInputsOf(page));
      continue;
    }
    // Asked a second time means that what was typed was refused.
    if (response.status !== 200 || filledIn)
      throw new Error(`provider: ${response.status} ${titleOf(page)} at ${url.pathname}`);
    filledIn = true;
    answer = await fillIn(page, url);
  }
  throw new Error('provider: redirects without end');
}

async function request(url: URL, jar: CookieJar, form?: URLSearchParams): Promise<Answer> {
  const response = await fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    headers: { accept: 'text/html', cookie: jar.header(url) },
    redirect: 'manual',
    ...(form === undefined ? {} : { body: form }),
  });
  jar.take(url, response.headers.getSetCookie());
  return { url, response };
}

function hiddenInputsOf(page: string): URLSearchParams {
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return new URLSearchParams([...inputs].map(([, name = '', value = '']): [string, string] => [name, value]));
}

function attributeOf(page: string, pattern: RegExp): string {
  const found = pattern.exec(page)?.[1];
  if (found === undefined) throw new Error(`provider: unexpected page "${titleOf(page)}"`);
  return found.replaceAll('&amp;', '&');
}

function titleOf(page: string): string {
  return /<title>([^<]*)/.exec(page)?.[1]?.trim() ?? page.slice(0, 200);
}
