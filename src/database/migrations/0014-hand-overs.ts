/** Clicks in ShotGrid's overlay: sign-ins on their way from a window to the frame that opened it, and clicks that moved to one. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function handOvers(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      // One at a time for each launch; the code is kept as its hash, the sign-in sealed.
      await db.schema
        .createTable('hand_overs')
        .addColumn('launch_id', 'text', (column) => column.primaryKey())
        .addColumn('code_hash', 'text', (column) => column.notNull())
        .addColumn('sign_ins', 'integer', (column) => column.notNull())
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('hand_overs_expires_at').on('hand_overs').column('expires_at').execute();

      await db.schema.alterTable('launches').addColumn('frame_cookie_hash', 'text').execute();
      await db.schema
        .alterTable('launches')
        .addColumn('sign_ins', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  };
}
