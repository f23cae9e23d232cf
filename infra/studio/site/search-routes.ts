/** `POST /entity/<type>/_search`. Body first; `fields`, `page`, `sort` and `options` are taken from the query string too. */
import { Router } from 'express';
import { searchBody } from './body.ts';
import { authenticate } from './caller.ts';
import { entityType, fieldList, pageLinks, queryOf } from './entity-routes.ts';
import { parseFilters } from './filters.ts';
import { isObject } from './json.ts';
import { findRows, pageOf, parsePaging, parseVisibility } from './query.ts';
import { recordDocument } from './records.ts';
import type { SiteState } from './state.ts';

export function searchRoutes(state: SiteState): Router {
  const router = Router();
  router.post('/entity/:type/_search', (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const { form, body } = searchBody(request);
    const query = queryOf(request);
    const page = isObject(body['page']) ? body['page'] : {};
    const options = isObject(body['options']) ? body['options'] : {};
    const paging = parsePaging(page['size'] ?? query.get('page[size]'), page['number'] ?? query.get('page[number]'));
    const visibility = parseVisibility(
      options['return_only'] ?? query.get('options[return_only]') ?? undefined,
      options['include_archived_projects'] ?? query.get('options[include_archived_projects]'),
    );
    const keep = parseFilters(state, type, body['filters'], form);
    const rows = findRows(state, caller, type, keep, visibility, body['sort'] ?? query.get('sort'));
    const fields = fieldList(type, body['fields'] ?? query.get('fields'), []);
    response.json({
      data: pageOf(rows, paging).map((row) => recordDocument(state.store, row, fields, request.baseUrl)),
      links: pageLinks(request, paging),
    });
  });
  return router;
}
