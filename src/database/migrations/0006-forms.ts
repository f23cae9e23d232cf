/** What people answer in forms: for one launch, and remembered for the next time. Both sealed, since they are people's own words. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function forms(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await db.schema
        .createTable('launch_forms')
        .addColumn('launch_id', 'text', (column) => column.primaryKey())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('launch_forms_expires_at').on('launch_forms').column('expires_at').execute();

      await db.schema
        .createTable('remembered_forms')
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('action_id', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('remembered_forms_pk', ['person', 'action_id'])
        .execute();
      await db.schema.createIndex('remembered_forms_updated_at').on('remembered_forms').column('updated_at').execute();
    },
  };
}
