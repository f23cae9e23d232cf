/**
 * An AMI click, typed. Fields that decide who acts on which rows are refused when malformed; fields that only describe the
 * page are cleaned or dropped, since a click must not fail over its decoration. A blank field is an absent one.
 */
import { said } from '../texts/said.ts';
import { AmiMalformedError } from './errors.ts';
import { quoteKey } from './form.ts';
import { commaList, displayText, idList, parseId } from './values.ts';

/** A form's fields, or those of a light payload's event row, where lists may come as lists. */
export type AmiFields = ReadonlyMap<string, string | readonly string[]>;

/** JSON-safe, since it is kept with its launch. Optional keys are absent, never undefined. */
export type AmiPayload = {
  /** Who is said to have clicked: a claim, until the identity provider agrees. */
  readonly user: { readonly id: number; readonly login: string };
  /** Type of the rows. Absent only when the click names no rows (a menu without a page behind it). */
  readonly entityType?: string;
  /** Rows selected, in the order sent, each once. */
  readonly selectedIds: readonly number[];
  /** Rows the page's query returned, also those not on screen; not proof of completeness. */
  readonly ids: readonly number[];
  readonly serverHostname?: string;
  readonly title?: string;
  readonly pageId?: number;
  /** Path on the ShotGrid site, beginning with one slash. */
  readonly referrerPath?: string;
  /** ShotGrid's id of the browser window; writes that carry it refresh that page. */
  readonly sessionUuid?: string;
  /** Field codes of the visible columns, dotted paths among them. */
  readonly columns: readonly string[];
  /** As sent: a name may hold a comma, so this is for showing, never for splitting. */
  readonly columnDisplayNames?: string;
  readonly view?: string;
  readonly sort: readonly SortKey[];
  readonly grouping: readonly GroupingKey[];
  /** Only when every row of the page shares one project. */
  readonly project?: { readonly id: number; readonly name?: string };
  /** UTC text, as signed. */
  readonly timestamp?: string;
};

export type SortKey = { readonly column: string; readonly direction: 'asc' | 'desc' };
export type GroupingKey = SortKey & { readonly method?: string };

const ENTITY_TYPE = /^[A-Z][A-Za-z0-9_]{0,63}$/;
const COLUMN = /^[\w.$-]{1,255}$/;
const METHOD = /^\w{1,64}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_COLUMNS = 1000;

/**
 * The typed click. Every field is optional but `user_id` and `user_login`, and `entity_type` where there are rows.
 *
 * @throws {@link AmiMalformedError} naming the field that is missing or malformed.
 * @throws {@link AmiTooLargeError} when a list of rows holds more than 100,000.
 */
export function parsePayload(fields: AmiFields): AmiPayload {
  const text = (key: string) => textOf(fields, key);
  const shown = (key: string, maxLength?: number) => displayText(text(key), maxLength);
  const selectedIds = idList(listOf(fields, 'selected_ids'), 'selected_ids');
  const ids = idList(listOf(fields, 'ids'), 'ids');
  const entityType = parseEntityType(text('entity_type'), selectedIds.length + ids.length > 0);
  const title = shown('title');
  return {
    user: { id: requiredId(fields, 'user_id'), login: parseLogin(text('user_login')) },
    ...present('entityType', entityType),
    selectedIds,
    ids,
    ...present('serverHostname', text('server_hostname')),
    // A grid in a detail page has no title of its own, and the page's script sends the word.
    ...present('title', title === 'undefined' ? undefined : title),
    ...present('pageId', parseId(text('page_id'))),
    ...present('referrerPath', parsePath(text('referrer_path'))),
    ...present('sessionUuid', shaped(UUID, text('session_uuid'))?.toLowerCase()),
    columns: listOf(fields, 'cols')
      .filter((column) => COLUMN.test(column))
      .slice(0, MAX_COLUMNS),
    ...present('columnDisplayNames', shown('column_display_names', 20_000)),
    ...present('view', shown('view')),
    sort: parseSort(fields),
    grouping: parseGrouping(fields),
    ...present('project', parseProject(fields)),
    ...present('timestamp', text('timestamp')),
  };
}

