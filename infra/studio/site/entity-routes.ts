/** `/entity/<type>` and `/entity/<type>/<id>`: list, read, create, update, delete, revive, relationships, images. */
import { Router } from 'express';
import type { Request } from 'express';
import { jsonBody } from './body.ts';
import { authenticate } from './caller.ts';
import type { Caller } from './caller.ts';
import { typeBySpelling } from './entity-types.ts';
import { malformed, notFound } from './errors.ts';
import { condition } from './filters.ts';
import type { JsonObject } from './json.ts';
import { assertMayRead, isReadable } from './permissions.ts';
import { findRows, pageOf, parsePaging, parseVisibility } from './query.ts';
import { allFields, linkFields, namedLink, recordDocument } from './records.ts';
import { isLinkType } from './schema.ts';
import type { EntityType } from './schema.ts';
import type { SiteState } from './state.ts';
import { ROW_MS, sleep } from './timing.ts';
import type { Row } from './store.ts';
import { linksIn, readField } from './values.ts';
import { createRow, deleteRow, reviveRow, updateRow } from './writes.ts';

export function entityRoutes(state: SiteState): Router {
  const router = Router();
  const { store } = state;

  router.get('/entity/:type', (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const query = queryOf(request);
    const filters = [...query].flatMap(([name, value]) => {
      const path = /^filter\[([^\]]+)\]$/.exec(name)?.[1];
      return path === undefined ? [] : [queryFilter(state, type, path, value)];
    });
    const paging = parsePaging(query.get('page[size]'), query.get('page[number]'));
    const visibility = parseVisibility(
      query.get('options[return_only]') ?? undefined,
      query.get('options[include_archived_projects]'),
    );
    const rows = findRows(
      state,
      caller,
      type,
      (row) => filters.every((keep) => keep(row)),
      visibility,
      query.get('sort'),
    );
    const fields = fieldList(type, query.get('fields'), []);
    response.json({
      data: pageOf(rows, paging).map((row) => recordDocument(store, row, fields, request.baseUrl)),
      links: pageLinks(request, paging),
    });
  });

  router.get('/entity/:type/:id', (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const query = queryOf(request);
    const visibility = parseVisibility(query.get('options[return_only]') ?? undefined, undefined);
    const row = readableRow(state, caller, type, request.params.id, visibility.retired);
    const data = recordDocument(store, row, fieldList(type, query.get('fields'), allFields(type)), request.baseUrl);
    response.json({ data, links: data.links });
  });

  router.post('/entity/:type', async (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const data = jsonBody(request);
    await sleep(ROW_MS * state.latencyFactor);
    const row = store.transaction(() => createRow(state, caller, type, data, { batch: false }));
    const record = thinRecord(state, row, data, request.baseUrl);
    response.status(201).json({ data: record, links: record.links });
  });

  router.put('/entity/:type/:id', async (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const id = idOf(type, request.params.id);
    const data = jsonBody(request);
    await sleep(ROW_MS * state.latencyFactor);
    const row = store.transaction(() => updateRow(state, caller, type, id, data));
    const record = recordDocument(store, row, allFields(type), request.baseUrl);
    response.json({ data: record, links: record.links });
  });

  router.delete('/entity/:type/:id', async (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const id = idOf(type, request.params.id);
    await sleep(ROW_MS * state.latencyFactor);
    store.transaction(() => deleteRow(state, caller, type, id));
    response.status(204).end();
  });

  router.post('/entity/:type/:id', (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const revive = queryOf(request).get('revive');
    if (revive !== 'true' && revive !== '1') throw malformed("revive must be 'true'", { revive: ['is missing'] });
    const id = idOf(type, request.params.id);
    const { row, revived } = store.transaction(() => reviveRow(state, caller, type, id));
    // The one self link that echoes the caller's own spelling of the type.
    const self = `${request.baseUrl}/entity/${request.params.type}/${row.id}`;
    response.json({ data: { type: row.type, id: row.id }, links: { self }, meta: { did_revive: revived } });
  });

  router.get('/entity/:type/:id/relationships/:field', (request, response) => {
    const caller = authenticate(state, request);
    const type = entityType(request);
    const row = readableRow(state, caller, type, request.params.id, false);
    const field = type.fields.get(request.params.field);
    if (!field || !isLinkType(field.dataType))
      throw malformed(`Field ${type.name}.${request.params.field} is not a relationship.`);
    const targets = linksIn(readField(store, row, field)).map((target) => namedLink(store, target));
    const self = `${request.baseUrl}/entity/${type.slug}/${row.id}/relationships/${field.name}`;
    response.json({ data: field.dataType === 'multi_entity' ? targets : (targets[0] ?? null), links: { self } });
  });

  router.get('/entity/:type/:id/:field', (request, response) => {
    const name = request.params.field;
    const caller = authenticate(state, request);
    const type = entityType(request);
    const row = readableRow(state, caller, type, request.params.id, false);
    if (type.fields.get(name)?.dataType !== 'image')
      throw malformed(`Field ${type.name}.${name} is not an image or attachment.`);
    response.redirect(302, `http://${state.host}/_thumbnails/${type.name}/${row.id}.svg`);
  });

  return router;
}

