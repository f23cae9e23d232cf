/**
 * A row as a REST record document: scalars and dotted paths under `attributes`, links under `relationships`.
 * Unknown field names are dropped without a word.
 */
import { ENTITY_TYPES, typeOf } from './entity-types.ts';
import { isLinkType } from './schema.ts';
import type { EntityType, Field } from './schema.ts';
import type { FieldValue, Link, Row, Store } from './store.ts';
import { isLink, linksIn, nameOf, readField } from './values.ts';

export type RecordDocument = {
  readonly type: string;
  readonly id: number;
  readonly attributes: Record<string, unknown>;
  readonly relationships: Record<string, unknown>;
  readonly links: { readonly self: string };
};

/** `prefix` is `/api/v1` or `/api/v1.1`, as the caller came in. */
export function selfLink(prefix: string, row: Link): string {
  return `${prefix}/entity/${typeOf(row.type).slug}/${row.id}`;
}

/** A link as it reads: `{id, name, type}`. */
export function namedLink(store: Store, target: Link) {
  return { id: target.id, name: nameOf(store, target), type: target.type };
}

export function recordDocument(store: Store, row: Row, fields: Iterable<string>, prefix: string): RecordDocument {
  const attributes: Record<string, unknown> = {};
  const relationships: Record<string, unknown> = {};
  const type = typeOf(row.type);
  for (const name of fields) {
    const field = type.fields.get(name);
    if (field && name === 'id') continue;
    if (field && isLinkType(field.dataType)) relationships[name] = relationship(store, row, field, prefix);
    else if (field) attributes[name] = plainValue(field, readField(store, row, field));
    else if (name.includes('.')) {
      const value = dottedValue(store, row, name.split('.'));
      if (value !== undefined) attributes[name] = value;
    }
  }
  return { type: row.type, id: row.id, attributes, relationships, links: { self: selfLink(prefix, row) } };
}

export function allFields(type: EntityType): string[] {
  return [...type.fields.keys()];
}

export function linkFields(type: EntityType): string[] {
  return [...type.fields.values()].filter((field) => isLinkType(field.dataType)).map((field) => field.name);
}

/** Floats read back as text; everything else as it is. */
function plainValue(field: Field, value: FieldValue): unknown {
  if (field.dataType === 'float' && typeof value === 'number')
    return Number.isInteger(value) ? value.toFixed(1) : String(value);
  return value;
}

function relationship(store: Store, row: Row, field: Field, prefix: string) {
  const self = `${selfLink(prefix, row)}/relationships/${field.name}`;
  const targets = linksIn(readField(store, row, field));
  if (field.dataType === 'multi_entity')
    return { data: targets.map((target) => namedLink(store, target)), links: { self } };
  const [target] = targets;
  if (!target) return { data: null, links: { self } };
  return { data: namedLink(store, target), links: { self, related: selfLink(prefix, target) } };
}

/** `entity.Shot.code`. Undefined (so: dropped) when the path is unknown or goes through a multi-entity field. */
function dottedValue(store: Store, row: Row, path: readonly string[]): unknown {
  const [name, targetType, ...rest] = path;
  const field = typeOf(row.type).fields.get(name ?? '');
  if (!field) return undefined;
  const value = readField(store, row, field);
  if (targetType === undefined) {
    if (isLink(value)) return namedLink(store, value);
    return Array.isArray(value) ? linksIn(value).map((target) => namedLink(store, target)) : plainValue(field, value);
  }
  if (field.dataType !== 'entity' || !ENTITY_TYPES.has(targetType) || rest.length === 0) return undefined;
  const last = rest.at(-1) ?? '';
  if (rest.length === 1 && !typeOf(targetType).fields.has(last)) return undefined;
  if (!isLink(value) || value.type !== targetType) return null;
  const target = store.find(value.type, value.id);
  return target ? dottedValue(store, target, rest) : null;
}
