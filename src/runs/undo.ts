/** The plan that takes a run back, as far as its rows are still as the run left them. Pure. */
import { setChange } from '../actions/links.ts';
import type { Change, FieldChange, FieldValue, Plan, UntouchedRow } from '../actions/plan.ts';
import type { FieldSchema } from '../shotgrid/schema.ts';
import { isStoredAs } from './compare-rows.ts';
import type { RunRow } from './row-store.ts';

/** What the site says of a done row now. */
export type RowNow = {
  /** Its fields; undefined when it is not there for this person. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly isRetired: boolean;
};

type Inverse = { readonly change: Change } | { readonly untouched: UntouchedRow } | undefined;

/**
 * Backwards through the done rows. A row that somebody changed since, or that is gone, is left alone and said.
 *
 * @param now - By position.
 * @param schemas - Fields by entity type, for values that are not sent as they are read.
 */
export function planUndo(
  rows: readonly RunRow[],
  now: ReadonlyMap<number, RowNow>,
  schemas: ReadonlyMap<string, ReadonlyMap<string, FieldSchema>>,
): Plan {
  const changes: Change[] = [];
  const untouched: UntouchedRow[] = [];
  for (const row of rows.toReversed()) {
    if (row.progress !== 'done') continue;
    const inverse = invert(row, now.get(row.position), schemas.get(row.change.entityType) ?? new Map());
    if (inverse === undefined) continue;
    if ('change' in inverse) changes.push(inverse.change);
    else untouched.push(inverse.untouched);
  }
  return { changes, untouched };
}

function invert(
  { change, createdId }: RunRow,
  now: RowNow = { fields: undefined, isRetired: false },
  fields: ReadonlyMap<string, FieldSchema>,
): Inverse {
  const { entityType, name } = change;
  const id = change.id ?? createdId;
  if (id === undefined) return undefined;
  const row = { entityType, id, name };
  const leave = (reason: UntouchedRow['reason']): Inverse => ({ untouched: { ...row, reason } });
  switch (change.kind) {
    case 'update':
      if (now.fields === undefined) return leave('not_found');
      if (!stillHolds(change, now.fields)) return leave('changed_since');
      return { change: { kind: 'update', ...row, fields: backwards(change.fields, now.fields, fields) } };
    case 'create':
      if (now.fields === undefined) return leave(now.isRetired ? 'already_so' : 'not_found');
      if (!stillHolds(change, now.fields)) return leave('changed_since');
      return { change: { kind: 'delete', ...row, fields: [] } };
    case 'delete':
      if (now.fields !== undefined) return leave('already_so');
      return now.isRetired ? { change: { kind: 'revive', ...row, fields: [] } } : leave('not_found');
    case 'revive':
      if (now.fields === undefined) return leave(now.isRetired ? 'already_so' : 'not_found');
      return { change: { kind: 'delete', ...row, fields: [] } };
  }
}

function stillHolds(change: Change, current: Readonly<Record<string, unknown>>): boolean {
  return change.fields.every(
    // What the site did not answer cannot have been changed by anybody who can see it.
    ({ field, after }) => !Object.hasOwn(current, field) || isStoredAs(current[field] as FieldValue, after),
  );
}

function backwards(
  fields: readonly FieldChange[],
  current: Readonly<Record<string, unknown>>,
  schemas: ReadonlyMap<string, FieldSchema>,
): readonly FieldChange[] {
  return fields.flatMap(({ field, before, after }) => {
    const now = (Object.hasOwn(current, field) ? current[field] : after) as FieldValue;
    const change = setChange(field, now, before);
    if (change === undefined) return [];
    const send = sendable(before, schemas.get(field));
    return [send === undefined ? change : { ...change, send }];
  });
}

/** A float is read as text and written as a number; an empty list of links is still a list. */
function sendable(value: FieldValue, schema: FieldSchema | undefined): FieldValue | undefined {
  if (schema?.dataType === 'float' && typeof value === 'string' && value !== '') return Number(value);
  if (schema?.dataType === 'multi_entity' && value === null) return [];
  return undefined;
}
