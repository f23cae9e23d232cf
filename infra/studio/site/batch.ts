/**
 * `POST /entity/_batch`: create, update and delete in one transaction. The first element that fails is the answer, with its
 * own status, and nothing is applied or logged. A committed batch is slow: so many milliseconds a row.
 */
import type { Request, Response } from 'express';
import { jsonBody } from './body.ts';
import { authenticate } from './caller.ts';
import type { Caller } from './caller.ts';
import { ENTITY_TYPES, typeOf } from './entity-types.ts';
import { thinRecord } from './entity-routes.ts';
import { malformed } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { allFields, recordDocument } from './records.ts';
import type { EntityType } from './schema.ts';
import type { SiteState } from './state.ts';
import { ROW_MS, sleep } from './timing.ts';
import { createRow, deleteRow, updateRow } from './writes.ts';
import { randomUUID } from 'node:crypto';

type Element =
  | { readonly kind: 'create'; readonly type: EntityType; readonly data: JsonObject }
  | { readonly kind: 'update'; readonly type: EntityType; readonly id: number; readonly data: JsonObject }
  | { readonly kind: 'delete'; readonly type: EntityType; readonly id: number };

export function batchEndpoint(state: SiteState) {
  return async function runBatch(request: Request, response: Response): Promise<void> {
    const caller = authenticate(state, request);
    const elements = parseBatch(jsonBody(request));
    const run = () => elements.map((element) => perform(state, caller, element, request.baseUrl));
    if (state.latencyFactor > 0) {
      // A batch that will fail fails early; one that commits takes its time first and commits at the end, also when
      // its client has hung up meanwhile.
      rehearse(state, run);
      await sleep(ROW_MS * elements.length * state.latencyFactor);
    }
    response.json({ data: state.store.transaction(run) });
  };
}

class Rehearsed extends Error {}

function rehearse(state: SiteState, run: () => unknown): void {
  try {
    state.store.transaction(() => {
      run();
      throw new Rehearsed();
    });
  } catch (error) {
    if (!(error instanceof Rehearsed)) throw error;
  }
}

function perform(state: SiteState, caller: Caller, element: Element, prefix: string) {
  switch (element.kind) {
    case 'create': {
      const row = createRow(state, caller, element.type, element.data, { batch: true });
      return { data: thinRecord(state, row, element.data, prefix) };
    }
    case 'update': {
      const row = updateRow(state, caller, element.type, element.id, element.data);
      const data = recordDocument(state.store, row, allFields(typeOf(row.type)), prefix);
      return { data, links: data.links, status: 200 };
    }
    case 'delete': {
      const row = deleteRow(state, caller, element.type, element.id);
      return { request_type: 'delete', type: row.type, id: row.id, uuid: randomUUID(), did_delete: true };
    }
  }
}

/** Checks the shape of every element before any of them runs. @throws {@link SiteError} 400/103 */
function parseBatch(body: JsonObject): readonly Element[] {
  const { requests } = body;
  if (requests === undefined) throw malformed('requests is missing', { requests: ['requests is missing'] });
  if (!Array.isArray(requests)) throw malformed('requests must be an array', { requests: ['must be an array'] });
  return (requests as unknown[]).map(parseElement);
}

function parseElement(element: unknown, index: number): Element {
  const wrong = (problem: Record<string, readonly string[]>) => {
    const [name = '', texts = []] = Object.entries(problem)[0] ?? [];
    return malformed(`${name} ${texts[0] ?? 'is invalid'}`, { requests: { [index]: problem } });
  };
  if (!isObject(element)) throw wrong({ request: ['must be a hash'] });
  const { request_type: kind, entity, record_id: recordId, data } = element;
  if (kind !== 'create' && kind !== 'update' && kind !== 'delete') {
    throw wrong({ request_type: ['must be one of: create, update, delete'] });
  }
  // Only the schema name will do here, not the plural of the paths.
  const type = typeof entity === 'string' ? ENTITY_TYPES.get(entity) : undefined;
  if (!type)
    throw malformed('Invalid entity type: entity type [] does not exist.', {
      requests: { [index]: { entity: ['is invalid'] } },
    });
  if (kind !== 'delete' && !isObject(data)) throw wrong({ data: ['is missing'] });
  const body = isObject(data) ? data : {};
  if (kind === 'create') return { kind, type, data: body };
  if (recordId !== undefined && (typeof recordId !== 'number' || !Number.isInteger(recordId) || recordId < 1)) {
    throw wrong({ record_id: ['must be greater than 0'] });
  }
  // A missing `record_id` (or `entity_id` in its place) reads as 0, which no row has.
  const id = typeof recordId === 'number' ? recordId : 0;
  return kind === 'update' ? { kind, type, id, data: body } : { kind, type, id };
}
