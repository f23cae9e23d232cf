/**
 * What an action proposes. An action never writes: it returns a `Plan`, and `runs/` previews, performs and records it.
 * The one place where these types are made, so that a change looks the same in preview, audit and outcome.
 */
import type { Report } from './report.ts';

/** A value as ShotGrid's REST answers and takes it: text, number, checkbox, null, a link or a list of them. */
export type FieldValue =
  string | number | boolean | null | readonly FieldValue[] | { readonly [key: string]: FieldValue };

export type FieldChange = {
  readonly field: string;
  /** As read when planned; null for a row that is yet to be created. */
  readonly before: FieldValue;
  /** What the field holds when the change is done. */
  readonly after: FieldValue;
  /** What is sent, where that is not `after`: adding to a list of links sends only what is added. */
  readonly send?: FieldValue;
};

/** One proposed write on one row. `name` is what a person calls the row. */
export type Change = UpdateChange | CreateChange | DeleteChange | ReviveChange;

export type UpdateChange = {
  readonly kind: 'update';
  readonly entityType: string;
  readonly id: number;
  readonly name: string;
  readonly fields: readonly FieldChange[];
};

/** A row that does not exist yet: it has no id, and its fields have no `before`. */
export type CreateChange = {
  readonly kind: 'create';
  readonly entityType: string;
  readonly id?: undefined;
  readonly name: string;
  readonly fields: readonly FieldChange[];
};

/** ShotGrid retires a deleted row: it can be revived. */
export type DeleteChange = {
  readonly kind: 'delete';
  readonly entityType: string;
  readonly id: number;
  readonly name: string;
  readonly fields: readonly [];
};

/** Only an undo proposes this: brings a retired row back under its id. */
export type ReviveChange = {
  readonly kind: 'revive';
  readonly entityType: string;
  readonly id: number;
  readonly name: string;
  readonly fields: readonly [];
};

/** A row that an action leaves alone, and why. */
export type UntouchedRow = {
  readonly entityType: string;
  readonly id: number;
  readonly name: string;
  readonly reason: 'already_so' | 'not_found' | 'changed_since';
};

export type Plan = {
  readonly changes: readonly Change[];
  readonly untouched: readonly UntouchedRow[];
  /** Something to read, beside or instead of changes. */
  readonly report?: Report;
};

/** True when ShotGrid would show the same: links compare by type and id, everything else by value. */
export function isSameValue(a: FieldValue, b: FieldValue): boolean {
  return comparable(a) === comparable(b);
}

function comparable(value: FieldValue): string {
  if (Array.isArray(value)) {
    // Lists of links come back in an order of the site's own.
    return JSON.stringify((value as readonly FieldValue[]).map(comparable).sort());
  }
  if (value !== null && typeof value === 'object') {
    const link = value as Readonly<Record<string, FieldValue>>;
    if (Object.hasOwn(link, 'type') && Object.hasOwn(link, 'id')) return JSON.stringify([link['type'], link['id']]);
    return JSON.stringify(Object.entries(link).sort(([x], [y]) => (x < y ? -1 : 1)));
  }
  // Writing "" stores null.
  return JSON.stringify(value === '' ? null : value);
}