/** @throws {@link SiteError} 404/103 `Entity type 'x' does not exist.` */
export function entityType(request: Request): EntityType {
  const { type } = request.params;
  const segment = typeof type === 'string' ? type : '';
  const found = typeBySpelling(segment);
  if (!found) throw notFound(103, `Entity type '${segment}' does not exist.`);
  return found;
}

function idOf(type: EntityType, text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (id < 1) throw notFound(104, `${type.name}: ${text} not found`);
  return id;
}

/** @throws {@link SiteError} 404/104 `Version: 999 not found`, also for retired rows. */
export function readableRow(state: SiteState, caller: Caller, type: EntityType, idText: string, retired: boolean): Row {
  assertMayRead(caller, type);
  const id = idOf(type, idText);
  const row = state.store.find(type.name, id);
  if (row?.retired !== retired || !isReadable(state.store, type, row, true))
    throw notFound(104, `${type.name}: ${id} not found`);
  return row;
}

/** What a create answers: the fields that were sent, those that the site set, and every relationship. */
export function thinRecord(state: SiteState, row: Row, data: JsonObject, prefix: string) {
  const type = typeBySpelling(row.type);
  if (!type) throw new Error(`unknown type ${row.type}`);
  const sent = Object.keys(data).filter((name) => type.fields.has(name));
  const fields = new Set([
    ...sent,
    type.identity,
    'cached_display_name',
    'created_at',
    'updated_at',
    ...linkFields(type),
  ]);
  const record = recordDocument(state.store, row, fields, prefix);
  // Reads say `2024-05-01T12:00:00Z`; the echo of a create alone says `2024-05-01 12:00:00 UTC`.
  for (const name of ['created_at', 'updated_at']) {
    const value = record.attributes[name];
    if (typeof value === 'string') record.attributes[name] = value.replace('T', ' ').replace('Z', ' UTC');
  }
  return record;
}

export function queryOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://site').searchParams;
}

/** `a,b` or `*`, or a JSON list in a body. */
export function fieldList(type: EntityType, given: unknown, fallback: readonly string[]): readonly string[] {
  if (given === undefined || given === null || given === '') return fallback;
  const list = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? given.split(',') : [];
  return list.includes('*') ? allFields(type) : list.map((name) => name.trim());
}

/** `next` is there on every page, also on empty ones. */
export function pageLinks(request: Request, paging: { readonly size: number; readonly number: number }) {
  const link = (number: number) => {
    const query = queryOf(request);
    query.set('page[number]', String(number));
    query.set('page[size]', String(paging.size));
    return `${request.baseUrl}${request.path}?${query.toString()}`;
  };
  return {
    self: link(paging.number),
    next: link(paging.number + 1),
    ...(paging.number > 1 ? { prev: link(paging.number - 1) } : {}),
  };
}

function queryFilter(state: SiteState, type: EntityType, path: string, value: string) {
  const dataType = type.fields.get(path)?.dataType;
  const words = value.split(',');
  switch (dataType) {
    case 'number':
    case 'duration':
    case 'float':
    case 'percent':
      return condition(state, type, path, 'in', words.map(Number));
    case 'checkbox':
      return condition(state, type, path, 'is', value === 'true');
    case 'entity':
    case 'multi_entity':
      return condition(state, type, path, 'name_is', value);
    default:
      return condition(state, type, path, dataType === 'image' ? 'is' : 'in', dataType === 'image' ? value : words);
  }
}
