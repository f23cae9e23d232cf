/** Reads rows as the person: for plans, for the last look before a write, and to find out what became of one. */
import type { ActionReader } from '../actions/definition.ts';
import type { Change, FieldChange } from '../actions/plan.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';

/** The site drops names of fields that a type does not have without a word, so all of them can be asked for. */
const NAME_FIELDS = ['cached_display_name', 'code', 'content', 'name', 'title', 'subject'];

/** What an action may see of the site: the rows it names, read with this person's rights. */
export function createReader(client: ShotgridClient): ActionReader {
  return {
    rows: (entityType, ids, fields) => client.rowsByIds(entityType, ids, { fields: [...NAME_FIELDS, ...fields] }),
  };
}

/** What has to be known of a change to read its row; one without an id is yet to be created, and left out. */
type RowToRead = Pick<Change, 'entityType' | 'id'> & { readonly fields: readonly Pick<FieldChange, 'field'>[] };

/** By position: the fields that each change is about, as they are now; absent when the row is not there (or, asked for, not retired). */
export async function readCurrent(
  client: ShotgridClient,
  changes: readonly { readonly position: number; readonly change: RowToRead }[],
  options: { readonly retired?: boolean } = {},
): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>> {
  const existing = changes.flatMap(({ position, change }) =>
    change.id === undefined ? [] : [{ position, ...change, id: change.id }],
  );
  const byType = Map.groupBy(existing, ({ entityType }) => entityType);
  const found = new Map<number, Readonly<Record<string, unknown>>>();
  for (const [entityType, ofType] of byType) {
    const fields = new Set(ofType.flatMap((change) => change.fields.map(({ field }) => field)));
    const ids = ofType.map(({ id }) => id);
    const rows = await client.rowsByIds(entityType, ids, { fields: [...fields], ...options });
    const byId = new Map(rows.map((row) => [row.id, row.fields]));
    for (const { position, id } of ofType) {
      const current = byId.get(id);
      if (current !== undefined) found.set(position, current);
    }
  }
  return found;
}
