/** Talks to the stand-in with nothing but `fetch`, so that no client's habits get in between. */
import { startSite, type Site, type SiteOptions } from '../../../../infra/studio/site/start.ts';

export const ARRAY = 'application/vnd+shotgun.api3_array+json';
export const HASH = 'application/vnd+shotgun.api3_hash+json';

// Bodies are looked into freely here; a wrong shape fails the expectation that reads it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
export type Body = any;

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Body };

export type TestSite = {
  readonly site: Site;
  /** Posts a form to the token endpoint. */
  readonly grant: (form: Readonly<Record<string, string>>) => Promise<Answer>;
  /** An access token of the script, or of the script acting for `login`. */
  readonly token: (login?: string, sessionUuid?: string) => Promise<string>;
  /** One REST call under `/api/v1`, as the script or as `as`. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** `_search` with array filters; the rows. */
  readonly search: (slug: string, filters: unknown, more?: Readonly<Record<string, unknown>>) => Promise<Answer>;
  readonly batch: (requests: unknown, as?: string) => Promise<Answer>;
};

export type CallOptions = {
  readonly as?: string;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: 'v1' | 'v1.1';
};

export async function openSite(options: SiteOptions = {}): Promise<TestSite> {
  const site = await startSite(options);
  const grant: TestSite['grant'] = (form) =>
    ask(`${site.url}/api/v1/auth/access_token`, { method: 'POST', body: new URLSearchParams(form) });
  const token: TestSite['token'] = async (login, sessionUuid) => {
    const answer = await grant({
      grant_type: 'client_credentials',
      client_id: site.scriptName,
      client_secret: site.scriptKey,
      ...(login === undefined ? {} : { scope: `sudo_as_login:${login}` }),
      ...(sessionUuid === undefined ? {} : { session_uuid: sessionUuid }),
    });
    return (answer.body as { access_token: string }).access_token;
  };
  const call: TestSite['call'] = async (
    method,
    path,
    { as, body, type = 'application/json', headers, version = 'v1' } = {},
  ) =>
    ask(`${site.url}/api/${version}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${await token(as)}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    site,
    grant,
    token,
    call,
    search: (slug, filters, more = {}) =>
      call('POST', `/entity/${slug}/_search`, { body: { filters, ...more }, type: ARRAY }),
    batch: (requests, as) =>
      call('POST', '/entity/_batch', { body: { requests }, ...(as === undefined ? {} : { as }) }),
  };
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, headers: response.headers, text, body };
}

export function claimsOf(accessToken: string): Body {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** The one error of an envelope. */
export function errorOf(answer: Answer): {
  status: number;
  code: number;
  title: string;
  detail: string | null;
  source: Body;
  id: string;
} {
  const { errors } = answer.body as { errors: Body[] };
  return errors[0] as ReturnType<typeof errorOf>;
}

export const PROJECT = { type: 'Project', id: 116 };
