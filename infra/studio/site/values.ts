/** Reading a field of a row, wherever its value lives, and the name that a row goes by. */
import { ENTITY_TYPES, typeOf } from './entity-types.ts';
import type { Field } from './schema.ts';
import { isObject } from './json.ts';
import type { FieldValue, Link, Row, Store } from './store.ts';

export function isLink(value: unknown): value is Link {
  return isObject(value) && typeof value['type'] === 'string' && typeof value['id'] === 'number';
}

/** A single link or a list of links, as a list. */
export function linksIn(value: FieldValue | undefined): readonly Link[] {
  if (Array.isArray(value)) return (value as readonly unknown[]).filter(isLink);
  return isLink(value) ? [value] : [];
}

export function sameLink(a: Link, b: Link): boolean {
  return a.type === b.type && a.id === b.id;
}

export function linkTo(row: Row): Link {
  return { type: row.type, id: row.id };
}

export function fieldOf(type: string, name: string): Field | undefined {
  return ENTITY_TYPES.get(type)?.fields.get(name);
}

/** The row's own text, or '' when it is empty or not text. */
export function textOf(row: Row, field: string): string {
  const value = row.values.get(field);
  return typeof value === 'string' ? value : '';
}

/** `cached_display_name`. */
export function displayName(store: Store, row: Row): string {
  if (row.type === 'HumanUser' || row.type === 'ApiUser') {
    return `${textOf(row, 'firstname')} ${textOf(row, 'lastname')}`.trim();
  }
  if (row.type === 'PlaylistVersionConnection') {
    return linksIn(row.values.get('playlist'))
      .concat(linksIn(row.values.get('version')))
      .map((target) => nameOf(store, target))
      .join(' - ');
  }
  return textOf(row, typeOf(row.type).identity);
}

export function nameOf(store: Store, target: Link): string {
  const row = store.find(target.type, target.id);
  return row ? displayName(store, row) : '';
}

/** A link that still leads to a live row. */
export function isAlive(store: Store, target: Link): boolean {
  return store.find(target.type, target.id)?.retired === false;
}

/** The value of a field as it reads now. Links to retired rows are not there. */
export function readField(store: Store, row: Row, field: Field): FieldValue {
  const { origin } = field;
  switch (origin.kind) {
    case 'own': {
      const value = row.values.get(field.name) ?? field.defaultValue;
      if (field.dataType === 'entity') return linksIn(value).find((target) => isAlive(store, target)) ?? null;
      if (field.dataType === 'multi_entity') return linksIn(value).filter((target) => isAlive(store, target));
      // Write-once: what was typed never leaves the site again.
      if (row.type === 'ActionMenuItem' && field.name === 'secret_token') return null;
      return field.dataType === 'password' ? null : value;
    }
    case 'inverse':
      return inverseLinks(store, row, origin.type, origin.field);
    case 'through':
      return joinedLinks(store, row, origin);
    case 'computed':
      return field.name === 'id' ? row.id : displayName(store, row);
  }
}

export function readNamed(store: Store, row: Row, name: string): FieldValue {
  const field = fieldOf(row.type, name);
  return field ? readField(store, row, field) : null;
}

function inverseLinks(store: Store, row: Row, type: string, field: string): Link[] {
  const self = linkTo(row);
  return store
    .all(type)
    .filter((other) => !other.retired && linksIn(other.values.get(field)).some((target) => sameLink(target, self)))
    .map(linkTo);
}

function joinedLinks(store: Store, row: Row, origin: { join: string; here: string; there: string }): Link[] {
  const self = linkTo(row);
  const joined = store
    .all(origin.join)
    .filter((join) => !join.retired && linksIn(join.values.get(origin.here)).some((target) => sameLink(target, self)))
    .flatMap((join) => linksIn(join.values.get(origin.there)))
    .filter((target) => isAlive(store, target));
  // A playlist reads back in the order of its Versions' names, whatever order people see.
  return joined.sort((a, b) => nameOf(store, a).localeCompare(nameOf(store, b)) || a.id - b.id);
}
