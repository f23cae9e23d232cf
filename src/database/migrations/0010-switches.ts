/** What administrators have switched off: single actions, or every change (`read_only`). A row is a switch that is off; history is in the log. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function switches(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await db.schema
        .createTable('switches')
        // `read_only`, or `action:` and the action's id.
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('by_login', 'text', (column) => column.notNull())
        .addColumn('by_name', 'text', (column) => column.notNull())
        .addColumn('since', 'text', (column) => column.notNull())
        .execute();
    },
  };
}
