/** The relations a filter may use for each data type, and what each of them means. Text compares without case. */
import type { DataType } from './schema.ts';
import type { FieldValue, Link, Store } from './store.ts';
import { isLink, linksIn, nameOf, sameLink } from './values.ts';

const TEXT = ['contains', 'not_contains', 'is', 'is_not', 'starts_with', 'ends_with', 'in', 'not_in'];
const NUMBER = ['is', 'is_not', 'greater_than', 'less_than', 'between', 'not_between', 'in', 'not_in'];
const CHOICE = ['is', 'is_not', 'in', 'not_in'];
const ENTITY = [
  'is',
  'is_not',
  'name_contains',
  'name_not_contains',
  'name_is',
  'type_is',
  'type_is_not',
  'in',
  'not_in',
];
const DATE = [
  'is',
  'is_not',
  'greater_than',
  'less_than',
  'in_last',
  'not_in_last',
  'in_next',
  'not_in_next',
  'in_calendar_day',
  'in_calendar_week',
  'in_calendar_month',
  'in_calendar_year',
  'between',
  'in',
  'not_in',
];

/** Undefined for the types that cannot be filtered at all. */
export function relationsOf(dataType: DataType): readonly string[] | undefined {
  switch (dataType) {
    case 'text':
      return TEXT;
    case 'number':
    case 'float':
    case 'percent':
    case 'duration':
      return NUMBER;
    case 'checkbox':
    case 'image':
      return ['is', 'is_not'];
    case 'date':
    case 'date_time':
      return DATE;
    case 'list':
    case 'status_list':
    case 'entity_type':
    case 'uuid':
      return CHOICE;
    case 'entity':
    case 'multi_entity':
      return ENTITY;
    case 'calculated':
    case 'password':
    case 'serializable':
    case 'summary':
    case 'url':
      return undefined;
  }
}

const NEGATIONS: Readonly<Record<string, string>> = {
  is_not: 'is',
  not_in: 'in',
  not_contains: 'contains',
  not_between: 'between',
  name_not_contains: 'name_contains',
  type_is_not: 'type_is',
  not_in_last: 'in_last',
  not_in_next: 'in_next',
};

export type Comparison = { readonly store: Store; readonly now: Date; readonly dataType: DataType };

/** Whether any of `values` (one per row that a path reaches) is in `relation` to `wanted`. */
export function relates(
  context: Comparison,
  values: readonly FieldValue[],
  relation: string,
  wanted: unknown,
): boolean {
  const positive = NEGATIONS[relation];
  if (positive !== undefined) return !relates(context, values, positive, wanted);
  return values.some((value) => matches(context, value, relation, wanted));
}

function matches(context: Comparison, value: FieldValue, relation: string, wanted: unknown): boolean {
  if (relation === 'in') {
    const numbers = context.dataType === 'number' ? numbersIn(wanted) : undefined;
    if (numbers !== undefined) return value !== null && numbers.has(Number(value));
    return asList(wanted).some((one) => matches(context, value, 'is', one));
  }
  // Only the first of a list counts where one value is meant; the rest goes without a word.
  const one = relation === 'between' || relation.startsWith('in_') ? wanted : asList(wanted)[0];
  switch (context.dataType) {
    case 'entity':
    case 'multi_entity':
      return matchesLinks(context.store, linksIn(value), relation, one ?? null);
    case 'date':
    case 'date_time':
      return matchesDate(context, value, relation, one);
    case 'number':
    case 'float':
    case 'percent':
    case 'duration':
      return matchesOrdered(value === null ? null : Number(value), relation, one, (given) =>
        given === null || given === undefined ? null : Number(given),
      );
    default:
      return matchesText(value, relation, one);
  }
}

const numberSets = new WeakMap<readonly unknown[], ReadonlySet<number> | undefined>();

/** Thousands of ids are looked for in thousands of rows: made into a set once. Undefined for anything but numbers. */
function numbersIn(wanted: unknown): ReadonlySet<number> | undefined {
  if (!Array.isArray(wanted)) return undefined;
  const list = wanted as readonly unknown[];
  if (!numberSets.has(list)) {
    numberSets.set(list, list.every((one) => typeof one === 'number') ? new Set<number>(list) : undefined);
  }
  return numberSets.get(list);
}

function matchesText(value: FieldValue, relation: string, wanted: unknown): boolean {
  if (typeof value === 'boolean') return value === wanted;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  const sought = typeof wanted === 'string' ? wanted.toLowerCase() : '';
  switch (relation) {
    case 'is':
      return text === sought;
    case 'contains':
      return text.includes(sought);
    case 'starts_with':
      return text.startsWith(sought);
    case 'ends_with':
      return text.endsWith(sought);
    default:
      return false;
  }
}

function matchesLinks(store: Store, targets: readonly Link[], relation: string, wanted: unknown): boolean {
  const text = typeof wanted === 'string' ? wanted.toLowerCase() : '';
  switch (relation) {
    case 'is':
      return isLink(wanted)
        ? targets.some((target) => sameLink(target, wanted))
        : wanted === null && targets.length === 0;
    case 'name_is':
      return targets.some((target) => nameOf(store, target).toLowerCase() === text);
    case 'name_contains':
      return targets.some((target) => nameOf(store, target).toLowerCase().includes(text));
    case 'type_is':
      return targets.some((target) => target.type === wanted);
    default:
      return false;
  }
}

function matchesDate(context: Comparison, value: FieldValue, relation: string, wanted: unknown): boolean {
  const at = asTime(value);
  if (relation.startsWith('in_')) return at !== null && matchesSpan(context.now, at, relation, wanted);
  return matchesOrdered(at, relation, wanted, asTime);
}

function matchesOrdered(
  value: number | null,
  relation: string,
  wanted: unknown,
  convert: (given: unknown) => number | null,
): boolean {
  if (relation === 'between') {
    const [low, high] = asList(wanted).map(convert);
    return (
      value !== null &&
      low !== undefined &&
      low !== null &&
      high !== undefined &&
      high !== null &&
      value >= low &&
      value <= high
    );
  }
  const bound = convert(wanted);
  if (relation === 'is') return value === bound;
  if (value === null || bound === null) return false;
  return relation === 'greater_than' ? value > bound : relation === 'less_than' && value < bound;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
  MONTH: 2_592_000_000,
  YEAR: 31_536_000_000,
};

function matchesSpan(now: Date, at: number, relation: string, wanted: unknown): boolean {
  const [count, unit] = asList(wanted);
  const amount = Number(count ?? 0);
  if (relation === 'in_last' || relation === 'in_next') {
    const length = amount * (UNIT_MS[typeof unit === 'string' ? unit.toUpperCase() : 'DAY'] ?? 0);
    const from = relation === 'in_last' ? now.getTime() - length : now.getTime();
    return at >= from && at <= from + length;
  }
  const [from, to] = calendarSpan(now, relation, amount);
  return at >= from && at < to;
}

function calendarSpan(now: Date, relation: string, offset: number): readonly [number, number] {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  switch (relation) {
    case 'in_calendar_day':
      return [Date.UTC(year, month, day + offset), Date.UTC(year, month, day + offset + 1)];
    case 'in_calendar_week': {
      const sunday = day - now.getUTCDay() + 7 * offset;
      return [Date.UTC(year, month, sunday), Date.UTC(year, month, sunday + 7)];
    }
    case 'in_calendar_month':
      return [Date.UTC(year, month + offset), Date.UTC(year, month + offset + 1)];
    default:
      return [Date.UTC(year + offset, 0), Date.UTC(year + offset + 1, 0)];
  }
}

function asTime(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
