import { beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '../../src/database/open.ts';
import { createPasswordAttempts, type PasswordAttempts } from '../../src/session/password-attempts.ts';
import { databases } from '../support/databases.ts';

const MINUTE = 60_000;

describe.each(databases)('passwords that are tried, in $name', ({ open }) => {
  let database: Database;
  let attempts: PasswordAttempts;
  let time: number;

  beforeEach(async () => {
    database = await open();
    time = Date.parse('2026-05-01T12:00:00Z');
    attempts = createPasswordAttempts({ db: database.db, now: () => new Date(time), secrets: ['s'.repeat(32)] });
  });
  const take = (login: string, address = '192.0.2.1') => attempts.take({ login, address });

  it('are refused from the fifth on, whatever the address, and let through when the quarter of an hour is over', async () => {
    for (const n of [1, 2, 3, 4]) expect(await take('artist', `192.0.2.${n}`)).toMatchObject({ is: 'taken' });
    time += MINUTE;
    expect(await take('artist', '198.51.100.7')).toEqual({ is: 'refused', per: 'person', retryAfterSeconds: 14 * 60 });
    expect(await take('manager')).toMatchObject({ is: 'taken' });
    time += 14 * MINUTE;
    expect(await take('artist')).toMatchObject({ is: 'taken' });
  });

  it('are refused to an address after sixty, whatever the login', async () => {
    for (let n = 0; n < 60; n += 1) expect(await take(`login ${n}`)).toMatchObject({ is: 'taken' });
    expect(await take('login 60')).toMatchObject({ is: 'refused', per: 'address' });
    expect(await take('login 60', '198.51.100.7')).toMatchObject({ is: 'taken' });
  });

  it('count no more once given back, and a refusal counts for nothing', async () => {
    for (let n = 0; n < 10; n += 1) {
      const attempt = await take('artist');
      expect(attempt.is).toBe('taken');
      if (attempt.is === 'taken') await attempt.giveBack();
    }
    for (let n = 0; n < 10; n += 1) await take('manager');
    time += 15 * MINUTE;
    expect(await take('manager')).toMatchObject({ is: 'taken' });
  });

  it('are not let through in greater number by being sent at once, or to another server', async () => {
    const other = createPasswordAttempts({ db: database.db, now: () => new Date(time), secrets: ['s'.repeat(32)] });
    const by = { login: 'artist', address: '192.0.2.1' };
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? attempts : other).take(by)));
    expect(all.filter(({ is }) => is === 'taken').length).toBeLessThanOrEqual(4);
  });

  it('are kept without login and address, and forgotten when they are over', async () => {
    await take('artist');
    const rows = await sql`select * from password_attempts`.execute(database.db);
    expect(rows.rows).toHaveLength(2);
    expect(JSON.stringify(rows.rows)).not.toMatch(/artist|192\.0/);
    expect(await attempts.prune()).toBe(0);
    time += 16 * MINUTE;
    expect(await attempts.prune()).toBe(2);
  });
});
