/** "Set these fields to these values": the plan for the selected rows. */
import { isSameValue, type Change, type FieldValue, type Plan, type UntouchedRow } from './plan.ts';
import type { ActionRow, PlanContext } from './definition.ts';

export type FieldValues = ReadonlyMap<string, FieldValue>;

/** Reads the selected rows as the person and proposes what is not already so. */
export function planSetFields(values: FieldValues): (context: PlanContext) => Promise<Plan> {
  return async function plan({ payload, read }) {
    const { entityType, selectedIds } = payload;
    if (entityType === undefined || selectedIds.length === 0) return { changes: [], untouched: [] };
    const rows = await read.rows(entityType, selectedIds, [...values.keys()]);
    return compareRows(entityType, selectedIds, rows, values);
  };
}

/** Pure half: in the order of the selection, each row is either a change, already so, or not there. */
export function compareRows(
  entityType: string,
  ids: readonly number[],
  rows: readonly ActionRow[],
  values: FieldValues,
): Plan {
  const found = new Map(rows.map((row) => [row.id, row]));
  const changes: Change[] = [];
  const untouched: UntouchedRow[] = [];
  for (const id of ids) {
    const row = found.get(id);
    const name = row?.name ?? `${entityType} ${id}`;
    if (row === undefined) {
      untouched.push({ entityType, id, name, reason: 'not_found' });
      continue;
    }
    const fields = [...values]
      .map(([field, after]) => ({ field, before: valueOf(row, field), after }))
      .filter(({ before, after }) => !isSameValue(before, after));
    if (fields.length === 0) untouched.push({ entityType, id, name, reason: 'already_so' });
    else changes.push({ kind: 'update', entityType, id, name, fields });
  }
  return { changes, untouched };
}

function valueOf(row: ActionRow, field: string): FieldValue {
  return Object.hasOwn(row.fields, field) ? (row.fields[field] as FieldValue) : null;
}
