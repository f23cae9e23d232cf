import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { DatabaseUnavailableError } from '../../src/database/errors.ts';
import { openDatabase } from '../../src/database/open.ts';
import { databases } from '../support/databases.ts';
import { PYTHON } from '../support/python.ts';

type SessionTable = { sessions: { id: string; data: string; expires_at: string } };

const session = (id: string) => ({ id, data: '{}', expires_at: '2026-01-01T00:00:00Z' });
const pathOf = (url: string) => url.slice('file:'.length);

describe.each(databases)('a database in $name', ({ open, create, dialect }) => {
  it('answers, and knows the tables that its user names', async () => {
    const database = await open();
    expect(database.dialect).toBe(dialect);
    await database.check();
    const db = database.db.$extendTables<SessionTable>();
    await db.insertInto('sessions').values(session('a')).execute();
    expect(await db.selectFrom('sessions').select('id').execute()).toEqual([{ id: 'a' }]);
  });

  it('keeps what it was given when it is opened again', async () => {
    const first = await open();
    await first.db.$extendTables<SessionTable>().insertInto('sessions').values(session('a')).execute();
    await first.close();
    const second = await open(first.url, { migrate: true });
    const kept = await second.db.$extendTables<SessionTable>().selectFrom('sessions').select('id').execute();
    expect(kept).toEqual([{ id: 'a' }]);
  });

  it('is brought up to date once when several replicas start together', async () => {
    const url = await create();
    const replicas = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    for (const replica of replicas) await replica.check();
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(replicas[0]!.db);
    expect(rows.filter(({ name }) => name === '0001-first-light')).toHaveLength(1);
  });

  it('lets writers of one database wait for each other', async () => {
    const one = await open();
    const two = await open(one.url);
    await Promise.all(
      [one, two].map(async ({ db }, index) => {
        for (let round = 0; round < 20; round += 1) {
          await db.transaction().execute(async (transaction) => {
            const sessions = transaction.$extendTables<SessionTable>();
            await sessions.selectFrom('sessions').selectAll().execute();
            await sessions
              .insertInto('sessions')
              .values(session(`${index}-${round}`))
              .execute();
          });
        }
      }),
    );
    const { rows } = await sql<{ n: number }>`select count(*) as n from sessions`.execute(one.db);
    expect(rows).toEqual([{ n: 40 }]);
  });

  it('gives numbers beyond 32 bits as numbers', async () => {
    const { db } = await open();
    await sql`update audit_indexed set seq = ${2 ** 40}`.execute(db);
    expect((await sql`select seq from audit_indexed`.execute(db)).rows).toEqual([{ seq: 2 ** 40 }]);
  });

  it('refuses every write when it is opened for reading', async () => {
    const { url } = await open();
    const { db } = await open(url, { readonly: true });
    await expect(
      db.$extendTables<SessionTable>().insertInto('sessions').values(session('a')).execute(),
    ).rejects.toThrow();
    expect((await sql`select id from sessions`.execute(db)).rows).toEqual([]);
  });

  it('is not opened by a server older than its tables', async () => {
    const { db, url } = await open();
    await sql`insert into kysely_migration values ('9999-from-the-future', '2030-01-01T00:00:00Z')`.execute(db);
    await expect(openDatabase(url)).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });

  describe('holding audit records', () => {
    const withRecord = async () => {
      const { db } = await open();
      await sql`insert into audit_records (seq, hash, line) values (1, 'h', 'l')`.execute(db);
      return db;
    };

    const attempts = [
      "update audit_records set line = 'x'",
      "update audit_records set line = 'x' where seq = 1",
      'update audit_records set seq = 2',
      'delete from audit_records',
      'delete from audit_records where seq = 1',
      "insert into audit_records (seq, hash, line) values (1, 'h', 'x')",
      "insert into audit_records (seq, hash, line) values (1, 'h', 'x') on conflict (seq) do update set line = 'x'",
      ...(dialect === 'sqlite'
        ? [
            "insert or replace into audit_records (seq, hash, line) values (1, 'h', 'x')",
            "replace into audit_records values (1, 'h', 'x')",
          ]
        : ['truncate audit_records']),
    ];

    it.each(attempts)('refuses: %s', async (statement) => {
      const db = await withRecord();
      await expect(sql.raw(statement).execute(db)).rejects.toThrow();
      expect((await sql`select * from audit_records`.execute(db)).rows).toEqual([{ seq: 1, hash: 'h', line: 'l' }]);
    });
  });
});