function textOf(fields: AmiFields, key: string): string | undefined {
  const value = fields.get(key);
  const text = typeof value === 'string' ? value : value?.join(',');
  return text === '' ? undefined : text;
}

function listOf(fields: AmiFields, key: string): readonly string[] {
  const value = fields.get(key);
  if (value === undefined || typeof value === 'string') return commaList(value ?? '');
  return value.map((item) => item.trim());
}

function parseEntityType(text: string | undefined, hasRows: boolean): string | undefined {
  if (text === undefined && hasRows) throw new AmiMalformedError(said('explanation.formRowsWithoutType'));
  if (text !== undefined && !ENTITY_TYPE.test(text)) throw new AmiMalformedError(said('explanation.formNoEntityType'));
  return text;
}

function requiredId(fields: AmiFields, key: string): number {
  const text = textOf(fields, key);
  if (text === undefined) throw new AmiMalformedError(said('explanation.formLacksField', { field: key }));
  const id = parseId(text);
  if (id === undefined) throw new AmiMalformedError(said('explanation.formNoRowNumber', { field: key }));
  return id;
}

/** The login exactly as sent: it is compared with others, so nothing is repaired. */
function parseLogin(text: string | undefined): string {
  if (text === undefined) throw new AmiMalformedError(said('explanation.formLacksField', { field: 'user_login' }));
  if (text.length > 255 || displayText(text) !== text) {
    throw new AmiMalformedError(said('explanation.formNoLogin'));
  }
  return text;
}

/** A path of the site itself: `//host` and `/\host` would leave it. */
function parsePath(text: string | undefined): string | undefined {
  return shaped(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1999}$/, text);
}

function parseProject(fields: AmiFields): AmiPayload['project'] {
  if (textOf(fields, 'project_id') === undefined) return undefined;
  const name = displayText(textOf(fields, 'project_name'));
  return { id: requiredId(fields, 'project_id'), ...present('name', name) };
}

/** The plural keys come only with several sort keys; the singular ones then repeat the first. */
function parseSort(fields: AmiFields): readonly SortKey[] {
  const columns = pluralOrSingular(fields, 'sort_column');
  const directions = pluralOrSingular(fields, 'sort_direction');
  return columns.flatMap((column, i) =>
    COLUMN.test(column) ? [{ column, direction: parseDirection(directions[i]) }] : [],
  );
}

function parseGrouping(fields: AmiFields): readonly GroupingKey[] {
  const columns = pluralOrSingular(fields, 'grouping_column');
  const methods = pluralOrSingular(fields, 'grouping_method');
  const directions = pluralOrSingular(fields, 'grouping_direction');
  return columns.flatMap((column, i) =>
    COLUMN.test(column)
      ? [{ column, direction: parseDirection(directions[i]), ...present('method', shaped(METHOD, methods[i])) }]
      : [],
  );
}

function pluralOrSingular(fields: AmiFields, singular: string): readonly string[] {
  const plural = listOf(fields, `${singular}s`);
  return (plural.length > 0 ? plural : listOf(fields, singular)).slice(0, MAX_COLUMNS);
}

function parseDirection(text: string | undefined): 'asc' | 'desc' {
  return text === 'desc' ? 'desc' : 'asc';
}

function shaped(shape: RegExp, text: string | undefined): string | undefined {
  return text !== undefined && shape.test(text) ? text : undefined;
}

/** `{ [key]: value }`, or nothing at all: an absent field is an absent key. */
function present<K extends string, V>(key: K, value: V | undefined): Readonly<Partial<Record<K, V>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, V>>>;
}

/** Names every one of `keys` that is missing or blank, at once. */
export function requireFields(fields: AmiFields, keys: readonly string[]): void {
  const missing = keys.filter((key) => textOf(fields, key) === undefined);
  if (missing.length > 0)
    throw new AmiMalformedError(said('explanation.formLacksFields', { fields: missing.map(quoteKey).join(', ') }));
}
