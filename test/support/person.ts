/**
 * A person at a browser, without the browser: one cookie jar for site, provider and server, and the few things a click needs.
 * Behaves as a browser does: no Lax cookie with the cross-site POST, `Origin` and `Sec-Fetch-Site` on every POST.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { signForm } from '../../infra/studio/site/sign-form.ts';
import type { Answer } from './answer.ts';
import { createAnswer } from './answer.ts';
import { createCookieJar, type CookieJar } from './cookie-jar.ts';
import { loginAtIdp } from './idp-login.ts';
import type { TestServer } from './server.ts';

/** Keeps connections open, as a browser does. */
const agent = new Agent({ connections: 32 });

/** Grids of the studio's site, and what they list. */
const VERSIONS = 4606;
const TYPE_OF: Readonly<Record<number, string>> = { 4606: 'Version', 4607: 'Shot', 4608: 'Task' };

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

export type Fields = readonly (readonly [string, string])[];

export type Sent = {
  readonly form?: Fields;
  /** Instead of `form`. */
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: as a browser does with Lax cookies on a cross-site POST. */
  readonly cookies?: boolean;
};

export type Person = {
  readonly login: string;
  readonly jar: CookieJar;
  /** Text of every answer of the server, headers but cookies included: to look for what must not be in there. */
  readonly received: readonly string[];
  /** Every value that the server put into a cookie of this browser. */
  readonly cookieValues: readonly string[];
  /** One request to the server, its path sent as it is, no redirect followed. */
  get(path: string, sent?: Sent): Promise<Answer>;
  post(path: string, sent?: Sent): Promise<Answer>;
  /** The page's JSON twin. */
  json(path: string): Promise<Answer>;
  /** The form that the site makes this person's browser send for these rows. */
  formFor(selectedIds: readonly number[], menuItem?: string, page?: number): Promise<Fields>;
  /** Selects rows in the site's grid and picks the menu item; the answer to the cross-site POST. */
  click(selectedIds: readonly number[]): Promise<Answer>;
  /** Sends a click's form, signed or not, as the site's page would. */
  send(form: Fields, path?: string): Promise<Answer>;
  /** Goes where the answer leads, signs in at the provider when asked, and returns the page at the end. */
  follow(answer: Answer): Promise<Answer>;
  /** Opens a page of the server, as {@link follow} does. */
  visit(path: string): Promise<Answer>;
  /** From the page of a server's login to the callback URL, which is not requested. */
  walkProvider(authorizationUrl: URL): Promise<URL>;
  /** Presses the preview's button. */
  confirm(preview: Answer): Promise<Answer>;
  /** Waits for the run's end; its JSON. */
  finish(confirmed: Answer): Promise<RunJson>;
};

export type RunJson = {
  readonly run: string;
  readonly status: string;
  readonly finished: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly reference: string;
  readonly actor: { readonly login: string };
  readonly about: { readonly login: string } | null;
  readonly rows: readonly { readonly id: number; readonly outcome: string; readonly detail: string | null }[];
};

export function createPerson(
  server: Pick<TestServer, 'url' | 'studio'>,
  login: string,
  options: { readonly jar?: CookieJar; readonly password?: string } = {},
): Person {
  const { jar = createCookieJar() } = options;
  const { site } = server.studio;
  const received: string[] = [];
  const cookieValues: string[] = [];

  /** `path` goes out as it is: a URL object would tidy it up first. */
  async function request(method: string, origin: string, path: string, sent: Sent = {}): Promise<Answer> {
    const url = new URL(path, origin);
    const isOurs = origin === server.url;
    const cookie = sent.cookies === false ? '' : jar.header(url);
    const body = sent.body ?? (sent.form && encodeForm(sent.form));
    const {
      statusCode,
      headers,
      body: stream,
    } = await agent.request({
      origin,
      path,
      method,
      headers: {
        accept: HTML,
        ...(cookie === '' ? {} : { cookie }),
        ...(sent.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(method === 'POST' && isOurs ? { origin: server.url, 'sec-fetch-site': 'same-origin' } : {}),
        ...sent.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const answer = createAnswer(url, statusCode, headers, await stream.text());
    jar.take(url, answer.setCookies);
    if (isOurs) {
      received.push(`${statusCode} ${answer.location?.href ?? ''}\n${answer.text}`);
      cookieValues.push(...answer.setCookies.map((cookie) => /=([^;]*)/.exec(cookie)?.[1] ?? ''));
    }
    return answer;
  }
  const go = (url: URL): Promise<Answer> => request('GET', url.origin, `${url.pathname}${url.search}`);

  const person: Person = {
    login,
    jar,
    received,
    cookieValues,
    get: (path, sent) => request('GET', server.url, path, sent),
    post: (path, sent) => request('POST', server.url, path, sent),
    json: (path) => person.get(path, { headers: { accept: 'application/json' } }),

    async formFor(selectedIds, menuItem = 'Approve', page = VERSIONS) {
      const grid = await request('GET', site.url, `/page/${page}?as=${encodeURIComponent(login)}`);
      const session = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(grid.text)?.[0];
      const item = site
        .rows('ActionMenuItem')
        .find(({ title, entity_type: type }) => title === menuItem && type === TYPE_OF[page])?.id;
      const launch = await request('POST', site.url, '/_web/launch', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ item, page, selected: selectedIds, session }),
      });
      const { fields, url } = launch.json as { readonly fields?: Fields; readonly url: string };
      return fields ?? [...new URL(url).searchParams];
    },

    async click(selectedIds) {
      return person.send(await person.formFor(selectedIds));
    },

    send: (form, path = '/ami/approve') =>
      person.post(path, {
        form,
        cookies: false,
        headers: { origin: site.url, 'sec-fetch-site': 'cross-site' },
      }),

    async follow(start) {
      let answer = start;
      for (let step = 0; answer.location !== undefined; step += 1) {
        if (step > 12) throw new Error(`redirects without end, now at ${answer.location.pathname}`);
        const next = answer.location;
        answer = await go(next.origin === server.url ? next : await person.walkProvider(next));
      }
      return answer;
    },

    visit: async (path) => person.follow(await person.get(path)),
    walkProvider: (url) =>
      loginAtIdp(url, login, { jar, ...(options.password === undefined ? {} : { password: options.password }) }),

    confirm(preview) {
      const { action, fields } = preview.form('/run');
      return person.post(action, { form: fields });
    },

    async finish(confirmed) {
      const path = confirmed.location?.pathname ?? confirmed.url.pathname;
      const deadline = Date.now() + 20_000;
      while (Date.now() < deadline) {
        const run = (await person.json(path)).json as RunJson;
        if (run.finished) return run;
        await delay(25);
      }
      throw new Error(`the run at ${path} does not end`);
    },
  };
  return person;
}

/** As a browser puts it into the body. */
export function encodeForm(form: Fields): string {
  return new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString();
}

/** `form` with fields changed (undefined: left out) and signed anew, as the site itself would have. */
export function resign(
  form: Fields,
  secretToken: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Fields {
  const fields = new Map(form.filter(([name]) => name !== 'signature'));
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
  }
  return [...fields, ['signature', signForm(fields, secretToken)]];
}