describe('a database in SQLite', () => {
  const sqlite = databases[0]!;

  it('is a file that only our own account can read, in a folder made for it', async () => {
    const url = join(await sqlite.create(), '..', 'new', 'deeper', 'x.db');
    const database = await sqlite.open(url);
    await sql`insert into audit_indexed values (1, 1) on conflict do nothing`.execute(database.db);
    for (const suffix of ['', '-wal', '-shm']) expect((await stat(pathOf(url) + suffix)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(pathOf(url)))).mode & 0o777).toBe(0o700);
  });

  it('puts every commit on the disk before it is reported', async () => {
    const { db } = await sqlite.open();
    expect((await sql`pragma journal_mode`.execute(db)).rows).toEqual([{ journal_mode: 'wal' }]);
    expect((await sql`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous: 2 }]);
    expect((await sql`pragma foreign_keys`.execute(db)).rows).toEqual([{ foreign_keys: 1 }]);
  });

  it('does not change who may read a file that is there already', async () => {
    const { url, close } = await sqlite.open();
    await close();
    await chmod(pathOf(url), 0o640);
    await sqlite.open(url);
    expect((await stat(pathOf(url))).mode & 0o777).toBe(0o640);
  });

  it('keeps other processes from taking its log of commits away, also when it is opened once more', async () => {
    const { url } = await sqlite.open();
    await sqlite.open(url);
    const { stdout } = spawnSync(PYTHON ?? 'python3', ['-c', CLOSING, pathOf(url)], { encoding: 'utf8' });
    expect(stdout).toBe('somebody is there');
  });

  it('waits while another process puts the log of commits in order that one left behind when it was killed', async () => {
    const { db, url } = await sqlite.open();
    await sql`insert into audit_indexed values (1, 1) on conflict do nothing`.execute(db);
    const other = spawn(PYTHON ?? 'python3', ['-c', RECOVERING, pathOf(url)], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(other.stdout, 'data');
      const impatient = new BetterSqlite(pathOf(url), { timeout: 0 });
      expect(() => impatient.pragma('user_version')).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY_RECOVERY' }));
      const asked = sql`select id from sessions`.execute(db);
      other.stdin.write('go\n');
      expect((await asked).rows).toEqual([]);
      impatient.close();
    } finally {
      other.kill('SIGKILL');
    }
  });
});

/** What SQLite asks when it closes a database: whether nobody else has it open, so that its log of commits may go. */
const CLOSING = `
import fcntl, sys
SHARED_FIRST, SHARED_SIZE = 0x40000002, 510
with open(sys.argv[1], 'r+b') as database:
    try:
        fcntl.lockf(database, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_SIZE, SHARED_FIRST)
        print('nobody is there', end='')
    except OSError:
        print('somebody is there', end='')
`;

/** Holds what SQLite holds then, over an index that a killed process left half written, until it is told to go. */
const RECOVERING = `
import fcntl, sys
WRITE_LOCK, RECOVER_LOCK, CHANGES = 120, 122, 8
index = open(sys.argv[1] + '-shm', 'r+b', buffering=0)
for lock in WRITE_LOCK, RECOVER_LOCK:
    fcntl.lockf(index, fcntl.LOCK_EX, 1, lock)
index.seek(CHANGES)
index.write(b'half')
print('held', flush=True)
sys.stdin.readline()
`;

describe('a database that cannot be opened', () => {
  it.each([
    ['another kind of database', 'mysql://u:hunter2@localhost/x'],
    ['nothing', ''],
    ['a folder instead of a file', 'file:/tmp'],
    ['no server behind the port', 'postgres://u:hunter2@127.0.0.1:1/x'],
    ['an address that is none', 'postgres://u:hunter2@:x:y/'],
  ])('is said to be unavailable, without its password: %s', async (_, url) => {
    const error: unknown = await openDatabase(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(error).toMatchObject({ code: 'store_unavailable', status: 503 });
    expect(String(error)).not.toContain('hunter2');
  });
});
