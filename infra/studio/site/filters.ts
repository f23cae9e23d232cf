/**
 * Filters of `_search` and its relatives: the array form `[[path, relation, value], …]` (AND only) and the hash form
 * `{"logical_operator": "and"|"or", "conditions": [triple | group, …]}`. Everything odd is a 400 with code 103.
 */
import { ENTITY_TYPES } from './entity-types.ts';
import { malformed } from './errors.ts';
import { isObject } from './json.ts';
import { relates, relationsOf } from './relations.ts';
import { isLinkType } from './schema.ts';
import type { EntityType, Field } from './schema.ts';
import type { FieldValue, Row, Store } from './store.ts';
import { linksIn, readField } from './values.ts';

export type Predicate = (row: Row) => boolean;
export type Clock = { readonly store: Store; readonly now: () => Date };

type Hop = { readonly field: Field; readonly targetType: string };

/** `entity.Shot.code`: one hop over `entity` to a `Shot`, and then `code`. */
export type Path = { readonly hops: readonly Hop[]; readonly last: Field };

/** @throws {@link SiteError} 400/103 */
export function parseFilters(clock: Clock, type: EntityType, filters: unknown, form: 'array' | 'hash'): Predicate {
  if (filters === undefined || filters === null) return () => true;
  if (form === 'array') {
    if (!Array.isArray(filters)) throw malformed('filters must be an array', { filters: ['must be an array'] });
    return every((filters as unknown[]).map((triple) => parseTriple(clock, type, triple)));
  }
  // A 265th level is taken, a 266th makes the real site fail; here it is refused in the same breath.
  return parseGroup(clock, type, filters, 0);
}

function parseGroup(clock: Clock, type: EntityType, group: unknown, depth: number): Predicate {
  if (depth > 265) throw new Error('filters are nested too deeply');
  if (Array.isArray(group) && depth > 0) return parseTriple(clock, type, group);
  if (!isObject(group)) throw malformed('filters must be a hash', { filters: ['must be a hash'] });
  const { logical_operator: operator, conditions } = group;
  if ((operator !== 'and' && operator !== 'or') || !Array.isArray(conditions)) {
    throw malformed("filters must have a 'logical_operator' (and, or) and 'conditions'", { filters: ['is invalid'] });
  }
  const parts = (conditions as unknown[]).map((part) => parseGroup(clock, type, part, depth + 1));
  if (parts.length === 0) return () => true;
  return operator === 'and' ? every(parts) : (row) => parts.some((part) => part(row));
}

function every(parts: readonly Predicate[]): Predicate {
  return (row) => parts.every((part) => part(row));
}

function parseTriple(clock: Clock, type: EntityType, triple: unknown): Predicate {
  if (!Array.isArray(triple) || triple.length !== 3) {
    throw malformed('each filter must have exactly 3 elements: [field, relation, value]', { filters: ['is invalid'] });
  }
  const [path, relation, value] = triple as [unknown, unknown, unknown];
  if (typeof path !== 'string' || typeof relation !== 'string')
    throw malformed('filter field and relation must be strings');
  return condition(clock, type, path, relation, value);
}

/** One condition, as in `filter[path]=value` too. */
export function condition(clock: Clock, type: EntityType, path: string, relation: string, wanted: unknown): Predicate {
  const found = parsePath(type, path);
  if (!found) throw malformed(`API read() ${type.name}.${path} doesn't exist.`);
  const { dataType } = found.last;
  const relations = relationsOf(dataType);
  if (!relations)
    throw malformed(`API read() ${type.name}.${path}: '${dataType}' data type cannot be used in a filter.`);
  if (!relations.includes(relation)) {
    throw malformed(
      `API read() ${type.name}.${path}'s '${dataType}' data type doesn't support '${relation}' 'relation'`,
      {
        valid_relations: relations,
      },
    );
  }
  if (isLinkType(dataType)) assertLinkValue(type, path, relation, wanted);
  return (row) =>
    relates({ store: clock.store, now: clock.now(), dataType }, valuesAt(clock.store, row, found), relation, wanted);
}

const TAKES_LINKS = ['is', 'is_not', 'in', 'not_in'];

function assertLinkValue(type: EntityType, path: string, relation: string, wanted: unknown): void {
  if (!TAKES_LINKS.includes(relation)) return;
  for (const one of Array.isArray(wanted) ? (wanted as unknown[]) : [wanted]) {
    if (one === null) continue;
    if (!isObject(one) || typeof one['type'] !== 'string' || typeof one['id'] !== 'number') {
      throw malformed(`API read() ${type.name}.${path} expected [Hash, NilClass] data type(s) with 'type' and 'id'`);
    }
  }
}

/** Undefined when any part of it is unknown. */
export function parsePath(type: EntityType, path: string): Path | undefined {
  const parts = path.split('.');
  const hops: Hop[] = [];
  let here: EntityType | undefined = type;
  for (let at = 0; at < parts.length; at += 2) {
    const field: Field | undefined = here?.fields.get(parts[at] ?? '');
    if (!field) return undefined;
    if (at === parts.length - 1) return { hops, last: field };
    const targetType = parts[at + 1] ?? '';
    if (!isLinkType(field.dataType)) return undefined;
    hops.push({ field, targetType });
    here = ENTITY_TYPES.get(targetType);
  }
  return undefined;
}

/** Every value that the path reaches from this row; one null when it reaches nothing. */
export function valuesAt(store: Store, row: Row, path: Path): FieldValue[] {
  let rows = [row];
  for (const { field, targetType } of path.hops) {
    rows = rows
      .flatMap((from) => linksIn(readField(store, from, field)))
      .filter((target) => target.type === targetType)
      .map((target) => store.find(target.type, target.id))
      .filter((found) => found !== undefined);
  }
  return rows.length === 0 ? [null] : rows.map((found) => readField(store, found, path.last));
}
