/** On PostgreSQL the log's own role needs no right to change or delete a record, and the README says which it needs. */
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { createSink } from '../../src/audit/sink.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import { databases } from '../support/databases.ts';
import { until } from '../support/until.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const GRANTS = /```sql\n(grant .*?)```/s.exec(README)?.[1] ?? '';

describe.each(databases.filter(({ dialect }) => dialect === 'postgres'))(
  'a role of few rights in $name',
  ({ open }) => {
    const openAsServer = async () => {
      const owner = await open();
      const role = `server_${randomBytes(6).toString('hex')}`;
      await sql.raw(`create role ${role} login password 'secret'`).execute(owner.db);
      for (const statement of GRANTS.replaceAll('understudy_server', role)
        .split(';')
        .filter((text) => text.trim() !== '')) {
        await sql.raw(statement).execute(owner.db);
      }
      const url = new URL(owner.url);
      url.username = role;
      url.password = 'secret';
      const server = await open(url.href, { migrate: true });
      return { owner, role, server };
    };

    it('can do everything that the server does with the log', async () => {
      const { owner, role, server } = await openAsServer();
      const log = createAuditLog({ database: server, now: () => new Date() });
      await log.append([loggedOut({ reference: 'R1' }), loggedOut({ reference: 'R2' })]);
      await log.check();
      expect(await log.verify()).toMatchObject({ intact: true, size: 2 });
      expect((await log.search({ reference: 'R2' })).records).toHaveLength(1);
      const sink = createSink({
        db: server.db.$extendTables<AuditTables>(),
        target: { name: 'test', write: () => Promise.resolve() },
        owner: role,
        now: () => new Date(),
        onTrouble: () => undefined,
      });
      await until(() => sink.status().forwardedUpTo === 2);
      await sink.close();
      await log.close();
      await server.close();
      await sql.raw(`drop owned by ${role}`).execute(owner.db);
      await sql.raw(`drop role ${role}`).execute(owner.db);
    });

    it('cannot touch a record, even with the triggers gone', async () => {
      const { owner, role, server } = await openAsServer();
      const log = createAuditLog({ database: server, now: () => new Date() });
      await log.append(loggedOut({ reference: 'R1' }));
      await log.close();
      for (const trigger of ['append_only', 'no_delete']) {
        await sql.raw(`drop trigger audit_records_${trigger} on audit_records`).execute(owner.db);
      }
      for (const statement of [
        "update audit_records set line = 'x'",
        'delete from audit_records',
        'truncate audit_records',
        'drop table audit_records',
        'alter table audit_records disable trigger all',
        'delete from audit_checkpoints',
        'insert into audit_archives values (1, 1, 1, 1, 1)',
      ]) {
        // "insufficient privilege", or "must be owner".
        await expect(sql.raw(statement).execute(server.db)).rejects.toMatchObject({ code: '42501' });
      }
      await server.close();
      await sql.raw(`drop owned by ${role}`).execute(owner.db);
      await sql.raw(`drop role ${role}`).execute(owner.db);
    });
  },
);
