/**
 * Reading many rows, page by page.
 * ShotGrid REST: 500 rows a page unless asked, 5,000 at most; there are no totals and `links.next` is always there, so
 * only an empty page is the end.
 */
import { unreadable, type Api, type CallOptions } from './api.ts';
import { checkField, checkRowId, entityPath } from './entity-path.ts';
import { filtersContentType, type Filters } from './filters.ts';
import { ownPath } from './json.ts';
import { parseRow, type Row } from './rows.ts';

export type SearchOptions = CallOptions & {
  /** None means every row. */
  readonly filters?: Filters | undefined;
  /** Field codes and dotted paths; the site silently drops those it does not know. */
  readonly fields: readonly string[];
  /** `-created_at,code`: `-` for descending. The id is always the last key, so that pages do not overlap. */
  readonly sort?: string | undefined;
  /** 1 to 5,000, default 500. */
  readonly pageSize?: number | undefined;
  /** Rows wanted at most. With it no page is fetched only to find it empty. */
  readonly limit?: number | undefined;
  /** Look among the retired (deleted) rows instead. */
  readonly retired?: boolean | undefined;
  readonly includeArchivedProjects?: boolean | undefined;
};

const PAGE_SIZE = 500;
const MAX_PAGE_SIZE = 5000;

/** All rows that match, in order. */
export async function searchRows(api: Api, entityType: string, options: SearchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of searchPages(api, entityType, options)) rows.push(...page);
  return rows;
}

/** The rows that match, a page at a time; no row comes twice, whatever changes on the site meanwhile. */
export async function* searchPages(api: Api, entityType: string, options: SearchOptions): AsyncGenerator<Row[]> {
  const limit = options.limit ?? Infinity;
  const size = Math.max(1, Math.min(options.pageSize ?? PAGE_SIZE, MAX_PAGE_SIZE, limit));
  const seen = new Set<number>();
  for (let number = 1; seen.size < limit; number += 1) {
    const page = await fetchPage(api, entityType, options, { size, number });
    const fresh: Row[] = [];
    for (const row of page) {
      if (seen.has(row.id) || seen.size >= limit) continue;
      seen.add(row.id);
      fresh.push(row);
    }
    // Empty, or the site keeps giving the same page: either way there is nothing more to get.
    if (fresh.length === 0) return;
    yield fresh;
  }
}

const IDS_A_CALL = 500;

/**
 * The rows with these ids, in no particular order; ids that are gone, or not visible to the person, are left out.
 * One call for each 500 ids, and none for the end of the list: there cannot be more rows than ids.
 */
export async function rowsByIds(
  api: Api,
  entityType: string,
  ids: readonly number[],
  options: CallOptions & { readonly fields: readonly string[]; readonly retired?: boolean },
): Promise<Row[]> {
  const unique = [...new Set(ids.map(checkRowId))];
  const calls: Promise<Row[]>[] = [];
  for (let at = 0; at < unique.length; at += IDS_A_CALL) {
    const some = unique.slice(at, at + IDS_A_CALL);
    const filters: Filters = [['id', 'in', some]];
    calls.push(fetchPage(api, entityType, { ...options, filters }, { size: some.length, number: 1 }));
  }
  return (await Promise.all(calls)).flat();
}

async function fetchPage(
  api: Api,
  entityType: string,
  options: SearchOptions,
  page: { readonly size: number; readonly number: number },
): Promise<Row[]> {
  const filters = options.filters ?? [];
  const body = await api({
    operation: 'search',
    kind: 'read',
    method: 'POST',
    path: `${entityPath(entityType)}/_search`,
    contentType: filtersContentType(filters),
    body: {
      filters,
      fields: options.fields.map(checkField),
      sort: stableSort(options.sort),
      page,
      ...searchScope(options),
    },
    options,
  });
  return parseRows(body);
}

/** The records of a list answer. @throws ShotgridUnavailableError when it is none. */
function parseRows(body: unknown): Row[] {
  const data = ownPath(body, 'data');
  if (!Array.isArray(data)) throw unreadable('read');
  return data.map((record) => {
    const row = parseRow(record);
    if (row === undefined) throw unreadable('read');
    return row;
  });
}

function searchScope(options: SearchOptions): { readonly options?: Readonly<Record<string, unknown>> } {
  if (options.retired !== true && options.includeArchivedProjects === undefined) return {};
  return {
    options: {
      return_only: options.retired === true ? 'retired' : 'active',
      ...(options.includeArchivedProjects === undefined
        ? {}
        : { include_archived_projects: options.includeArchivedProjects }),
    },
  };
}

function stableSort(sort: string | undefined): string {
  const keys = (sort ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  for (const key of keys) checkField(key.replace(/^[+-]/, ''));
  return keys.some((key) => /^[+-]?id$/.test(key)) ? keys.join(',') : [...keys, 'id'].join(',');
}
