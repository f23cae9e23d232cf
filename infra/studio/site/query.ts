/** Finding rows: what `GET /entity/<type>`, `_search`, `_summarize` and API3 `read` have in common. */
import { parsePath, valuesAt } from './filters.ts';
import type { Predicate } from './filters.ts';
import type { Caller } from './caller.ts';
import { malformed } from './errors.ts';
import { assertMayRead, isReadable } from './permissions.ts';
import type { EntityType } from './schema.ts';
import type { SiteState } from './state.ts';
import { EVENT_MS } from './timing.ts';
import type { FieldValue, Row } from './store.ts';
import { isLink, nameOf } from './values.ts';

export type Paging = { readonly size: number; readonly number: number };
export type Visibility = { readonly retired: boolean; readonly archived: boolean };

const ACTIVE: Visibility = { retired: false, archived: false };
const DEFAULT_SIZE = 500;
const MAX_SIZE = 5000;

/** @throws {@link SiteError} 400/103 */
export function parsePaging(size: unknown, number: unknown): Paging {
  const paging = { size: asInteger(size, DEFAULT_SIZE, 'size'), number: asInteger(number, 1, 'number') };
  if (paging.size > MAX_SIZE) throw malformed(`size must be less than ${MAX_SIZE}`, { page: { size: ['is too big'] } });
  if (paging.size < 1) throw malformed('size must be greater than 0', { page: { size: ['is too small'] } });
  if (paging.number < 1) throw malformed('number must be greater than 0', { page: { number: ['is too small'] } });
  return paging;
}

function asInteger(value: unknown, fallback: number, name: string): number {
  if (value === undefined || value === null || value === '') return fallback;
  const number = typeof value === 'number' ? value : Number(typeof value === 'string' ? value : Number.NaN);
  if (!Number.isInteger(number))
    throw malformed(`${name} must be an integer`, { page: { [name]: ['must be an integer'] } });
  return number;
}

/** @throws {@link SiteError} 400/103 */
export function parseVisibility(returnOnly: unknown, includeArchived: unknown): Visibility {
  if (returnOnly !== undefined && returnOnly !== 'active' && returnOnly !== 'retired') {
    throw malformed('return_only must be one of: active, retired', { options: { return_only: ['is invalid'] } });
  }
  return { retired: returnOnly === 'retired', archived: includeArchived === true || includeArchived === 'true' };
}

/** Rows the caller sees, in order of id unless `sort` says otherwise. */
export function findRows(
  state: SiteState,
  caller: Caller,
  type: EntityType,
  keep: Predicate,
  visibility: Visibility = ACTIVE,
  sort?: unknown,
): readonly Row[] {
  assertMayRead(caller, type);
  const seen = state.store
    .all(type.name)
    .filter((row) => row.retired === visibility.retired && isReadable(state.store, type, row, visibility.archived))
    .filter((row) => type.name !== 'EventLogEntry' || isLogged(state, row))
    .filter(keep)
    .sort((a, b) => a.id - b.id);
  return sortRows(state, type, seen, sort);
}

export function pageOf(rows: readonly Row[], { size, number }: Paging): readonly Row[] {
  return rows.slice((number - 1) * size, number * size);
}

function isLogged(state: SiteState, row: Row): boolean {
  const writtenAt = row.values.get('written_ms');
  return typeof writtenAt !== 'number' || performance.now() >= writtenAt + EVENT_MS * state.latencyFactor;
}

type Key = { readonly path: string; readonly descending: boolean };

/** `-created_at,id`. Unknown names change nothing; bad syntax is refused. */
function parseSort(sort: unknown): readonly Key[] {
  if (sort === undefined || sort === null || sort === '') return [];
  if (typeof sort !== 'string') throw malformed('sort must be a string', { sort: ['must be a string'] });
  return sort.split(',').map((part) => {
    const found = /^([+-]?)([A-Za-z_][\w.]*)$/.exec(part.trim());
    if (!found) throw malformed(`sort is not valid: '${part}'`, { sort: ['is invalid'] });
    return { path: found[2] ?? '', descending: found[1] === '-' };
  });
}

function sortRows(state: SiteState, type: EntityType, rows: readonly Row[], sort: unknown): readonly Row[] {
  const keys = parseSort(sort).flatMap(({ path, descending }) => {
    const found = parsePath(type, path);
    return found ? [{ found, sign: descending ? -1 : 1 }] : [];
  });
  if (keys.length === 0) return rows;
  return [...rows].sort((a, b) => {
    for (const { found, sign } of keys) {
      const order = compare(
        state,
        valuesAt(state.store, a, found)[0] ?? null,
        valuesAt(state.store, b, found)[0] ?? null,
      );
      if (order !== 0) return order * sign;
    }
    return a.id - b.id;
  });
}

function compare(state: SiteState, a: FieldValue, b: FieldValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return sortText(state, a).localeCompare(sortText(state, b));
}

function sortText(state: SiteState, value: FieldValue): string {
  if (isLink(value)) return nameOf(state.store, value);
  return typeof value === 'object' ? '' : String(value);
}
