/** Every earlier version of the tables, with data in it, becomes today's: nothing is lost and the guards hold. */
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { NO_HASH, sealRecord } from '../../src/audit/record.ts';
import { MIGRATIONS } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/open.ts';
import { databases } from '../support/databases.ts';

const versions = Object.keys(MIGRATIONS);

describe.each(databases)('the tables in $name', ({ create, open, dialect }) => {
  /** A database as an earlier release left it. */
  const atVersion = async (version: string) => {
    const url = await create();
    const database = await open(url, { migrate: false });
    const migrations = Object.fromEntries(Object.entries(MIGRATIONS).map(([name, make]) => [name, make(dialect)]));
    const migrator = new Migrator({
      db: database.db,
      provider: { getMigrations: () => Promise.resolve(migrations) },
    });
    const { error } = await migrator.migrateTo(version);
    expect(error).toBeUndefined();
    return { url, database };
  };

  /** What the first release wrote, by statements of its own time. */
  const fill = async (db: Kysely<object>) => {
    let head = { seq: 0, hash: NO_HASH };
    for (const n of [1, 2, 3]) {
      const record = sealRecord(loggedOut({ reference: `R${n}` }), head, new Date(n * 1000));
      await sql`insert into audit_records (seq, hash, line) values (${record.seq}, ${record.hash}, ${record.line})`.execute(
        db,
      );
      head = record;
    }
    await sql`update audit_head set seq = ${head.seq}, hash = ${head.hash}`.execute(db);
    await sql`insert into sessions (id, data, expires_at) values ('s', '{}', '2030-01-01T00:00:00Z')`.execute(db);
    await sql`insert into runs (id, launch_id, action_id, plan, actor, status, created_at)
      values ('r', 'l', 'approve', '{}', '{}', 'finished', '2026-01-01T00:00:00Z')`.execute(db);
    await sql`insert into run_changes (run_id, position, change, outcome) values ('r', 0, '{}', 'done')`.execute(db);
  };

  it.each(versions)('are brought up to date from %s with data in them', async (version) => {
    const { url, database } = await atVersion(version);
    await fill(database.db);
    await database.close();

    // Several replicas start at once, as after a roll-out.
    const replicas = await Promise.all([open(url, { migrate: true }), open(url, { migrate: true })]);
    const { db } = replicas[0];
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    expect(rows.map(({ name }) => name)).toEqual(versions);
    // Sessions from before they could be ended from outside end there.
    const sessions = version < '0013' ? 0 : 1;
    for (const [table, n] of [['sessions', sessions] as const, ['runs', 1] as const, ['run_changes', 1] as const]) {
      expect((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows).toEqual([
        { n },
      ]);
    }

    const log = createAuditLog({ database: replicas[1], now: () => new Date() });
    await log.append(loggedOut({ reference: 'R4' }));
    expect(await log.verify()).toMatchObject({ intact: true, size: 4 });
    for (const reference of ['R1', 'R4']) expect((await log.search({ reference })).records).toHaveLength(1);
    for (const statement of ["update audit_records set line = 'x'", 'delete from audit_records where seq = 1']) {
      await expect(sql.raw(statement).execute(db)).rejects.toThrow('append-only');
    }
    await log.close();
  });

  it('are left as they were when a migration fails half-way', async () => {
    const { url, database } = await atVersion(versions[0]!);
    await fill(database.db);
    // In the way of a later migration.
    await sql`create table audit_sinks (mine text)`.execute(database.db);
    await database.close();
    await expect(openDatabase(url)).rejects.toMatchObject({ code: 'store_unavailable' });
    const { db } = await open(url, { migrate: false });
    expect((await sql`select name from kysely_migration`.execute(db)).rows).toEqual([{ name: versions[0] }]);
    expect((await sql<{ n: number }>`select count(*) as n from audit_records`.execute(db)).rows).toEqual([{ n: 3 }]);
    await sql`drop table audit_sinks`.execute(db);
    await open(url, { migrate: true });
  });
});
