/**
 * A record of the site, flattened: `attributes` and `relationships` become one `fields` object without a prototype.
 * Pure. ShotGrid REST: links live under `relationships.<field>.data`, everything else under `attributes`.
 */
import { isRecord, own } from './json.ts';

/** Type and id of a row. */
export type RowRef = { readonly type: string; readonly id: number };

/** A link to a row; `name` is what the site shows for it. */
export type EntityLink = RowRef & { readonly name: string | undefined };

/** One row as read. `fields` has no prototype: a field that was not read is `undefined`, whatever it is called. */
export type Row = RowRef & {
  /** What to call the row, from the first name-like field that was read; undefined when none was. */
  readonly name: string | undefined;
  /** Links are {@link EntityLink}, `null` or a list of them; all else is as the site sent it. */
  readonly fields: Readonly<Record<string, unknown>>;
};

const NAME_FIELDS = ['cached_display_name', 'code', 'content', 'name', 'title', 'subject'];

/** The record as a {@link Row}, or undefined when it is not a record. */
export function parseRow(record: unknown): Row | undefined {
  if (!isRecord(record)) return undefined;
  const type = own(record, 'type');
  const id = own(record, 'id');
  if (typeof type !== 'string' || type === '' || !Number.isSafeInteger(id)) return undefined;
  const fields = Object.create(null) as Record<string, unknown>;
  const attributes = own(record, 'attributes');
  if (isRecord(attributes)) {
    for (const [field, value] of Object.entries(attributes)) fields[field] = value;
  }
  const relationships = own(record, 'relationships');
  if (isRecord(relationships)) {
    for (const [field, value] of Object.entries(relationships)) fields[field] = parseLinks(value);
  }
  return { type, id: id as number, name: displayName(fields), fields };
}

/** A link, or undefined when it is none. */
export function parseLink(value: unknown): EntityLink | undefined {
  if (!isRecord(value)) return undefined;
  const type = own(value, 'type');
  const id = own(value, 'id');
  const name = own(value, 'name');
  if (typeof type !== 'string' || !Number.isSafeInteger(id)) return undefined;
  return { type, id: id as number, name: typeof name === 'string' ? name : undefined };
}

function parseLinks(relationship: unknown): EntityLink | EntityLink[] | null {
  const data = isRecord(relationship) ? own(relationship, 'data') : undefined;
  if (Array.isArray(data)) return data.map(parseLink).filter((link) => link !== undefined);
  return parseLink(data) ?? null;
}

function displayName(fields: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of NAME_FIELDS) {
    const value = fields[field];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
