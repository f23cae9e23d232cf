import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/database/open.ts';
import { SessionStoreUnavailableError } from '../../src/session/errors.ts';
import { createLoginAttempts } from '../../src/session/login-attempts.ts';
import type { CookieValues, LoginAttempts } from '../../src/session/login-attempts.ts';
import { randomSecret } from '../../src/session/secret.ts';
import { databases } from '../support/databases.ts';

describe.each(databases)('logins under way in $name', ({ open }) => {
  let database: Database;
  let attempts: LoginAttempts;
  let time: Date;

  beforeEach(async () => {
    database = await open();
    time = new Date('2026-05-01T12:00:00Z');
    attempts = createLoginAttempts({ db: database.db, now: () => time, secure: true });
  });

  const setOut = async (returnTo = '/launches/AbCdEfGhIjKlMnOpQrStUv') => {
    const attempt = { state: randomSecret(), nonce: randomSecret(), codeVerifier: randomSecret(), returnTo };
    const cookie = await attempts.create(attempt);
    return { attempt, cookie, cookies: { [cookie.name]: cookie.value, other: 'x' } };
  };

  it('come back once', async () => {
    const { attempt, cookies } = await setOut();
    expect(await attempts.take(attempt.state, cookies)).toEqual(attempt);
    expect(await attempts.take(attempt.state, cookies)).toBeUndefined();
  });

  it('come back once also when two callbacks race', async () => {
    const { attempt, cookies } = await setOut();
    const taken = await Promise.all(Array.from({ length: 8 }, () => attempts.take(attempt.state, cookies)));
    expect(taken.filter((one) => one !== undefined)).toEqual([attempt]);
  });

  it('of several tabs come back in any order, each to its own page', async () => {
    const tabs = await Promise.all(['/launches/a', '/launches/b', '/audit'].map((path) => setOut(path)));
    const cookies = Object.assign({}, ...tabs.map((tab) => tab.cookies)) as Record<string, string>;
    for (const { attempt } of tabs.reverse()) {
      expect((await attempts.take(attempt.state, cookies))?.returnTo).toBe(attempt.returnTo);
    }
  });

  it('of another browser are nobody’s, and stay with the one that began', async () => {
    const [mine, theirs] = [await setOut(), await setOut()];
    expect(await attempts.take(mine.attempt.state, {})).toBeUndefined();
    expect(await attempts.take(mine.attempt.state, theirs.cookies)).toBeUndefined();
    expect(await attempts.take(mine.attempt.state, { [mine.cookie.name]: theirs.cookie.value })).toBeUndefined();
    expect(await attempts.take(mine.attempt.state, Object.create(mine.cookies) as CookieValues)).toBeUndefined();
    expect(await attempts.take(mine.attempt.state, mine.cookies)).toEqual(mine.attempt);
  });

  it.each(['', 'x', '__proto__', '\u0000', 'x'.repeat(100_000)])(
    'with the state %j were never begun',
    async (state) => {
      const { cookies } = await setOut();
      expect(await attempts.take(state, { ...cookies, [attempts.cookieName(state)]: 'x' })).toBeUndefined();
    },
  );

  it('end after ten minutes, and are forgotten', async () => {
    const [one, other] = [await setOut(), await setOut()];
    time = new Date('2026-05-01T12:09:59Z');
    expect(await attempts.take(one.attempt.state, one.cookies)).toEqual(one.attempt);
    time = new Date('2026-05-01T12:10:00Z');
    expect(await attempts.take(other.attempt.state, other.cookies)).toBeUndefined();
    await setOut();
    time = new Date('2026-05-01T12:21:00Z');
    expect(await attempts.prune()).toBe(1);
    expect(await attempts.prune()).toBe(0);
  });

  it('have a cookie name that is bound to the host, short, and does not show the state', async () => {
    const { attempt, cookie } = await setOut();
    expect(cookie).toMatchObject({ name: attempts.cookieName(attempt.state), maxAgeSeconds: 600 });
    expect(cookie.name).toMatch(/^__Host-login\.[\w-]{12}$/);
    expect(attempt.state).not.toContain(cookie.name.slice(-12));
    const plain = createLoginAttempts({ db: database.db, now: () => time, secure: false });
    expect(plain.cookieName(attempt.state)).toBe(cookie.name.slice('__Host-'.length));
  });

  it('say that the store is away when the database is', async () => {
    const { attempt, cookies } = await setOut();
    await database.close();
    await expect(setOut()).rejects.toThrow(SessionStoreUnavailableError);
    await expect(attempts.take(attempt.state, cookies)).rejects.toThrow(SessionStoreUnavailableError);
    await expect(attempts.prune()).rejects.toThrow(SessionStoreUnavailableError);
  });
});
