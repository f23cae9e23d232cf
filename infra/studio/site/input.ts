/**
 * What may be written into a field of each data type, and how it is stored. A refusal is a 400 with code 104 that names
 * `Type.field`.
 */
import { ENTITY_TYPES } from './entity-types.ts';
import { malformed, refused } from './errors.ts';
import { isObject } from './json.ts';
import type { EntityType, Field } from './schema.ts';
import type { FieldValue, Link, Store } from './store.ts';
import { isLink, linksIn, sameLink } from './values.ts';

const INT32 = 2 ** 31;

/** @throws {@link SiteError} 400 */
export function storedValue(
  store: Store,
  type: EntityType,
  field: Field,
  value: unknown,
  current: FieldValue,
  verb: 'Create' | 'Update',
) {
  const illegal = (reason = 'Value is not legal.') =>
    refused(`${verb} failed for [${type.name}.${field.name}]: ${reason}`);
  switch (field.dataType) {
    case 'text':
    case 'url':
    case 'uuid':
      if (value === null) return null;
      if (typeof value !== 'string') throw illegal();
      return value.trim() === '' ? null : value.trim();
    case 'entity_type':
      if (value === null) return null;
      if (typeof value !== 'string' || !ENTITY_TYPES.has(value)) throw illegal();
      return value;
    case 'number':
    case 'duration':
      if (value === null) return null;
      if (typeof value !== 'number' || !Number.isInteger(value) || value >= INT32 || value < -INT32) throw illegal();
      return value;
    case 'float':
    case 'percent':
      if (value === null) return null;
      if (typeof value !== 'number') throw illegal();
      return value;
    case 'checkbox':
      if (typeof value !== 'boolean') throw illegal();
      return value;
    case 'date':
      if (value === null) return null;
      if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value)))
        throw illegal();
      return value;
    case 'date_time':
      if (value === null) return null;
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw illegal();
      return `${new Date(value).toISOString().slice(0, 19)}Z`;
    case 'list':
    case 'status_list':
      if (value === null) return null;
      // Values hidden in a project are not enforced: they are still valid.
      if (typeof value !== 'string' || !field.validValues.includes(value)) {
        throw illegal(
          `'${typeof value === 'string' ? value : typeof value}' is not a valid value. Valid values: ${field.validValues.join(', ')}.`,
        );
      }
      return value;
    case 'serializable':
      return isObject(value) ? value : null;
    case 'entity':
      return value === null ? null : storedLink(store, type, field, value, illegal);
    case 'multi_entity':
      return storedLinks(store, type, field, value, current, illegal);
    case 'image':
    case 'password':
    case 'calculated':
    case 'summary':
      throw refused(`The field is not editable for this user: [${type.name}.${field.name}].`);
  }
}

function storedLink(store: Store, type: EntityType, field: Field, value: unknown, illegal: () => Error): Link {
  if (!isObject(value) || typeof value['type'] !== 'string' || typeof value['id'] !== 'number') {
    throw malformed(
      `API update() ${type.name}.${field.name} expected [Hash, NilClass] with 'type' and 'id'. Valid types: ${field.validTypes.join(', ')}.`,
      { valid_types: field.validTypes },
    );
  }
  const target = { type: value['type'], id: value['id'] };
  if (!field.validTypes.includes(target.type) || store.find(target.type, target.id)?.retired !== false) throw illegal();
  return target;
}

/** A bare list replaces; `{"multi_entity_update_mode": "add"|"remove"|"set", "value": […]}` works in place. */
function storedLinks(
  store: Store,
  type: EntityType,
  field: Field,
  value: unknown,
  current: FieldValue,
  illegal: () => Error,
): Link[] {
  const mode = isObject(value) && !isLink(value) ? (value['multi_entity_update_mode'] ?? 'set') : 'set';
  const list = isObject(value) && !isLink(value) ? value['value'] : value;
  if (!Array.isArray(list)) {
    throw malformed(
      `API update() ${type.name}.${field.name} expected [Array]. Valid types: ${field.validTypes.join(', ')}.`,
      {
        valid_types: field.validTypes,
      },
    );
  }
  const given = (list as unknown[]).map((one) => storedLink(store, type, field, one, illegal));
  const had = linksIn(current);
  switch (mode) {
    case 'add':
      return unique([...had, ...given]);
    case 'remove':
      return had.filter((one) => !given.some((gone) => sameLink(gone, one)));
    case 'set':
      return unique(given);
    default:
      throw malformed("multi_entity_update_mode must be one of: 'add', 'remove', 'set'");
  }
}

function unique(list: readonly Link[]): Link[] {
  // Read order is not insertion order: by type, then id.
  const once = new Map(list.map((one) => [`${one.type} ${one.id}`, one]));
  return [...once.values()].sort((a, b) => a.type.localeCompare(b.type) || a.id - b.id);
}
