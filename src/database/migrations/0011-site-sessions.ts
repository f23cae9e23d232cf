/**
 * People's own sessions on the site: those that they approved for a browser session of theirs, those that a run goes on with while
 * nobody is there, and the approvals that are still waited for. Tokens are sealed; who they belong to is there as a hash alone.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function siteSessions(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await db.schema
        .createTable('site_sessions')
        .addColumn('session', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('site_sessions_pk', ['session', 'person'])
        .execute();
      await db.schema.createIndex('site_sessions_person').on('site_sessions').column('person').execute();

      await db.schema
        .createTable('run_sessions')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('session', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('run_sessions_session').on('run_sessions').column('session').execute();
      await db.schema.createIndex('run_sessions_person').on('run_sessions').column('person').execute();

      await db.schema
        .createTable('site_approvals')
        .addColumn('session', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('about', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text')
        .addColumn('reference', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .addColumn('poller', 'text')
        .addColumn('polled_until', 'text')
        .addPrimaryKeyConstraint('site_approvals_pk', ['session', 'person', 'about'])
        .execute();
      await db.schema.createIndex('site_approvals_person').on('site_approvals').column('person').execute();
      await db.schema.createIndex('site_approvals_id').on('site_approvals').column('id').unique().execute();
    },
  };
}
