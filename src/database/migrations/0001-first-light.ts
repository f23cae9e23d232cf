/**
 * The first tables. Times are RFC 3339 UTC text, which sorts as it reads; objects are JSON text; numbers that ShotGrid
 * or the log counts are 64 bits wide. The same in both dialects, but for how a trigger is written.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from '../dialect.ts';

export function firstLight(dialect: Dialect): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await createSessions(db);
      await createRuns(db);
      await createAudit(db, dialect);
    },
  };
}

async function createSessions(db: Kysely<object>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('sessions_expires_at').on('sessions').column('expires_at').execute();

  await db.schema
    .createTable('launches')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('action_id', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('cookie_hash', 'text', (column) => column.notNull())
    .addColumn('replay_key', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('reference', 'text', (column) => column.notNull())
    .addColumn('subject', 'text')
    .addColumn('claimed_at', 'text')
    .execute();
  await db.schema.createIndex('launches_expires_at').on('launches').column('expires_at').execute();

  await db.schema
    .createTable('login_attempts')
    .addColumn('state_hash', 'text', (column) => column.primaryKey())
    .addColumn('cookie_hash', 'text', (column) => column.notNull())
    .addColumn('nonce', 'text', (column) => column.notNull())
    .addColumn('code_verifier', 'text', (column) => column.notNull())
    .addColumn('return_to', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('login_attempts_expires_at').on('login_attempts').column('expires_at').execute();
}

async function createRuns(db: Kysely<object>): Promise<void> {
  await db.schema
    .createTable('plans')
    .addColumn('launch_id', 'text', (column) => column.primaryKey())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // One launch is at most one run, whoever races.
    .addColumn('launch_id', 'text', (column) => column.notNull().unique())
    .addColumn('action_id', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('note', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text')
    .addColumn('finished_at', 'text')
    .addColumn('undo_of', 'text')
    .execute();
  await db.schema.createIndex('runs_status').on('runs').column('status').execute();

  await db.schema
    .createTable('run_changes')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('change', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('detail', 'text')
    .addColumn('site_error_id', 'text')
    .addColumn('updated_at', 'text')
    .addPrimaryKeyConstraint('run_changes_pk', ['run_id', 'position'])
    .execute();
}

async function createAudit(db: Kysely<object>, dialect: Dialect): Promise<void> {
  // In SQLite only the word INTEGER makes the key the row's own number, without a second index.
  const wide = dialect === 'sqlite' ? 'integer' : 'bigint';
  // Thin, since every click waits for it: what records are found by is kept apart, in audit_index.
  await db.schema
    .createTable('audit_records')
    .addColumn('seq', wide, (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('line', 'text', (column) => column.notNull())
    .execute();
  await refuseChanges(db, dialect);

  // One row each, which a writer locks: the end of the chain, and how far the index has come.
  await db.schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('seq', wide, (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into audit_head (id, seq, hash) values (1, 0, ${sql.lit('0'.repeat(64))})`.execute(db);
  await db.schema
    .createTable('audit_indexed')
    .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
    .addColumn('seq', wide, (column) => column.notNull())
    .execute();
  await sql`insert into audit_indexed (id, seq) values (1, 0)`.execute(db);
  await createAuditIndex(db, wide);
}

/** Made from the records and able to be made again: nothing in it is evidence. */
async function createAuditIndex(db: Kysely<object>, wide: 'integer' | 'bigint'): Promise<void> {
  await db.schema
    .createTable('audit_index')
    .addColumn('seq', wide, (column) => column.primaryKey())
    .addColumn('time', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('person', 'text')
    .addColumn('real_actor', 'text')
    .addColumn('subject', 'text')
    .addColumn('action_id', 'text')
    .addColumn('launch_id', 'text')
    .addColumn('run_id', 'text')
    .addColumn('project_id', wide)
    .addColumn('reference', 'text')
    .addColumn('client_address', 'text')
    .execute();
  for (const column of ['time', 'type', 'outcome']) await auditIndex(db, column).execute();
  // What is absent in many records is indexed only where present.
  for (const column of [
    'code',
    'person',
    'real_actor',
    'subject',
    'action_id',
    'launch_id',
    'run_id',
    'project_id',
    'reference',
  ]) {
    await auditIndex(db, column).where(sql.ref(column), 'is not', null).execute();
  }
}

/** With `seq` behind it, so that a page of matches comes in order without sorting. */
function auditIndex(db: Kysely<object>, column: string) {
  return db.schema.createIndex(`audit_index_${column}`).on('audit_index').columns([column, 'seq']);
}

/** Append-only by the database itself, whatever statement reaches it. */
async function refuseChanges(db: Kysely<object>, dialect: Dialect): Promise<void> {
  switch (dialect) {
    case 'sqlite':
      for (const verb of ['update', 'delete']) {
        await sql`create trigger ${sql.ref(`audit_records_no_${verb}`)} before ${sql.raw(verb)} on audit_records
          begin select raise(abort, 'audit records are append-only'); end`.execute(db);
      }
      // "insert or replace" removes the old row without asking the delete trigger.
      await sql`create trigger audit_records_no_replace before insert on audit_records
        when exists (select 1 from audit_records where seq = new.seq)
        begin select raise(abort, 'audit records are append-only'); end`.execute(db);
      return;
    case 'postgres':
      await sql`create function audit_records_refuse() returns trigger language plpgsql as
        $$ begin raise exception 'audit records are append-only'; end $$`.execute(db);
      await sql`create trigger audit_records_append_only before update or delete or truncate on audit_records
        for each statement execute function audit_records_refuse()`.execute(db);
      return;
  }
}
