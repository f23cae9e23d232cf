/** A small HTTP server that says what a test tells it to, and remembers what it was asked. Not a ShotGrid site. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createShotgrid, type Shotgrid, type ShotgridOptions } from '../../src/shotgrid/client.ts';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly json: () => Record<string, unknown>;
  readonly response: ServerResponse;
};

/** `body` is sent as JSON unless it is a string. 'hang' never answers, 'reset' breaks the connection. */
export type Says = { status?: number; headers?: Record<string, string>; body?: unknown } | 'hang' | 'reset';

export type LocalSite = {
  readonly url: string;
  readonly asked: Asked[];
  /** Calls that are not for a token. */
  readonly calls: () => Asked[];
  readonly tokenCalls: () => Asked[];
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

const TOKEN_PATH = '/api/v1/auth/access_token';

/** `answer` is asked for everything but tokens; `token` for those (default: an honest site). */
export async function startLocalSite(
  answer: (asked: Asked, nth: number) => Says | Promise<Says>,
  token: (asked: Asked, nth: number) => Says | Promise<Says> = honestToken,
): Promise<LocalSite> {
  const asked: Asked[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? '/', 'http://site');
      const body = Buffer.concat(chunks).toString('utf8');
      const one: Asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
        json: () => JSON.parse(body) as Record<string, unknown>,
        response,
      };
      asked.push(one);
      const isToken = one.path === TOKEN_PATH;
      const nth = asked.filter((other) => (other.path === TOKEN_PATH) === isToken).length;
      const says = await (isToken ? token : answer)(one, nth);
      if (says === 'hang') return;
      if (says === 'reset') {
        request.socket.resetAndDestroy();
        return;
      }
      const text = typeof says.body === 'string' ? says.body : says.body === undefined ? '' : JSON.stringify(says.body);
      response.writeHead(says.status ?? 200, { 'content-type': 'application/json; charset=utf-8', ...says.headers });
      response.end(text);
    })().catch(() => response.destroy());
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    calls: () => asked.filter(({ path }) => path !== TOKEN_PATH),
    tokenCalls: () => asked.filter(({ path }) => path === TOKEN_PATH),
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Claims of a token, as the site writes them, for the person in the scope. */
export function honestToken(asked: Asked): Says {
  const form = new URLSearchParams(asked.body);
  const scope = form.get('scope');
  return tokenAnswer({ sudo_as_login: scope === null ? null : scope.replace('sudo_as_login:', '') });
}

export function tokenAnswer(claims: Record<string, unknown>, answer: Record<string, unknown> = {}): Says {
  return {
    body: { token_type: 'Bearer', access_token: jwt(claims), expires_in: 600, refresh_token: 'x.y.z', ...answer },
  };
}

let serial = 0;

/** A token in the site's form. Nobody can check its signature but the site. */
export function jwt(claims: Record<string, unknown>): string {
  serial += 1;
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { iss: 'site', aud: 'site', exp: 2_000_000_000, iat: 1, jti: String(serial), auth_type: 'api_key' };
  return `${part({ alg: 'HS256' })}.${part({ ...payload, ...claims })}.c2lnbmF0dXJl`;
}

export const SCRIPT_KEY = 'k3y+with/odd=chars & spaces';

/** A client of it that never really waits; `slept` holds what it would have waited, in ms. */
export function connect(
  site: { readonly url: string },
  options: Partial<ShotgridOptions> = {},
): Shotgrid & { slept: number[] } {
  const slept: number[] = [];
  const shotgrid = createShotgrid({
    siteUrl: site.url,
    scriptName: 'understudy',
    scriptKey: SCRIPT_KEY,
    now: () => new Date(),
    random: () => 0.5,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  return Object.assign(shotgrid, { slept });
}

/** The site's error envelope. */
export function fault(status: number, code: number, title: string, detail: string | null = null): Says {
  return {
    status,
    body: { errors: [{ id: '20c4fb862df36b574b2c8ce984cd920f', status, code, title, source: {}, detail, meta: null }] },
  };
}

export function record(type: string, id: number, attributes: Record<string, unknown> = {}): unknown {
  return { type, id, attributes, relationships: {}, links: { self: `/api/v1/entity/${type}/${id}` } };
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('it was not rejected');
    },
    (error: unknown) => error as Error,
  );
}
