/** Passwords that were tried here and not taken, so that nobody's account on the site is locked by tries that come through us. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function passwordAttempts(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      // A try stands here twice: for its login and for its address, each as a keyed hash alone.
      await db.schema
        .createTable('password_attempts')
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('key_hash', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('password_attempts_pk', ['key_hash', 'id'])
        .execute();
      await db.schema
        .createIndex('password_attempts_expires_at')
        .on('password_attempts')
        .column('expires_at')
        .execute();
    },
  };
}
