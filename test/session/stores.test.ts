import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { ErrorRequestHandler } from 'express';
import { Redis } from 'ioredis';
import request from 'supertest';
import { ServiceError } from '../../src/errors.ts';
import { createSession, endSession, renewSession } from '../../src/session/middleware.ts';
import { createRedisStore } from '../../src/session/redis-store.ts';
import { createSqlStore } from '../../src/session/sql-store.ts';
import type { SessionStore } from '../../src/session/store.ts';
import { databases } from '../support/databases.ts';
import { describeWithRedis, freshRedisUrl } from '../support/redis.ts';
import { startOwnRedis } from '../support/redis-server.ts';
import { until } from './until.ts';

const NEW_SECRET = 'the newest secret of this server';
const OLD_SECRET = 'the secret that signed until now';

const ISSUER = 'https://idp.studio.example';

/** What Redis answers in place of the milliseconds that a key has left. */
const NO_SUCH_KEY = -2;

type StoreOptions = { readonly maxAgeSeconds: number };
type OpenStore = (options: StoreOptions) => Promise<SessionStore>;
type AppOptions = {
  readonly secrets?: readonly string[];
  readonly secure?: boolean;
  readonly maxAgeSeconds?: number;
  readonly now?: () => Date;
};

/** The least of a server that logs people in. */
function createApp(store: SessionStore, options: AppOptions = {}) {
  const { secrets = [NEW_SECRET], secure = false, maxAgeSeconds = 3600 } = options;
  const app = express();
  app.get('/static', (_, response) => void response.send('no session here'));
  const { now = () => new Date('2026-05-01T12:00:00Z') } = options;
  app.use(createSession({ secrets, store: store.store, secure, maxAgeSeconds, longestSeconds: 86_400, now }));
  app.get('/', (incoming, response) => void response.json({ who: incoming.session.identity ?? null }));
  app.get('/login/:who', async (incoming, response) => {
    await renewSession(incoming, { identity: incoming.params.who, loggedInAt: '2026-05-01T12:00:00Z' });
    response.json({ id: incoming.sessionID });
  });
  app.get('/sign-in/:who/:sid', async (incoming, response) => {
    const { who: subject, sid } = incoming.params;
    await renewSession(incoming, { identity: { issuer: ISSUER, subject, sid }, loggedInAt: '2026-05-01T12:00:00Z' });
    response.json({ id: incoming.sessionID });
  });
  app.get('/logout', async (incoming, response) => {
    await endSession(incoming);
    response.json({});
  });
  const onError: ErrorRequestHandler = (error, _, response, next) => {
    if (error instanceof ServiceError && !response.headersSent)
      response.status(error.status).json({ code: error.code });
    else next(error);
  };
  app.use(onError);
  return app;
}

type Answer = { readonly headers: Readonly<Record<string, unknown>> };
const setCookies = (answer: Answer) => (answer.headers['set-cookie'] ?? []) as readonly string[];
/** What a browser sends back. */
const cookieOf = (answer: Answer) => setCookies(answer)[0]?.split(';')[0] ?? '';
const whoIs = async (app: express.Express, cookie: string): Promise<unknown> => {
  const answer = await request(app).get('/').set('cookie', cookie);
  return (answer.body as { readonly who: unknown }).who;
};

const closing: SessionStore[] = [];
afterEach(async () => {
  for (const store of closing.splice(0)) await store.close();
});

const openRedisStore = async (url: string, maxAgeSeconds: number): Promise<SessionStore> => {
  const store = createRedisStore({ url, maxAgeSeconds, now: () => new Date(), onError: () => undefined });
  closing.push(store);
  await until(() => store.check());
  return store;
};

