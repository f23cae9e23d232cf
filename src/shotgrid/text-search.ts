/**
 * Type-ahead: rows whose name holds every word, over several types in one call.
 * ShotGrid REST: at most 25 rows a page (26 is a 400), the shortest name first, no end marker.
 */
import { unreadable, type Api, type CallOptions } from './api.ts';
import { checkEntityType } from './entity-path.ts';
import { ARRAY_FILTERS, HASH_FILTERS, asFilterGroup, isFilterGroup, type Filters } from './filters.ts';
import { ownPath } from './json.ts';
import { parseRow, type RowRef } from './rows.ts';

export type TextSearch = CallOptions & {
  readonly text: string;
  /** Which types to look at, and which of their rows. */
  readonly entityTypes: Readonly<Record<string, Filters>>;
  /** 1 to 25, default 25. */
  readonly limit?: number | undefined;
};

export type TextMatch = RowRef & {
  readonly name: string;
  /** Type and name of the row it hangs on, when the site says. */
  readonly linkedTo: { readonly type: string; readonly name: string } | undefined;
  readonly status: string | undefined;
};

const MAX_MATCHES = 25;

/** The best matches, shortest name first. */
export async function searchText(api: Api, search: TextSearch): Promise<TextMatch[]> {
  const types = Object.entries(search.entityTypes);
  // One body has one content type, so either every type has the list form or every one has the tree form.
  const asTree = types.some(([, filters]) => isFilterGroup(filters));
  const body = await api({
    operation: 'text_search',
    kind: 'read',
    method: 'POST',
    path: '/entity/_text_search',
    contentType: asTree ? HASH_FILTERS : ARRAY_FILTERS,
    body: {
      text: search.text,
      entity_types: Object.fromEntries(
        types.map(([type, filters]) => [checkEntityType(type), asTree ? asFilterGroup(filters) : filters]),
      ),
      page: { number: 1, size: Math.max(1, Math.min(search.limit ?? MAX_MATCHES, MAX_MATCHES)) },
    },
    options: search,
  });
  const data = ownPath(body, 'data');
  if (!Array.isArray(data)) throw unreadable('read');
  return data.map(parseMatch);
}

function parseMatch(record: unknown): TextMatch {
  const row = parseRow(record);
  if (row === undefined) throw unreadable('read');
  const links = row.fields['links'];
  const [type, name] = Array.isArray(links) ? (links as unknown[]) : [];
  const status = row.fields['status'];
  const ownName = row.fields['name'];
  return {
    type: row.type,
    id: row.id,
    name: typeof ownName === 'string' ? ownName : (row.name ?? `${row.type} ${row.id}`),
    linkedTo: typeof type === 'string' && typeof name === 'string' && type !== '' ? { type, name } : undefined,
    status: typeof status === 'string' ? status : undefined,
  };
}
