/**
 * What became of creates that were being sent when a process died. A new row carries no mark of ours, so it is looked for among what
 * the person has created since: by its identity, and not one that is known to be another's.
 */
import type { Change, FieldValue } from '../actions/plan.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import type { Actor } from './actor.ts';
import { isStoredAs } from './compare-rows.ts';
import type { RowOutcome } from './outcome.ts';
import type { RunRow } from './row-store.ts';
import type { Outcomes } from './write-batch.ts';

/** Clocks differ: the site dates its rows by its own. */
const CLOCK_SLACK_MS = 10 * 60_000;
const IDENTITY_FIELDS = ['code', 'content', 'subject', 'name', 'title', 'login'];

/**
 * Rows that are found are done, under the id that they were found with. The others are `unknown`: that nothing was created cannot be
 * seen, since the site may still be at work on what it was sent. They are never sent again.
 *
 * @param known - Ids that this run, or another row of it, is known to have created.
 */
export async function findCreated(
  client: ShotgridClient,
  actor: Actor,
  rows: readonly RunRow[],
  known: ReadonlySet<number>,
): Promise<Outcomes> {
  const outcomes = new Map<number, RowOutcome>();
  for (const [entityType, ofType] of Map.groupBy(rows, ({ change }) => change.entityType)) {
    const found = await search(client, actor, entityType, ofType);
    const taken = new Set(known);
    for (const row of ofType) {
      const match = found.find(({ id, fields }) => !taken.has(id) && isThis(row.change, fields));
      if (match !== undefined) taken.add(match.id);
      outcomes.set(row.position, match === undefined ? NOT_FOUND : { outcome: 'done', createdId: match.id });
    }
  }
  return outcomes;
}

async function search(
  client: ShotgridClient,
  actor: Actor,
  entityType: string,
  rows: readonly RunRow[],
): Promise<readonly { readonly id: number; readonly fields: Readonly<Record<string, unknown>> }[]> {
  const sent = rows.flatMap(({ updatedAt }) => (updatedAt === undefined ? [] : [updatedAt.getTime()]));
  if (sent.length === 0) return [];
  const since = new Date(Math.min(...sent) - CLOCK_SLACK_MS);
  const fields = new Set(rows.flatMap(({ change }) => change.fields.map(({ field }) => field)));
  return client.search(entityType, {
    filters: [
      ['created_by', 'is', { type: 'HumanUser', id: actor.id }],
      ['created_at', 'greater_than', `${since.toISOString().slice(0, 19)}Z`],
    ],
    fields: [...fields],
    sort: 'id',
    limit: 10_000,
  });
}

/** All that was sent is there as it was sent, an identity of its own among it. */
function isThis(change: Change, fields: Readonly<Record<string, unknown>>): boolean {
  const compared = change.fields.filter(({ field }) => Object.hasOwn(fields, field));
  return (
    compared.some(({ field, after }) => IDENTITY_FIELDS.includes(field) && after !== null) &&
    compared.every(({ field, after }) => isStoredAs(fields[field] as FieldValue, after))
  );
}

const NOT_FOUND: RowOutcome = {
  outcome: 'unknown',
  detail:
    'The server was stopped while it created this row, and the row was not found afterwards. Look for it in ShotGrid before you create it again.',
};