/** What every store must do. */
function behavesAsStore(open: OpenStore): void {
  it('leaves strangers without session or cookie', async () => {
    const app = createApp(await open({ maxAgeSeconds: 3600 }));
    expect(setCookies(await request(app).get('/'))).toEqual([]);
    expect(setCookies(await request(app).get('/static'))).toEqual([]);
  });

  it('remembers who logged in, and forgets who logged out', async () => {
    const app = createApp(await open({ maxAgeSeconds: 3600 }));
    const cookie = cookieOf(await request(app).get('/login/artist'));
    expect(await whoIs(app, cookie)).toBe('artist');
    await request(app).get('/logout').set('cookie', cookie);
    expect(await whoIs(app, cookie)).toBeNull();
  });

  it('gives a new id at login, and the one before is worth nothing', async () => {
    const app = createApp(await open({ maxAgeSeconds: 3600 }));
    const before = cookieOf(await request(app).get('/login/artist'));
    const after = cookieOf(await request(app).get('/login/manager').set('cookie', before));
    expect(after).not.toBe(before);
    expect(await whoIs(app, after)).toBe('manager');
    expect(await whoIs(app, before)).toBeNull();
  });

  it('takes no id from a browser: neither unsigned, nor of a session that never was', async () => {
    const app = createApp(await open({ maxAgeSeconds: 3600 }));
    const answer = await request(app).get('/login/artist');
    const { id } = answer.body as { readonly id: string };
    expect(await whoIs(app, `session=${id}`)).toBeNull();
    expect(await whoIs(app, `session=s%3A${id}.forged`)).toBeNull();
    const cookie = cookieOf(answer);
    await request(app).get('/logout').set('cookie', cookie);
    const again = cookieOf(await request(app).get('/login/artist').set('cookie', cookie));
    expect(again).not.toBe(cookie);
  });

  it('accepts cookies signed with the secret before, and signs anew with the newest', async () => {
    const store = await open({ maxAgeSeconds: 3600 });
    const old = cookieOf(await request(createApp(store, { secrets: [OLD_SECRET] })).get('/login/artist'));
    const rotated = createApp(store, { secrets: [NEW_SECRET, OLD_SECRET] });
    const renewed = cookieOf(await request(rotated).get('/').set('cookie', old));
    expect(renewed).not.toBe(old);
    expect(await whoIs(rotated, renewed)).toBe('artist');
    expect(await whoIs(createApp(store), renewed)).toBe('artist');
    expect(await whoIs(createApp(store), old)).toBeNull();
  });

  it('keeps several people apart', async () => {
    const app = createApp(await open({ maxAgeSeconds: 3600 }));
    const people = ['artist', 'manager', 'auditor', '__proto__'];
    const cookies = await Promise.all(people.map(async (who) => cookieOf(await request(app).get(`/login/${who}`))));
    expect(await Promise.all(cookies.map((cookie) => whoIs(app, cookie)))).toEqual(people);
  });

  it('is ready', async () => {
    const store = await open({ maxAgeSeconds: 3600 });
    await expect(store.check()).resolves.toBeUndefined();
    expect(await store.prune()).toBe(0);
  });

  it('ends a day after the sign-in, however much it is used', async () => {
    const store = await open({ maxAgeSeconds: 3600 });
    let time = Date.parse('2026-05-01T12:00:00Z');
    const app = createApp(store, { now: () => new Date(time) });
    const answer = await request(app).get('/sign-in/artist/s1');
    const cookie = cookieOf(answer);
    time += 86_399_000;
    expect(await whoIs(app, cookie)).not.toBeNull();
    time += 1_000;
    expect(await whoIs(app, cookie)).toBeNull();
    expect(await store.listOf({ issuer: ISSUER, subject: 'artist' })).toEqual([]);
  });

  it('finds a person’s sessions, and those of one session at the provider, and nobody else’s', async () => {
    const store = await open({ maxAgeSeconds: 3600 });
    const app = createApp(store);
    const begun = Date.now();
    const [one, two, other] = await Promise.all(
      ['artist/s1', 'artist/s2', 'manager/s3'].map(async (path) => {
        const answer = await request(app).get(`/sign-in/${path}`);
        return { id: (answer.body as { readonly id: string }).id, cookie: cookieOf(answer) };
      }),
    );
    const of = async (subject: string, issuer = ISSUER) =>
      (await store.listOf({ issuer, subject })).map(({ id }) => id).sort();
    expect(await of('artist')).toEqual([one!.id, two!.id].sort());
    expect(await of('manager')).toEqual([other!.id]);
    expect(await of('artist', 'https://other.example')).toEqual([]);
    expect(await of('__proto__')).toEqual([]);
    const found = await store.listOfProvider(ISSUER, 's2');
    expect(found).toMatchObject([{ id: two!.id, data: { identity: { subject: 'artist', sid: 's2' } } }]);
    expect(Math.abs(found[0]!.lastUsedAt.getTime() - begun)).toBeLessThan(20_000);
    expect(await store.listOfProvider('https://other.example', 's2')).toEqual([]);
    expect(await store.listOfProvider(ISSUER, 's4')).toEqual([]);

    await store.end(two!.id);
    expect(await of('artist')).toEqual([one!.id]);
    expect(await store.listOfProvider(ISSUER, 's2')).toEqual([]);
    // A session that was ended does not come back by being used.
    await request(app).get('/').set('cookie', two!.cookie);
    expect(await of('artist')).toEqual([one!.id]);
    await request(app).get('/logout').set('cookie', one!.cookie);
    expect(await of('artist')).toEqual([]);
  });

  it('has cookies that scripts cannot read and other sites cannot send, bound to the host on https', async () => {
    const store = await open({ maxAgeSeconds: 3600 });
    const [plain] = setCookies(await request(createApp(store)).get('/login/artist'));
    expect(plain).toMatch(/^session=s%3A[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    // The request itself is plain http, as it is behind a proxy that ends TLS.
    const [secure] = setCookies(await request(createApp(store, { secure: true })).get('/login/artist'));
    expect(secure).toMatch(/^__Host-session=s%3A[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
  });
}

describe.each(databases)('sessions in $name', ({ open }) => {
  const openStore: OpenStore = async ({ maxAgeSeconds }) => {
    const { db } = await open();
    return createSqlStore({ db, now: () => new Date(), maxAgeSeconds });
  };
  behavesAsStore(openStore);

  it('live as long as they are used, and end some time after', async () => {
    const { db } = await open();
    let time = new Date('2026-05-01T12:00:00Z');
    const store = createSqlStore({ db, now: () => time, maxAgeSeconds: 3600 });
    const app = createApp(store);
    const cookie = cookieOf(await request(app).get('/login/artist'));
    for (const at of ['12:59:00', '13:58:00', '14:57:00']) {
      time = new Date(`2026-05-01T${at}Z`);
      const answer = await request(app).get('/').set('cookie', cookie);
      expect(answer.body).toEqual({ who: 'artist' });
      expect(setCookies(answer)).toHaveLength(1);
    }
    expect(await store.prune()).toBe(0);
    time = new Date('2026-05-01T15:57:00Z');
    expect(await whoIs(app, cookie)).toBeNull();
    expect(await store.prune()).toBe(1);
  });

  it('are not written by every request that reads them', async () => {
    const { db } = await open();
    let time = new Date('2026-05-01T12:00:00Z');
    const app = createApp(createSqlStore({ db, now: () => time, maxAgeSeconds: 3600 }));
    const expiry = async () => {
      const sessions = db.$extendTables<{ sessions: { expires_at: string } }>().selectFrom('sessions');
      return (await sessions.select('expires_at').executeTakeFirstOrThrow()).expires_at;
    };
    const cookie = cookieOf(await request(app).get('/login/artist'));
    time = new Date('2026-05-01T12:00:59Z');
    await whoIs(app, cookie);
    expect(await expiry()).toBe('2026-05-01T13:00:00.000Z');
    time = new Date('2026-05-01T12:01:01Z');
    await whoIs(app, cookie);
    expect(await expiry()).toBe('2026-05-01T13:01:01.000Z');
  });

  it('are unavailable, not forgotten, while the database is away', async () => {
    const database = await open();
    const store = createSqlStore({ db: database.db, now: () => new Date(), maxAgeSeconds: 3600 });
    const app = createApp(store);
    const cookie = cookieOf(await request(app).get('/login/artist'));
    await database.close();
    const answer = await request(app).get('/').set('cookie', cookie);
    expect([answer.status, answer.body]).toEqual([503, { code: 'store_unavailable' }]);
    expect((await request(app).get('/login/artist')).status).toBe(503);
    await expect(store.check()).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.prune()).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describeWithRedis('sessions in Redis', () => {
  behavesAsStore(async ({ maxAgeSeconds }) => openRedisStore(await freshRedisUrl(), maxAgeSeconds));

  it('live as long as they are used, and end some time after', async () => {
    const url = await freshRedisUrl();
    const app = createApp(await openRedisStore(url, 3), { maxAgeSeconds: 3 });
    const client = new Redis(url);
    try {
      const cookie = cookieOf(await request(app).get('/login/artist'));
      const key = `understudy:session:${decodeURIComponent(cookie).slice('session=s:'.length).split('.')[0] ?? ''}`;
      const milliseconds = () => client.pttl(key);
      let left = await milliseconds();
      // Redis forgets it by itself.
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(3_000);
      await until(async () => {
        left = await milliseconds();
        if (left > 2_700) throw new Error('hardly any time has passed');
      });
      expect(await whoIs(app, cookie)).toBe('artist');
      // Every use begins its life anew.
      expect(await milliseconds()).toBeGreaterThan(left);
      await until(async () => {
        if ((await milliseconds()) !== NO_SUCH_KEY) throw new Error('still there');
      });
      expect(await whoIs(app, cookie)).toBeNull();
    } finally {
      client.disconnect();
    }
  });
});

describeWithRedis('a Redis of one’s own', () => {
  it('answers 503 soon when it hangs', async () => {
    const redis = await startOwnRedis();
    const client = new Redis(redis.url);
    try {
      const store = createRedisStore({
        url: redis.url,
        maxAgeSeconds: 60,
        now: () => new Date(),
        onError: () => undefined,
      });
      closing.push(store);
      await until(() => store.check());
      const cookie = cookieOf(await request(createApp(store)).get('/login/artist'));
      await client.client('PAUSE', 60_000);
      // Long before Redis goes on.
      expect((await request(createApp(store)).get('/').set('cookie', cookie)).status).toBe(503);
    } finally {
      for (const store of closing.splice(0)) await store.close();
      client.disconnect();
      await redis.remove();
    }
  });

  it('answers 503 at once while it is down, and goes on when it is back', async () => {
    const redis = await startOwnRedis();
    try {
      const errors: Error[] = [];
      const store = createRedisStore({
        url: redis.url,
        maxAgeSeconds: 60,
        now: () => new Date(),
        onError: (error) => errors.push(error),
      });
      closing.push(store);
      await until(() => store.check());
      const app = createApp(store);
      const cookie = cookieOf(await request(app).get('/login/artist'));
      await redis.stop();
      await until(() => (errors.length > 0 ? Promise.resolve() : Promise.reject(new Error('not noticed'))));

      const answer = await request(app).get('/').set('cookie', cookie);
      expect([answer.status, answer.body]).toEqual([503, { code: 'store_unavailable' }]);
      expect((await request(app).get('/login/artist')).status).toBe(503);
      await expect(store.check()).rejects.toMatchObject({ code: 'store_unavailable', status: 503 });
      expect((await request(app).get('/static')).status).toBe(200);

      await redis.restart();
      await until(() => store.check());
      expect(cookieOf(await request(app).get('/login/artist'))).not.toBe('');
    } finally {
      for (const store of closing.splice(0)) await store.close();
      await redis.remove();
    }
  });

  it('may be absent at the start: the server runs and says so', async () => {
    const redis = await startOwnRedis();
    try {
      await redis.stop();
      const store = createRedisStore({
        url: redis.url,
        maxAgeSeconds: 60,
        now: () => new Date(),
        onError: () => undefined,
      });
      closing.push(store);
      await expect(store.check()).rejects.toMatchObject({ code: 'store_unavailable' });
      await redis.restart();
      await until(() => store.check());
      expect((await request(createApp(store)).get('/login/artist')).status).toBe(200);
    } finally {
      for (const store of closing.splice(0)) await store.close();
      await redis.remove();
    }
  });
});
