/**
 * Sessions are found by their person and by the session at the identity provider that they came from, so that they can be listed
 * and ended from outside. Those from before cannot be found so, and a session that nobody can end is none: they end here.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export function sessionOwners(): Migration {
  return {
    up: async (db: Kysely<object>) => {
      await db.$extendTables<{ sessions: object }>().deleteFrom('sessions').execute();
      await db.schema.alterTable('sessions').addColumn('person', 'text').execute();
      await db.schema.alterTable('sessions').addColumn('provider_session', 'text').execute();
      await db.schema.createIndex('sessions_person').on('sessions').column('person').execute();
      await db.schema.createIndex('sessions_provider_session').on('sessions').column('provider_session').execute();
      await db.schema.createIndex('launches_subject').on('launches').column('subject').execute();

      // Logout tokens that were acted on: each is good once.
      await db.schema
        .createTable('logout_tokens')
        .addColumn('token_hash', 'text', (column) => column.primaryKey())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('logout_tokens_expires_at').on('logout_tokens').column('expires_at').execute();
    },
  };
}
