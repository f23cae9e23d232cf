/**
 * Checkpoints, archives and the second sink of the audit log. Records still cannot be changed, and can be deleted on
 * one condition: they are archived, which only a sealed record of the log itself can say.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from '../dialect.ts';

export function auditCore(dialect: Dialect): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await createTables(db, dialect === 'sqlite' ? 'integer' : 'bigint');
      await (dialect === 'sqlite' ? guardSqlite(db) : guardPostgres(db));
    },
  };
}

async function createTables(db: Kysely<object>, wide: 'integer' | 'bigint'): Promise<void> {
  await db.schema
    .createTable('audit_checkpoints')
    .addColumn('size', wide, (column) => column.primaryKey())
    .addColumn('head', 'text', (column) => column.notNull())
    .addColumn('time', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('signature', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('audit_archives')
    .addColumn('last_seq', wide, (column) => column.primaryKey())
    .addColumn('first_seq', wide, (column) => column.notNull())
    .addColumn('head', 'text', (column) => column.notNull())
    .addColumn('file_sha256', 'text', (column) => column.notNull())
    // The record that says all this.
    .addColumn('sealed_by', wide, (column) => column.notNull())
    .execute();
  // How far each second sink has got, and which process feeds it.
  await db.schema
    .createTable('audit_sinks')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('seq', wide, (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('owned_until', 'text', (column) => column.notNull())
    .execute();
}

async function guardSqlite(db: Kysely<object>): Promise<void> {
  for (const table of ['audit_checkpoints', 'audit_archives']) {
    for (const verb of ['update', 'delete']) {
      await sql`create trigger ${sql.ref(`${table}_no_${verb}`)} before ${sql.raw(verb)} on ${sql.ref(table)}
        begin select raise(abort, 'audit records are append-only'); end`.execute(db);
    }
    const key = sql.ref(table === 'audit_checkpoints' ? 'size' : 'last_seq');
    await sql`create trigger ${sql.ref(`${table}_no_replace`)} before insert on ${sql.ref(table)}
      when exists (select 1 from ${sql.ref(table)} where ${key} = new.${key})
      begin select raise(ignore); end`.execute(db);
  }
  await sql`create trigger audit_archives_sealed before insert on audit_archives
    when new.first_seq is not (select coalesce(max(last_seq), 0) + 1 from audit_archives)
      or new.last_seq < new.first_seq
      or new.head is not (select hash from audit_records where seq = new.last_seq)
      or not exists (
        select 1 from audit_records where seq = new.sealed_by and seq > new.last_seq
          and json_extract(line, '$.type') = 'audit.archived'
          and json_extract(line, '$.details.firstSeq') = new.first_seq
          and json_extract(line, '$.details.lastSeq') = new.last_seq
          and json_extract(line, '$.details.head') = new.head
          and json_extract(line, '$.details.fileSha256') = new.file_sha256)
    begin select raise(abort, 'an archive needs a record that says so'); end`.execute(db);
  await sql`drop trigger audit_records_no_delete`.execute(db);
  await sql`create trigger audit_records_no_delete before delete on audit_records
    when old.seq > (select coalesce(max(last_seq), 0) from audit_archives)
    begin select raise(abort, 'audit records are append-only'); end`.execute(db);
}

async function guardPostgres(db: Kysely<object>): Promise<void> {
  for (const table of ['audit_checkpoints', 'audit_archives']) {
    await sql`create trigger ${sql.ref(`${table}_append_only`)} before update or delete or truncate on ${sql.ref(table)}
      for each statement execute function audit_records_refuse()`.execute(db);
  }
  await sql`create function audit_archives_check() returns trigger language plpgsql as $$
    begin
      if new.first_seq is distinct from (select coalesce(max(last_seq), 0) + 1 from audit_archives)
        or new.last_seq < new.first_seq
        or new.head is distinct from (select hash from audit_records where seq = new.last_seq)
        or not exists (
          select 1 from audit_records where seq = new.sealed_by and seq > new.last_seq
            and line::json ->> 'type' = 'audit.archived'
            and (line::json #>> '{details,firstSeq}')::bigint = new.first_seq
            and (line::json #>> '{details,lastSeq}')::bigint = new.last_seq
            and line::json #>> '{details,head}' = new.head
            and line::json #>> '{details,fileSha256}' = new.file_sha256)
      then raise exception 'an archive needs a record that says so'; end if;
      return new;
    end $$`.execute(db);
  await sql`create trigger audit_archives_sealed before insert on audit_archives
    for each row execute function audit_archives_check()`.execute(db);
  await sql`create function audit_records_let_go() returns trigger language plpgsql as $$
    begin
      if old.seq <= (select coalesce(max(last_seq), 0) from audit_archives) then return old; end if;
      raise exception 'audit records are append-only';
    end $$`.execute(db);
  await sql`drop trigger audit_records_append_only on audit_records`.execute(db);
  await sql`create trigger audit_records_append_only before update or truncate on audit_records
    for each statement execute function audit_records_refuse()`.execute(db);
  await sql`create trigger audit_records_no_delete before delete on audit_records
    for each row execute function audit_records_let_go()`.execute(db);
}
