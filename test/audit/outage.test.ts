import { rename, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { AuditUnavailableError } from '../../src/audit/errors.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { AuditLog } from '../../src/audit/log.ts';
import { databases } from '../support/databases.ts';
import { hasPostgres, startOwnPostgres } from '../support/postgres.ts';
import type { Postgres } from '../support/postgres.ts';

const event = (reference: string) => loggedOut({ reference });
const now = () => new Date();

/** Neither appending nor the health check pretends, and both recover without a restart. */
async function expectOutage(log: AuditLog): Promise<void> {
  await expect(log.append(event('lost'))).rejects.toBeInstanceOf(AuditUnavailableError);
  await expect(log.check()).rejects.toBeInstanceOf(AuditUnavailableError);
}

async function expectRecovered(log: AuditLog, size: number): Promise<void> {
  await log.check();
  await log.append(event('after'));
  expect(await log.verify()).toMatchObject({ intact: true, size });
  expect((await log.search({ reference: 'lost' })).records).toEqual([]);
}

describe('the audit log in SQLite', () => {
  const sqlite = databases[0]!;

  it('waits for another process that writes, without stopping this one', async () => {
    const database = await sqlite.open();
    const log = createAuditLog({ database, now });
    const other = new BetterSqlite(database.url.slice('file:'.length));
    other.exec('begin immediate');
    let settled = false;
    const appended = log.append(event('waits')).finally(() => (settled = true));
    // Timers keep running meanwhile.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(settled).toBe(false);
    other.exec('commit');
    other.close();
    expect(await appended).toHaveLength(1);
  });

  it('is unavailable while another process does not let go, and recovers', async () => {
    const { url } = await sqlite.open();
    const log = createAuditLog({ database: await sqlite.open(url, { busyTimeoutMs: 30 }), now });
    await log.append(event('before'));
    const other = new BetterSqlite(url.slice('file:'.length));
    other.exec('begin immediate');
    await expectOutage(log);
    other.exec('rollback');
    other.close();
    await expectRecovered(log, 2);
  });

  it('is unavailable while the disk is full, and recovers', async () => {
    const database = await sqlite.open();
    const log = createAuditLog({ database, now });
    await log.append(event('before'));
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
    await sql`pragma max_page_count = ${sql.lit(rows[0]!.page_count)}`.execute(database.db);
    const big = { digest: 'x'.repeat(900) };
    const many = Array.from({ length: 50 }, () => loggedOut({ reference: 'lost', requestId: big.digest }));
    await expect(log.append(many)).rejects.toBeInstanceOf(AuditUnavailableError);
    await sql`pragma max_page_count = 1000000`.execute(database.db);
    await expectRecovered(log, 2);
  });

  it('is unavailable when it may only be read, and can still be read', async () => {
    const writable = await sqlite.open();
    await createAuditLog({ database: writable, now }).append(event('before'));
    const log = createAuditLog({ database: await sqlite.open(writable.url, { readonly: true }), now });
    await expectOutage(log);
    expect(await log.read(1)).toMatchObject({ content: { reference: 'before' } });
    expect(await log.verify()).toMatchObject({ intact: true, size: 1 });
  });

  it.each(['', '-wal'])('is unavailable when its file%s is deleted or replaced under it', async (suffix) => {
    const database = await sqlite.open();
    const path = `${database.url.slice('file:'.length)}${suffix}`;
    const log = createAuditLog({ database, now });
    await log.append(event('before'));
    // SQLite would go on writing into a file that has no name any more.
    await rename(path, `${path}.away`);
    await expectOutage(log);
    await writeFile(path, '');
    await expectOutage(log);
    await rename(`${path}.away`, path);
    await expectRecovered(log, 2);
  });

  it('fails everybody who waits, and not only the first, when the database is closed', async () => {
    const database = await sqlite.open();
    const log = createAuditLog({ database, now });
    await database.close();
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => log.append(event(name))));
    for (const result of results) expect(result).toMatchObject({ reason: expect.any(AuditUnavailableError) });
    await expect(log.search({})).rejects.toBeInstanceOf(AuditUnavailableError);
    await expect(log.verify()).rejects.toBeInstanceOf(AuditUnavailableError);
  });
});

(hasPostgres() ? describe : describe.skip)('the audit log in PostgreSQL', () => {
  let postgres: Postgres;
  beforeEach(async () => {
    postgres = await startOwnPostgres();
  });
  afterEach(() => postgres.stop());

  const open = databases.at(-1)!.open;

  it('is unavailable while the server is down, loses nothing, and recovers', async () => {
    const log = createAuditLog({ database: await open(postgres.url(), { migrate: true }), now });
    await log.append(event('before'));
    await postgres.crash();
    await expectOutage(log);
    await expect(log.search({})).rejects.toBeInstanceOf(AuditUnavailableError);
    await postgres.restart();
    await expectRecovered(log, 2);
  });

  it('keeps one chain when the server crashes in the middle of a burst', async () => {
    const log = createAuditLog({ database: await open(postgres.url(), { migrate: true }), now });
    await log.append(event('before'));
    const burst = Array.from({ length: 400 }, (_, n) => log.append(event(`burst-${n}`)).then(() => `burst-${n}`));
    const outcomes = Promise.allSettled(burst);
    await postgres.crash();
    const acknowledged = (await outcomes).flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await postgres.restart();
    for (const reference of acknowledged) {
      expect((await log.search({ reference })).records).toHaveLength(1);
    }
    expect(await log.verify()).toMatchObject({ intact: true });
  });

  it('is unavailable on a server that may only be read', async () => {
    const database = await open(postgres.url(), { migrate: true });
    await createAuditLog({ database, now }).append(event('before'));
    const log = createAuditLog({ database: await open(postgres.url(), { readonly: true }), now });
    await expectOutage(log);
    expect(await log.verify()).toMatchObject({ intact: true, size: 1 });
  });
});
