/**
 * `POST /entity/_text_search`: every word must be in the row's name or in its linked row's name, whatever the case. At most 25 a
 * page, shortest name first, `sort` ignored, and no `links` around the list.
 */
import type { Request, Response } from 'express';
import { searchBody } from './body.ts';
import { authenticate } from './caller.ts';
import { ENTITY_TYPES } from './entity-types.ts';
import { malformed } from './errors.ts';
import { parseFilters } from './filters.ts';
import { isObject } from './json.ts';
import { findRows, pageOf, parsePaging } from './query.ts';
import { selfLink } from './records.ts';
import type { SiteState } from './state.ts';
import type { Row } from './store.ts';
import { displayName, linksIn, nameOf, readNamed } from './values.ts';

const MAX_SIZE = 25;

export function textSearchEndpoint(state: SiteState) {
  return function searchText(request: Request, response: Response): void {
    const caller = authenticate(state, request);
    const { form, body } = searchBody(request);
    const { text, entity_types: types, page } = body;
    if (typeof text !== 'string' || text.trim() === '') throw malformed('text is missing', { text: ['is missing'] });
    if (!isObject(types)) throw malformed('entity_types is missing', { entity_types: ['is missing'] });
    const paging = parsePaging(isObject(page) ? page['size'] : MAX_SIZE, isObject(page) ? page['number'] : 1);
    if (isObject(page) && page['size'] !== undefined && paging.size > MAX_SIZE) {
      throw malformed(`size must be less than or equal to ${MAX_SIZE}`, { page: { size: ['is too big'] } });
    }
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = Object.entries(types).flatMap(([name, filters]) => {
      const type = ENTITY_TYPES.get(name);
      if (!type) throw malformed(`Invalid entity type: entity type [${name}] does not exist.`);
      const keep = parseFilters(state, type, filters, form);
      return findRows(state, caller, type, (row) => keep(row) && matches(state, row, words));
    });
    const named = found.map((row) => ({ row, name: displayName(state.store, row) }));
    named.sort((a, b) => a.name.length - b.name.length || a.row.id - b.row.id);
    const size = Math.min(paging.size, MAX_SIZE);
    const rows = pageOf(
      named.map(({ row }) => row),
      { ...paging, size },
    );
    response.json({ data: rows.map((row) => hit(state, row, request.baseUrl)) });
  };
}

function linkedOf(row: Row) {
  return linksIn(row.values.get('entity') ?? row.values.get('sg_sequence'))[0];
}

function matches(state: SiteState, row: Row, words: readonly string[]): boolean {
  const linked = linkedOf(row);
  const names = `${displayName(state.store, row)}\n${linked ? nameOf(state.store, linked) : ''}`.toLowerCase();
  return words.every((word) => names.includes(word));
}

function hit(state: SiteState, row: Row, prefix: string) {
  const linked = linkedOf(row);
  return {
    type: row.type,
    id: row.id,
    attributes: {
      name: displayName(state.store, row),
      links: linked ? [linked.type, nameOf(state.store, linked)] : ['', ''],
      status: readNamed(state.store, row, 'sg_status_list'),
      project_id: linksIn(row.values.get('project'))[0]?.id ?? null,
    },
    links: { self: selfLink(prefix, row) },
  };
}
