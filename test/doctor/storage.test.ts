import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { readSigningKey, signCheckpoint } from '../../src/audit/checkpoint.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { auditChecks } from '../../src/doctor/audit-checks.ts';
import { storageChecks } from '../../src/doctor/storage-checks.ts';
import { newKey } from '../audit/logs.ts';
import { databases } from '../support/databases.ts';
import { describeWithRedis, freshRedisUrl } from '../support/redis.ts';
import { startOwnRedis } from '../support/redis-server.ts';
import { find } from './looking.ts';

const GIB = 1024 ** 3;

describe.each(databases)('the database, on $name', ({ open, create, dialect, name }) => {
  /** A log of three records, and the checks of it. */
  const withLog = async () => {
    const database = await open();
    const log = createAuditLog({ database, now: () => new Date() });
    await log.append([1, 2, 3].map((n) => loggedOut({ reference: `${n}` })));
    const env = { DATABASE_URL: database.url };
    // The checks close what they are given.
    const again = () => openDatabase(database.url, { migrate: false });
    const look = (id: string, more: { env?: Record<string, string>; now?: Date } = {}) =>
      find(id, id === 'database' ? storageChecks : auditChecks, {
        ...more,
        env: { ...env, ...more.env },
        database: again,
      });
    return { database, look };
  };
  const tamper = async ({ db }: Database) => {
    const trigger = dialect === 'sqlite' ? 'audit_records_no_update' : 'audit_records_append_only on audit_records';
    await sql.raw(`drop trigger ${trigger}`).execute(db);
    await sql`update audit_records set line = replace(line, 'logout', 'login') where seq = 2`.execute(db);
  };

  it('is well when a record could be written and the end of the log fits', async () => {
    const { look } = await withLog();
    expect(await look('database')).toMatchObject({
      level: 'ok',
      saw: `${name} answers, and a record could be written now.`,
    });
    expect(await look('audit_tail')).toMatchObject({ level: 'ok', saw: 'All 3 records fit.' });
  });

  it('that is not there yet is no fault', async () => {
    const env = { DATABASE_URL: await create() };
    for (const [id, checks] of [
      ['database', storageChecks],
      ['audit_tail', auditChecks],
    ] as const) {
      expect(await find(id, checks, { env })).toMatchObject({ level: 'skipped', saw: expect.stringContaining('yet') });
    }
  });

  it('that cannot be opened is a failure, without its address or password', async () => {
    const url = dialect === 'sqlite' ? await create() : 'postgres://someone:hunter2hunter2@127.0.0.1:1/log';
    if (dialect === 'sqlite') await writeFile(url.slice('file:'.length), 'this is no database, however long it may be');
    const found = await find('database', storageChecks, {
      env: { DATABASE_URL: url },
      database: () => openDatabase(url, { migrate: false }),
    });
    expect(found).toEqual({
      level: 'failure',
      saw: `The ${name} database of DATABASE_URL cannot be used: ${dialect === 'sqlite' ? 'SQLITE_NOTADB' : 'ECONNREFUSED'}.`,
      remedy: expect.stringContaining(
        dialect === 'sqlite' ? 'See that the path is right' : 'See that the server at that',
      ),
    });
  });

  it('that takes no record is a failure', async () => {
    const { database, look } = await withLog();
    await sql`drop table audit_head`.execute(database.db);
    expect(await look('database')).toEqual({
      level: 'failure',
      saw: expect.stringContaining(`No record can be written into the ${name} database, so every click is refused`),
      remedy: expect.stringContaining('start the server once if it is newer than the database'),
    });
  });

  it('whose log was edited near its end is a failure', async () => {
    const { database, look } = await withLog();
    await tamper(database);
    expect(await look('audit_tail')).toEqual({
      level: 'failure',
      saw: 'The chain is broken at record 2 (edited).',
      remedy: 'Keep a copy of the database as it is, run "understudy audit verify", and tell your auditors.',
    });
  });

  it('whose head is not where its records end is a failure', async () => {
    const { database, look } = await withLog();
    await sql`update audit_head set seq = 4`.execute(database.db);
    expect(await look('audit_tail')).toMatchObject({ saw: 'The chain is broken at record 4 (missing).' });
    await sql`update audit_head set seq = 3, hash = ${'0'.repeat(64)}`.execute(database.db);
    expect(await look('audit_tail')).toMatchObject({ saw: 'The chain is broken at record 3 (head).' });
  });

  describe('checkpoints', () => {
    const signed = async (size: number, time: Date) => {
      const { database, look } = await withLog();
      const { privatePem } = newKey();
      const { hash } = await database.db
        .$extendTables<AuditTables>()
        .selectFrom('audit_records')
        .select('hash')
        .where('seq', '=', size)
        .executeTakeFirstOrThrow();
      const { keyId, ...checkpoint } = signCheckpoint({ seq: size, hash }, time, readSigningKey(privatePem));
      const row = { ...checkpoint, key_id: keyId };
      await database.db.$extendTables<AuditTables>().insertInto('audit_checkpoints').values(row).execute();
      const withKeys = (keys: string, now?: Date) =>
        look('checkpoint', { env: { AUDIT_CHECKPOINT_KEYS: keys }, ...(now === undefined ? {} : { now }) });
      return { database, privatePem, withKeys };
    };
    const at = new Date('2026-01-02T03:04:05.000Z');
    const after = (minutes: number) => new Date(at.getTime() + minutes * 60_000);

    it('are well while the last one is young, or covers everything', async () => {
      const { privatePem, withKeys } = await signed(2, at);
      expect(await withKeys(privatePem, after(15))).toMatchObject({
        level: 'ok',
        saw: 'The last one, at 2026-01-02T03:04:05.000Z, covers record 2 of 3.',
      });
    });

    it('that have stopped are missed', async () => {
      const { privatePem, withKeys } = await signed(2, at);
      expect(await withKeys(privatePem, after(25))).toEqual({
        level: 'warning',
        saw: 'The last checkpoint, at 2026-01-02T03:04:05.000Z, leaves 1 records uncovered.',
        remedy: 'See that a server runs with these keys, and what its log says of checkpoints.',
      });
    });

    it('of a key that is not configured, or changed afterwards, are told apart', async () => {
      const { database, privatePem, withKeys } = await signed(3, at);
      expect(await withKeys(newKey().privatePem, at)).toMatchObject({
        level: 'warning',
        saw: expect.stringMatching(/is signed with key [0-9a-f]{16}, which is not among AUDIT_CHECKPOINT_KEYS\.$/),
      });
      expect(await withKeys(`${newKey().privatePem}${privatePem}`, at)).toMatchObject({ level: 'ok' });
      const trigger = dialect === 'sqlite' ? 'audit_checkpoints_no_update' : 'audit_checkpoints_append_only';
      await sql
        .raw(`drop trigger ${trigger}${dialect === 'sqlite' ? '' : ' on audit_checkpoints'}`)
        .execute(database.db);
      await sql`update audit_checkpoints set time = '2026-01-02T03:04:06.000Z'`.execute(database.db);
      expect(await withKeys(privatePem, at)).toMatchObject({
        level: 'failure',
        saw: 'The last checkpoint, of record 3, is not what was signed.',
      });
    });

    it('that were never made are missed, with keys and without', async () => {
      const { look } = await withLog();
      expect(await look('checkpoint', { env: { AUDIT_CHECKPOINT_KEYS: newKey().privatePem } })).toMatchObject({
        level: 'warning',
        saw: 'None of 3 records is covered by a checkpoint yet.',
      });
      expect(await look('checkpoint')).toMatchObject({
        level: 'warning',
        remedy: expect.stringContaining('understudy audit keygen'),
      });
    });
  });
});

