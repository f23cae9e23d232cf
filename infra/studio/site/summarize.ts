/** `POST /entity/<type>/_summarize`: counts, sums, ranges and shares over the rows of a filter, whole and by group. */
import type { Request, Response } from 'express';
import { searchBody } from './body.ts';
import { authenticate } from './caller.ts';
import { entityType } from './entity-routes.ts';
import { malformed } from './errors.ts';
import { parseFilters, parsePath, valuesAt } from './filters.ts';
import type { Path } from './filters.ts';
import { isObject } from './json.ts';
import { findRows } from './query.ts';
import { namedLink } from './records.ts';
import type { EntityType } from './schema.ts';
import type { SiteState } from './state.ts';
import type { FieldValue, Row } from './store.ts';
import { isLink } from './values.ts';

export function summarizeEndpoint(state: SiteState) {
  return function summarizeRows(request: Request, response: Response): void {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const { form, body } = searchBody(request);
    const rows = findRows(state, caller, type, parseFilters(state, type, body['filters'], form));
    response.json({ data: summarize(state, type, rows, body['summary_fields'], body['grouping']) });
  };
}

type SummaryField = { readonly name: string; readonly path: Path; readonly kind: string };
type Grouping = { readonly path: Path; readonly method: string; readonly descending: boolean };

/** @throws {@link SiteError} 400/103 */
export function summarize(
  state: SiteState,
  type: EntityType,
  rows: readonly Row[],
  summaryFields: unknown,
  grouping: unknown,
) {
  // One kind per field: a later one takes the earlier one's place.
  const wanted = listOf(summaryFields, 'summary_fields').map((item) => summaryField(type, item));
  const groupings = grouping === undefined ? [] : listOf(grouping, 'grouping').map((item) => groupingOf(type, item));
  const summaries = summariesOf(state, rows, wanted);
  return groupings.length === 0
    ? { summaries, groups: [] }
    : { summaries, groups: groupsOf(state, rows, wanted, groupings) };
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`${name} must be an array`, { [name]: ['must be an array'] });
  return value;
}

function summaryField(type: EntityType, item: unknown): SummaryField {
  const name = isObject(item) ? item['field'] : undefined;
  const kind = isObject(item) ? item['type'] : undefined;
  if (typeof name !== 'string' || typeof kind !== 'string' || !KINDS.has(kind)) {
    throw malformed(`summary_fields type must be one of: ${[...KINDS.keys()].join(', ')}`, {
      summary_fields: ['is invalid'],
    });
  }
  const path = parsePath(type, name);
  if (!path) throw malformed(`API summarize() ${type.name}.${name} doesn't exist.`);
  return { name, kind, path };
}

function groupingOf(type: EntityType, item: unknown): Grouping {
  const name = isObject(item) ? item['field'] : undefined;
  const path = typeof name === 'string' ? parsePath(type, name) : undefined;
  if (!isObject(item) || !path) throw malformed('grouping field is not valid', { grouping: ['is invalid'] });
  return {
    path,
    method: typeof item['type'] === 'string' ? item['type'] : 'exact',
    descending: item['direction'] === 'desc',
  };
}

function summariesOf(state: SiteState, rows: readonly Row[], wanted: readonly SummaryField[]): Record<string, unknown> {
  return Object.fromEntries(
    wanted.map(({ name, path, kind }) => {
      const values = rows.flatMap((row) => valuesAt(state.store, row, path)).filter((value) => value !== null);
      return [name, KINDS.get(kind)?.(values, rows.length) ?? null];
    }),
  );
}

function groupsOf(
  state: SiteState,
  rows: readonly Row[],
  wanted: readonly SummaryField[],
  groupings: readonly Grouping[],
): unknown[] {
  const [grouping, ...inner] = groupings;
  if (!grouping) return [];
  const groups = new Map<string, { value: unknown; rows: Row[] }>();
  for (const row of rows) {
    const { name, value } = groupKey(state, valuesAt(state.store, row, grouping.path)[0] ?? null, grouping.method);
    const group = groups.get(name) ?? { value, rows: [] };
    group.rows.push(row);
    groups.set(name, group);
  }
  const ordered = [...groups].sort(([a], [b]) => a.localeCompare(b));
  return (grouping.descending ? ordered.reverse() : ordered).map(([name, group]) => ({
    group_name: name,
    group_value: group.value,
    summaries: summariesOf(state, group.rows, wanted),
    ...(inner.length > 0 ? { groups: groupsOf(state, group.rows, wanted, inner) } : {}),
  }));
}

const PREFIX_LENGTHS: Readonly<Record<string, number>> = { day: 10, month: 7, year: 4, firstletter: 1 };

function groupKey(state: SiteState, value: FieldValue, method: string): { name: string; value: unknown } {
  if (isLink(value)) {
    const link = namedLink(state.store, value);
    return method === 'entitytype' ? { name: link.type, value: link.type } : { name: link.name, value: link };
  }
  if (typeof value === 'object') return { name: '', value: null };
  const text = String(value);
  const key = text.slice(0, PREFIX_LENGTHS[method] ?? text.length);
  return { name: key, value: method === 'exact' ? value : key };
}

type Summary = (values: readonly FieldValue[], rows: number) => unknown;

const numbers = (values: readonly FieldValue[]) => values.filter((value) => typeof value === 'number');
const texts = (values: readonly FieldValue[]) => values.filter((value) => typeof value === 'string').sort();
const DONE = ['fin', 'apr', 'cmpt', 'clsd'];
const doneShare: Summary = (values, rows) =>
  rows === 0 ? 0 : values.filter((value) => DONE.includes(value as string)).length / rows;

const KINDS: ReadonlyMap<string, Summary> = new Map<string, Summary>([
  ['record_count', (_values, rows) => rows],
  ['count', (values) => values.length],
  ['sum', (values) => numbers(values).reduce((sum, value) => sum + value, 0)],
  ['maximum', (values) => (numbers(values).length === 0 ? null : Math.max(...numbers(values)))],
  ['minimum', (values) => (numbers(values).length === 0 ? null : Math.min(...numbers(values)))],
  [
    'average',
    (values) =>
      numbers(values).length === 0
        ? null
        : numbers(values).reduce((sum, value) => sum + value, 0) / numbers(values).length,
  ],
  ['earliest', (values) => texts(values)[0] ?? null],
  ['latest', (values) => texts(values).at(-1) ?? null],
  ['percentage', (values, rows) => (rows === 0 ? 0 : Math.round((100 * values.length) / rows))],
  ['status_percentage', (values, rows) => Math.round(100 * Number(doneShare(values, rows)))],
  ['status_percentage_as_float', doneShare],
  ['status_list', (values) => (new Set(values).size === 1 ? values[0] : 'ip')],
  ['checked', (values) => values.filter((value) => value === true).length],
  ['unchecked', (values) => values.filter((value) => value === false).length],
]);
