/** Which actions are used, and by how many people: counted from the log's index, over a span that somebody names. */
import { sql, type Kysely } from 'kysely';
import type { AuditTables } from './tables.ts';

export type ActionClicks = {
  readonly action: string;
  readonly last: Date;
  /** How many different logins. */
  readonly people: number;
  readonly clicks: number;
};

/** Clicks that were accepted from `since` on; a click that many records tell of is one. */
export async function readClicksByAction(db: Kysely<AuditTables>, since: Date): Promise<readonly ActionClicks[]> {
  const rows = await db
    .selectFrom('audit_index')
    .select(({ fn }) => [
      'action_id as action',
      fn.max('time').as('last'),
      sql<number | string>`count(distinct person)`.as('people'),
      sql<number | string>`count(distinct launch_id)`.as('clicks'),
    ])
    .where('type', '=', 'click.received')
    .where('time', '>=', since.toISOString())
    .where('action_id', 'is not', null)
    .groupBy('action_id')
    .execute();
  return rows.flatMap(({ action, last, people, clicks }) =>
    action === null ? [] : [{ action, last: new Date(last), people: Number(people), clicks: Number(clicks) }],
  );
}
