/**
 * What records are found and counted by, beside the columns of audit_index: rows, fields and words that records name, and
 * how many records there are an hour. Like all of the index it repeats what records say and can be made again.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from '../dialect.ts';

export function auditSearch(dialect: Dialect): Migration {
  const wide = dialect === 'sqlite' ? 'integer' : 'bigint';
  // Compared byte by byte, so that a range of texts is the texts that begin alike.
  const text = dialect === 'sqlite' ? sql`text` : sql`text collate "C"`;
  const clustered = dialect === 'sqlite' ? sql`without rowid` : sql``;

  return {
    up: async (db: Kysely<object>) => {
      await db.schema
        .createTable('audit_terms')
        .addColumn('term', text, (column) => column.notNull())
        .addColumn('seq', wide, (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_terms_pk', ['term', 'seq'])
        .modifyEnd(clustered)
        .execute();
      // "Does this record name a word that begins so?"
      await db.schema.createIndex('audit_terms_seq').on('audit_terms').columns(['seq', 'term']).execute();

      // Of each kind: all records, or those that have this value in one respect.
      await db.schema
        .createTable('audit_activity')
        .addColumn('kind', text, (column) => column.notNull())
        .addColumn('value', text, (column) => column.notNull())
        .addColumn('hour', text, (column) => column.notNull())
        .addColumn('outcome', text, (column) => column.notNull())
        .addColumn('records', wide, (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_activity_pk', ['kind', 'value', 'hour', 'outcome'])
        .modifyEnd(clustered)
        .execute();
      await db.schema
        .createTable('audit_actors')
        .addColumn('day', text, (column) => column.notNull())
        .addColumn('person', text, (column) => column.notNull())
        .addColumn('real_actor', text, (column) => column.notNull())
        .addColumn('action_id', text, (column) => column.notNull())
        .addColumn('records', wide, (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_actors_pk', ['day', 'person', 'real_actor', 'action_id'])
        .modifyEnd(clustered)
        .execute();

      // Clocks of several servers differ a little, so hours overlap in seq: each says from where to where.
      await db.schema
        .createTable('audit_hours')
        .addColumn('hour', text, (column) => column.primaryKey())
        .addColumn('first_seq', wide, (column) => column.notNull())
        .addColumn('last_seq', wide, (column) => column.notNull())
        .execute();

      await db.schema
        .createIndex('audit_index_client_address')
        .on('audit_index')
        .columns(['client_address', 'seq'])
        .where('client_address', 'is not', null)
        .execute();

      await sql`delete from audit_index`.execute(db);
      await sql`update audit_indexed set seq = 0`.execute(db);
    },
  };
}
