/** Reads rows as the person: for plans, for the last look before a write, and to find out what became of one. */
import type { ActionReader } from '../actions/definition.ts';
import type { Change } from '../actions/plan.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';

/** The site drops names of fields that a type does not have without a word, so all of them can be asked for. */
const NAME_FIELDS = ['cached_display_name', 'code', 'content', 'name', 'title', 'subject'];

/** What an action may see of the site: the rows it names, read with this person's rights. */
export function createReader(client: ShotgridClient): ActionReader {
  return {
    rows: (entityType, ids, fields) => client.rowsByIds(entityType, ids, { fields: [...NAME_FIELDS, ...fields] }),
  };
}

/** By position: the fields that each change is about, as they are now; absent when the row is not there. */
export async function readCurrent(
  client: ShotgridClient,
  changes: readonly { readonly position: number; readonly change: Change }[],
): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>> {
  const existing = changes.flatMap(({ position, change }) => (change.kind === 'create' ? [] : [{ position, change }]));
  const byType = Map.groupBy(existing, ({ change }) => change.entityType);
  const found = new Map<number, Readonly<Record<string, unknown>>>();
  for (const [entityType, ofType] of byType) {
    const fields = new Set(ofType.flatMap(({ change }) => change.fields.map(({ field }) => field)));
    const ids = ofType.map(({ change }) => change.id);
    const rows = await client.rowsByIds(entityType, ids, { fields: [...fields] });
    const byId = new Map(rows.map((row) => [row.id, row.fields]));
    for (const { position, change } of ofType) {
      const current = byId.get(change.id);
      if (current !== undefined) found.set(position, current);
    }
  }
  return found;
}