describe('room on the disk', () => {
  it.each([
    [GIB * 50.5, 'ok', '50 GiB are free.'],
    [GIB * 0.5, 'warning', 'Only 512 MiB are free.'],
    [GIB / 100, 'failure', 'Only 10 MiB are free.'],
  ])('%i bytes: %s', async (freeBytes, level, saw) => {
    const remedy = level === 'ok' ? undefined : expect.stringContaining('understudy audit archive');
    expect(await find('disk', storageChecks, { freeBytes })).toEqual({ level, saw, remedy });
  });

  it('is PostgreSQL’s own business', async () => {
    const env = { DATABASE_URL: 'postgres://somewhere/log' };
    expect(await find('disk', storageChecks, { env })).toMatchObject({ level: 'skipped' });
  });
});

describeWithRedis('Redis', () => {
  it('that answers is well', async () => {
    const found = await find('redis', storageChecks, { env: { REDIS_URL: await freshRedisUrl() } });
    expect(found).toEqual({ level: 'ok', saw: 'Redis answers.', remedy: undefined });
  });

  it('that has gone is a failure, without its address', async () => {
    const redis = await startOwnRedis();
    await redis.stop();
    try {
      const found = await find('redis', storageChecks, { env: { REDIS_URL: redis.url } });
      expect(found).toEqual({
        level: 'failure',
        saw: 'Redis does not answer (ECONNREFUSED): nobody can sign in, and runs wait.',
        remedy:
          'See that it runs, that this machine may reach the address in REDIS_URL, and that user and password are right.',
      });
    } finally {
      await redis.remove();
    }
  });
});
