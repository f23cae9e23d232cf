/**
 * Runs that come from other runs (undo, retry) instead of a launch, runs that can be cancelled, and leases: who performs a
 * run at this moment, so that no two processes do. A run that is there already is kept.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from '../dialect.ts';

export function runs(dialect: Dialect): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await rebuildRuns(db);
      await db.schema
        .alterTable('run_changes')
        // ShotGrid's ids are 64 bits wide.
        .addColumn('created_id', dialect === 'sqlite' ? 'integer' : 'bigint')
        .execute();
      await db.schema.createIndex('run_changes_outcome').on('run_changes').columns(['run_id', 'outcome']).execute();
      await db.schema.alterTable('plans').addColumn('permissions', 'text').execute();
    },
  };
}

/** SQLite cannot take "not null" off a column, so the table is made anew; the same in both dialects. */
async function rebuildRuns(db: Kysely<object>): Promise<void> {
  await db.schema
    .createTable('runs_rebuilt')
    .addColumn('id', 'text', (column) => column.primaryKey())
    // Whoever races: one launch is at most one run, and a run is undone once and retried once.
    .addColumn('launch_id', 'text', (column) => column.unique())
    .addColumn('undo_of', 'text', (column) => column.unique())
    .addColumn('retry_of', 'text', (column) => column.unique())
    .addColumn('action_id', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('cancel_requested_at', 'text')
    .addColumn('lease_token', 'text')
    .addColumn('lease_until', 'text')
    .execute();
  await sql`insert into runs_rebuilt (id, launch_id, action_id, plan, actor, status, created_at, finished_at)
    select id, launch_id, action_id, plan, actor, status, created_at, finished_at from runs`.execute(db);
  await db.schema.dropTable('runs').execute();
  await db.schema.alterTable('runs_rebuilt').renameTo('runs').execute();
  await db.schema.createIndex('runs_status').on('runs').column('status').execute();
}
