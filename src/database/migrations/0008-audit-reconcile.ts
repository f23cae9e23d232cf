/** How far each comparison with ShotGrid's event log has come, and what it found: it goes on where it stopped. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Dialect } from '../dialect.ts';

export function auditReconcile(dialect: Dialect): Migration {
  const wide = dialect === 'sqlite' ? 'integer' : 'bigint';
  return {
    up: async (db: Kysely<object>) => {
      await db.schema
        .createTable('audit_reconciliations')
        .addColumn('span_from', 'text', (column) => column.notNull())
        .addColumn('span_to', 'text', (column) => column.notNull())
        // Everything before this time is judged.
        .addColumn('position', 'text', (column) => column.notNull())
        .addColumn('site_events', wide, (column) => column.notNull())
        .addColumn('clicks', wide, (column) => column.notNull())
        .addColumn('rows_judged', wide, (column) => column.notNull())
        .addColumn('blind', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_reconciliations_pk', ['span_from', 'span_to'])
        .execute();
      await db.schema
        .createTable('audit_findings')
        .addColumn('span_from', 'text', (column) => column.notNull())
        .addColumn('span_to', 'text', (column) => column.notNull())
        .addColumn('number', 'integer', (column) => column.notNull())
        .addColumn('finding', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('audit_findings_pk', ['span_from', 'span_to', 'number'])
        .execute();
    },
  };
}
