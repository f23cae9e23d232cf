/** Old records move into a file, and neither the file nor what stays behind can be made to lie. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { archiveRecords } from '../../src/audit/archive.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { verifyLogFiles } from '../../src/audit/read-log-file.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import type { Database } from '../../src/database/open.ts';
import { databases } from '../support/databases.ts';
import { newKey } from './logs.ts';

const key = newKey();
const day = (n: number) => new Date(Date.UTC(2026, 0, n));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-archive-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(databases)('an archive of a log in $name', ({ open, dialect }) => {
  /** One record a day from 1 January on. */
  const startLog = async (days: number) => {
    const database = await open();
    let now = day(1);
    const log = createAuditLog({ database, now: () => now });
    for (let n = 1; n <= days; n += 1) {
      now = day(n);
      await log.append(loggedOut({ reference: `R${n}` }));
    }
    const db = database.db.$extendTables<AuditTables>();
    const path = (name: string) => join(folder, name);
    const archive = (before: Date, name: string, withKey = true) =>
      archiveRecords(
        { db, log, now: () => now, key: withKey ? key.signing : undefined },
        { before, path: path(name), operator: 'root' },
      );
    return { database, db, log, archive, path };
  };
  const run = async ({ db }: Database, ...statements: string[]) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  const unguard = (database: Database) =>
    run(
      database,
      ...(dialect === 'sqlite'
        ? ['audit_records_no_update', 'audit_records_no_delete', 'audit_archives_no_update', 'audit_archives_no_delete']
        : [
            'audit_records_append_only on audit_records',
            'audit_records_no_delete on audit_records',
            'audit_archives_append_only on audit_archives',
          ]
      ).map((trigger) => `drop trigger ${trigger}`),
    );
  const sizeOf = async ({ db }: Database) =>
    (await sql<{ n: number }>`select count(*) as n from audit_records`.execute(db)).rows[0]?.n;

  it('takes what is older, leaves what is not, and the chain verifies across it', async () => {
    const { log, archive, database, path } = await startLog(10);
    expect((await log.search({ reference: 'R2' })).records).toHaveLength(1);
    const archived = await archive(day(7), 'old.log.gz');
    expect(archived).toMatchObject({ firstSeq: 1, lastSeq: 6 });
    expect(await sizeOf(database)).toBe(5);
    expect(await log.verify()).toMatchObject({ intact: true, size: 11, after: 6 });
    expect(await log.read(6)).toBeUndefined();
    expect((await log.search({ reference: 'R2' })).records).toEqual([]);
    expect((await log.search({ reference: 'R8' })).records).toHaveLength(1);
    expect((await log.read(11))?.content).toMatchObject({
      type: 'audit.archived',
      details: { ...archived, operator: 'root' },
    });

    const file = path('old.log.gz');
    const keys = key.keys;
    expect(await verifyLogFiles([file], { checkpoints: [], keys })).toEqual({
      intact: true,
      size: 6,
      head: archived.head,
      signedUpTo: 6,
    });
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(archived.fileSha256);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['old.log.gz']);
    await log.append(loggedOut({ reference: 'later' }));
    expect(await log.verify()).toMatchObject({ intact: true, size: 12 });
  });

  it('is continued by the next, and the files by each other', async () => {
    const { log, archive, path } = await startLog(9);
    await archive(day(4), 'one.gz');
    const second = await archive(day(8), 'two.zst', false);
    expect(second).toMatchObject({ firstSeq: 4, lastSeq: 7 });
    expect(await log.verify()).toMatchObject({ intact: true, size: 11, after: 7 });
    const files = [path('one.gz'), path('two.zst')];
    expect(await verifyLogFiles(files, { checkpoints: [], keys: undefined })).toEqual({
      intact: true,
      size: 7,
      head: second.head,
    });
    // Everything, to the last record, which says that the first archive was made.
    await archive(new Date('2030-01-01'), 'three.gz');
    expect(await log.verify()).toMatchObject({ intact: true, size: 12, after: 11 });
  });

  it('refuses what is not that old, and a file that is there already', async () => {
    const { log, archive, database, path } = await startLog(3);
    await expect(archive(day(1), 'old')).rejects.toThrow('there is no record that old');
    writeFileSync(path('taken'), 'mine');
    await expect(archive(day(3), 'taken')).rejects.toThrow('cannot be made');
    expect(readFileSync(path('taken'), 'utf8')).toBe('mine');
    await expect(archive(day(3), join('no', 'folder'))).rejects.toThrow('ENOENT');
    expect(await sizeOf(database)).toBe(3);
    expect(await log.verify()).toMatchObject({ intact: true, size: 3 });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('refuses a log that is broken, and lets nothing of it go', async () => {
    const { archive, database } = await startLog(5);
    await unguard(database);
    await run(database, "update audit_records set line = replace(line, 'R2', 'R9') where seq = 2");
    await expect(archive(day(5), 'old')).rejects.toMatchObject({ broken: { brokenAt: 2, reason: 'edited' } });
    expect(await sizeOf(database)).toBe(5);
    expect(await readdir(folder)).toEqual([]);
  });

  it('waits for the second sink', async () => {
    const { archive, database } = await startLog(5);
    await run(database, "insert into audit_sinks values ('url:abc', 2, 'a', '2026-01-01')");
    await expect(archive(day(5), 'old')).rejects.toThrow('url:abc has got only to record 2');
    await run(database, 'update audit_sinks set seq = 4');
    await archive(day(5), 'old');
  });

  it('keeps everything when the log cannot say so', async () => {
    const { archive, database, log, path } = await startLog(4);
    await run(
      database,
      dialect === 'sqlite'
        ? "create trigger full before insert on audit_records begin select raise(abort, 'disk full'); end"
        : 'create rule full_disk as on insert to audit_records do instead nothing',
    );
    await expect(archive(day(4), 'old')).rejects.toThrow();
    expect(await sizeOf(database)).toBe(4);
    expect(existsSync(path('old'))).toBe(true);
    await run(database, dialect === 'sqlite' ? 'drop trigger full' : 'drop rule full_disk on audit_records');
    expect(await log.verify()).toMatchObject({ intact: true, size: 4 });
  });

  it.each([
    'delete from audit_records',
    'delete from audit_records where seq = 5',
    'delete from audit_archives',
    'update audit_archives set last_seq = 6',
    "insert into audit_archives (first_seq, last_seq, head, file_sha256, sealed_by) select 4, 5, hash, 'x', 7 from audit_records where seq = 5",
    "insert into audit_archives (first_seq, last_seq, head, file_sha256, sealed_by) select 4, 5, hash, 'x', 9 from audit_records where seq = 5",
    "insert into audit_archives (first_seq, last_seq, head, file_sha256, sealed_by) values (4, 6, 'x', 'x', 7)",
    'insert into audit_archives select 6, first_seq, head, file_sha256, sealed_by from audit_archives',
  ])('opens no other way to delete: %s', async (statement) => {
    const { archive, database, log } = await startLog(6);
    await archive(day(4), 'old');
    await expect(run(database, statement)).rejects.toThrow();
    await expect(run(database, 'delete from audit_records where seq > 3')).rejects.toThrow('append-only');
    expect(await log.verify()).toMatchObject({ intact: true, size: 7, after: 3 });
  });

  it.each([
    ['the stub says less', "update audit_archives set file_sha256 = 'x'", 3, 'stub'],
    ['the stub is gone', 'delete from audit_archives', 1, 'missing'],
    ['the stub names another end', "update audit_archives set head = 'x'", 4, 'edited'],
    [
      'the stub covers more',
      'update audit_archives set last_seq = 4; delete from audit_records where seq = 4',
      5,
      'edited',
    ],
    ['an archived record is back', "insert into audit_records (seq, hash, line) values (2, 'x', 'x')", 2, 'inserted'],
    ['the first record behind it is gone', 'delete from audit_records where seq = 4', 4, 'missing'],
  ])('is found out when %s', async (_, statements, brokenAt, reason) => {
    const { archive, database, log } = await startLog(6);
    await archive(day(4), 'old');
    await unguard(database);
    await run(database, ...statements.split('; '));
    expect(await log.verify()).toEqual({ intact: false, brokenAt, reason });
  });
});
