import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ErrorRequestHandler, Express } from 'express';
import express from 'express';
import request from 'supertest';
import { RateLimitedError } from '../../../src/web/errors.ts';
import { createRateLimits } from '../../../src/web/limits/rate-limits.ts';

/** As configured when nobody says otherwise. */
const DEFAULTS = { perAddress: 12_000, perPerson: 600 };

let time: number;
beforeEach(() => {
  time = Date.parse('2026-05-01T12:00:00Z');
});

describe('an address', () => {
  it('is refused what goes beyond its minute, and is told when to come again', async () => {
    const app = createApp({ perAddress: 20, perPerson: 100 });
    expect(await statuses(app, 21, '/')).toEqual([...Array<number>(20).fill(200), 429]);
    time += 45_000;
    const refused = await ask(app, '/');
    expect(refused).toMatchObject({ status: 429, body: { limit: 'requests', per: 'address', retryAfterSeconds: 15 } });
    time += 15_000;
    expect((await ask(app, '/')).status).toBe(200);
  });

  it.each([
    ['POST', '/ami/approve', 'clicks', 2],
    ['POST', '/AMI/approve/', 'clicks', 2],
    ['GET', '/ami/approve?x', 'unsigned clicks', 1],
    ['HEAD', '/ami/approve', undefined, 1],
    ['GET', '/login', 'logins', 2],
    ['GET', '/login/callback?state=x', 'logins', 2],
    ['POST', '/logout', 'logins', 2],
    ['POST', '/logout/backchannel', 'logins', 2],
    ['GET', '/readyz', 'probes', 1],
    ['GET', '/metrics', 'probes', 1],
  ] as const)('may %s %s less often than look at pages', async (method, path, limit, allowed) => {
    const app = createApp({ perAddress: 20, perPerson: 100 });
    const answers = await statuses(app, allowed + 1, path, { method });
    expect(answers).toEqual([...Array<number>(allowed).fill(200), 429]);
    if (limit !== undefined) expect((await ask(app, path, { method })).body).toMatchObject({ limit });
    // Other things still work.
    expect((await ask(app, '/')).status).toBe(200);
  });

  it('may always ask whether the process lives', async () => {
    const app = createApp({ perAddress: 1, perPerson: 1 });
    expect(new Set(await statuses(app, 50, '/healthz'))).toEqual(new Set([200]));
  });

  it('is what the trusted proxy says, and nothing that the client says', async () => {
    const direct = createApp({ perAddress: 1, perPerson: 1 });
    expect(await statuses(direct, 2, '/', { forwardedFor: (n) => `10.0.0.${n}` })).toEqual([200, 429]);
    const proxied = createApp({ perAddress: 1, perPerson: 1 }, 1);
    expect(await statuses(proxied, 2, '/', { forwardedFor: (n) => `10.0.0.${n}` })).toEqual([200, 200]);
    expect(await statuses(proxied, 2, '/', { forwardedFor: (n) => `${n}.evil, 10.0.0.9` })).toEqual([200, 429]);
  });

  it('is a whole subnet where addresses are long, and one address where they are short', async () => {
    const app = createApp({ perAddress: 1, perPerson: 1 }, 1);
    const from = (forwarded: string) => ask(app, '/', { forwardedFor: () => forwarded });
    expect((await from('2001:db8:0:1::1')).status).toBe(200);
    expect((await from('2001:db8:0:1:ffff::2')).status).toBe(429);
    expect((await from('2001:db8:0:2::1')).status).toBe(429);
    expect((await from('2001:db8:1::1')).status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.2')).status).toBe(200);
  });
});

describe('a person', () => {
  it('is counted by themselves, from whatever address', async () => {
    const app = createApp({ perAddress: 1000, perPerson: 3 });
    expect(await statuses(app, 4, '/', { who: 'artist' })).toEqual([200, 200, 200, 429]);
    expect((await ask(app, '/', { who: 'manager' })).status).toBe(200);
    expect((await ask(app, '/')).status).toBe(200);
    expect((await ask(app, '/', { who: 'artist' })).body).toMatchObject({ limit: 'requests', per: 'person' });
  });

  it.each([
    ['/audit', 'searches', 10],
    ['/audit/records/7', 'searches', 10],
    ['/launches/x/options/shot', 'searches', 10],
    ['/audit/export', 'exports', 2],
    ['/AUDIT/export/', 'exports', 2],
    ['/audit/verify', 'exports', 2],
    ['/runs/x/rows.csv', 'exports', 2],
    ['/runs/x/events', 'event streams', 6],
  ])('may ask for %s less often than for pages', async (path, limit, allowed) => {
    const app = createApp({ perAddress: 1000, perPerson: 30 });
    const answers = await statuses(app, allowed + 1, path, { who: 'auditor' });
    expect(answers).toEqual([...Array<number>(allowed).fill(200), 429]);
    expect((await ask(app, path, { who: 'auditor' })).body).toMatchObject({ limit, per: 'person' });
    expect((await ask(app, '/', { who: 'auditor' })).status).toBe(200);
  });

  it('clicks so often and not more, however they write their name', async () => {
    const app = createApp({ perAddress: 1000, perPerson: 10 });
    expect(await statuses(app, 2, '/clicked', { who: 'artist' })).toEqual([200, 200]);
    expect((await ask(app, '/clicked', { who: 'Artist' })).body).toMatchObject({ limit: 'clicks', per: 'person' });
    expect((await ask(app, '/clicked', { who: 'manager' })).status).toBe(200);
  });
});

describe('honest use', () => {
  it('of five hundred people behind one address, on a busy morning, meets no limit', async () => {
    const app = createApp(DEFAULTS);
    // In one minute: all sign in (two requests), all click twice, and half of them look at ten pages.
    const all = [
      ...Array<string>(1_000).fill('/login'),
      ...Array<string>(1_000).fill('/ami/approve'),
      ...Array<string>(5_000).fill('/runs/x'),
    ];
    const limits = new Set<number>();
    for (const path of all) {
      const method = path.startsWith('/ami/') ? 'POST' : 'GET';
      limits.add(await pass(app, method, path));
    }
    expect([...limits]).toEqual([200]);
  }, 60_000);
});

type Asked = {
  readonly method?: 'GET' | 'POST' | 'HEAD';
  readonly who?: string;
  readonly forwardedFor?: (n: number) => string;
};

/** Limits with nothing behind them; who asks is said in a header. */
function createApp(settings: typeof DEFAULTS, trustProxy: number | false = false): Express {
  const limits = createRateLimits({ ...settings, now: () => new Date(time) });
  const app = express();
  app.set('trust proxy', trustProxy);
  app.use(limits.byAddress);
  app.use((incoming, _response, next) => {
    const subject = incoming.get('x-who');
    Object.assign(incoming, { session: subject === undefined ? {} : { identity: { issuer: 'idp', subject } } });
    next();
  });
  app.get('/clicked', async (incoming, response) => {
    await limits.click(incoming, response, incoming.get('x-who') ?? '');
    response.json({});
  });
  app.use(limits.byPerson);
  app.use((_incoming, response) => void response.json({}));
  const onError: ErrorRequestHandler = (error, _incoming, response, next) => {
    if (error instanceof RateLimitedError) {
      const { status, limit, per, retryAfterSeconds } = error;
      response.status(status).json({ limit, per, retryAfterSeconds });
    } else next(error);
  };
  app.use(onError);
  return app;
}

function ask(app: Express, path: string, { method = 'GET', who, forwardedFor }: Asked = {}, n = 0) {
  const asking = { GET: request(app).get(path), POST: request(app).post(path), HEAD: request(app).head(path) }[method];
  if (who !== undefined) void asking.set('x-who', who);
  if (forwardedFor !== undefined) void asking.set('x-forwarded-for', forwardedFor(n));
  return asking;
}

async function statuses(app: Express, times: number, path: string, asked?: Asked): Promise<readonly number[]> {
  const all: number[] = [];
  for (let n = 0; n < times; n += 1) all.push((await ask(app, path, asked, n)).status);
  return all;
}

/** Without a connection: thousands of them take their time. */
function pass(app: Express, method: string, url: string): Promise<number> {
  return new Promise((resolve) => {
    const incoming = { method, url, headers: {}, socket: { remoteAddress: '192.0.2.1' }, connection: {} };
    const response = {
      statusCode: 200,
      setHeader: () => undefined,
      getHeader: () => undefined,
      removeHeader: () => undefined,
      end() {
        resolve(this.statusCode);
        return this;
      },
    };
    app(incoming as never, response as never);
  });
}
