/** Keys that sign assertions: replicas share them here, private halves sealed. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function assertionKeys(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await db.schema
        .createTable('assertion_keys')
        // Counted: of replicas that rotate at the same moment one makes the next key, the others find it made.
        .addColumn('generation', 'integer', (column) => column.primaryKey())
        .addColumn('public_jwk', 'text', (column) => column.notNull())
        .addColumn('sealed_private_jwk', 'text', (column) => column.notNull())
        .addColumn('signs_from', 'text', (column) => column.notNull())
        .execute();
    },
  };
}
