/**
 * `POST /api3/json`, the door of the Python API: `{"method_name", "params": [auth, args]}`. Every answer is an HTTP 200; a failure is
 * `{"exception": true, "error_code", "message"}`.
 */
import type { Request, Response } from 'express';
import { authenticateScript, authenticatePerson, authenticateSession, assertMaySudo } from './token-endpoint.ts';
import { callerFor } from './caller.ts';
import type { Caller } from './caller.ts';
import { ENTITY_TYPES } from './entity-types.ts';
import { malformed, SiteError } from './errors.ts';
import { parseFilters } from './filters.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { findRows, pageOf, parsePaging, parseVisibility } from './query.ts';
import { allFields, recordDocument } from './records.ts';
import type { EntityType } from './schema.ts';
import type { SiteState } from './state.ts';
import type { Row } from './store.ts';
import { summarize } from './summarize.ts';
import { linkTo, textOf } from './values.ts';
import { createRow, deleteRow, reviveRow, updateRow } from './writes.ts';

export function api3Endpoint(state: SiteState) {
  return function callMethod(request: Request, response: Response): void {
    response.set('content-type', 'application/json; charset=utf-8');
    try {
      response.json({ results: answer(state, request.body) });
    } catch (error) {
      if (!(error instanceof SiteError)) throw error;
      response.status(200).json({ exception: true, error_code: error.code, message: error.detail ?? error.title });
    }
  };
}

function answer(state: SiteState, body: unknown): unknown {
  const call = parse(body);
  const method = call['method_name'];
  if (method === 'info') return info(state);
  const [auth, args = {}] = Array.isArray(call['params']) ? (call['params'] as unknown[]) : [];
  if (!isObject(auth) || !isObject(args)) throw new SiteError(200, 102, 'Missing or invalid authentication arguments');
  const caller = authenticateApi3(state, auth);
  switch (method) {
    case 'get_session_token':
      return { session_id: state.sessions.open(sessionLogin(caller)) };
    case 'read':
      return read(state, caller, args);
    case 'summarize': {
      const type = typeNamed(args);
      const keep = parseFilters(state, type, asRestFilters(args['filters']), 'hash');
      return summarize(state, type, findRows(state, caller, type, keep), args['summaries'], args['grouping']);
    }
    case 'create':
    case 'update':
    case 'delete':
    case 'revive':
      return state.store.transaction(() => write(state, caller, method, args));
    case 'batch': {
      const requests: unknown = Array.isArray(args) ? args : args['requests'];
      return state.store.transaction(() =>
        (Array.isArray(requests) ? (requests as unknown[]) : []).map((one) => {
          if (!isObject(one)) throw malformed('batch requests must be hashes');
          return write(state, caller, one['request_type'], one);
        }),
      );
    }
    default:
      throw malformed(`API method '${typeof method === 'string' ? method : ''}' does not exist.`);
  }
}

function info(state: SiteState) {
  return {
    version: [8, 89, 0],
    full_version: [8, 89, 0, 9724],
    user_authentication_method: state.settings.authenticationMethod,
    unified_login_flow_enabled: true,
    authentication_app_session_launcher_enabled: state.settings.launcherEnabled,
    api_max_entities_per_page: 500,
    s3_direct_uploads_enabled: false,
    s3_enabled_upload_types: {},
  };
}

function authenticateApi3(state: SiteState, auth: JsonObject): Caller {
  const text = (name: string) => (typeof auth[name] === 'string' ? auth[name] : null);
  const user =
    text('session_token') !== null
      ? authenticateSession(state, text('session_token'))
      : text('user_login') !== null
        ? authenticatePerson(state, text('user_login'), text('user_password'), text('auth_token'))
        : authenticateScript(state, text('script_name'), text('script_key'));
  const sudo = text('sudo_as_login');
  if (sudo !== null) assertMaySudo(state, user, sudo);
  return callerFor(state.store, linkTo(user), sudo, text('session_uuid'));
}

function sessionLogin(caller: Caller): string {
  if (caller.actor.type !== 'HumanUser') throw malformed('API get_session_token() is for people only.');
  return textOf(caller.actor, 'login');
}

function read(state: SiteState, caller: Caller, args: JsonObject) {
  const type = typeNamed(args);
  const paging = isObject(args['paging']) ? args['paging'] : {};
  const page = parsePaging(paging['entities_per_page'], paging['current_page']);
  const visibility = parseVisibility(args['return_only'], args['include_archived_projects']);
  const keep = parseFilters(state, type, asRestFilters(args['filters']), 'hash');
  const rows = findRows(state, caller, type, keep, visibility, asRestSort(args['sorts']));
  const given = args['return_fields'];
  const names = Array.isArray(given) ? given.filter((name) => typeof name === 'string') : [];
  const entities = pageOf(rows, page).map((row) => flatEntity(state, row, names));
  return {
    entities,
    paging_info: {
      current_page: page.number,
      page_count: Math.ceil(rows.length / page.size),
      entity_count: rows.length,
      entities_per_page: page.size,
    },
  };
}

function write(state: SiteState, caller: Caller, kind: unknown, args: JsonObject): unknown {
  const type = typeNamed(args);
  const id = typeof args['id'] === 'number' ? args['id'] : 0;
  const data = Object.fromEntries(
    (Array.isArray(args['fields']) ? (args['fields'] as unknown[]) : []).flatMap((field) =>
      isObject(field) && typeof field['field_name'] === 'string' ? [[field['field_name'], field['value']]] : [],
    ),
  );
  const fields = [
    ...Object.keys(data),
    ...(Array.isArray(args['return_fields']) ? args['return_fields'].map(String) : []),
  ];
  switch (kind) {
    case 'create':
      return flatEntity(state, createRow(state, caller, type, data, { batch: false }), fields);
    case 'update':
      return flatEntity(state, updateRow(state, caller, type, id, data), fields);
    case 'delete':
      deleteRow(state, caller, type, id);
      return true;
    case 'revive':
      return reviveRow(state, caller, type, id).revived;
    default:
      throw malformed('request_type must be one of: create, update, delete');
  }
}

/** `{type, id, field: value}`: API3 has no attributes and relationships. */
function flatEntity(state: SiteState, row: Row, names: readonly string[]) {
  const wanted = names.includes('*') ? allFields(typeNamed({ type: row.type })) : names;
  const { attributes, relationships } = recordDocument(state.store, row, wanted, '');
  const linked = Object.entries(relationships).map(([name, value]) => [name, isObject(value) ? value['data'] : null]);
  return { type: row.type, id: row.id, ...attributes, ...(Object.fromEntries(linked) as JsonObject) };
}

function typeNamed(args: JsonObject): EntityType {
  const name = args['type'];
  const type = typeof name === 'string' ? ENTITY_TYPES.get(name) : undefined;
  if (!type)
    throw malformed(`API read() invalid/missing string entity 'type': ${typeof name === 'string' ? name : ''}`);
  return type;
}

/** `{path, relation, values: […]}` as the triples that REST takes. */
function asRestFilters(filters: unknown): unknown {
  if (!isObject(filters) || !Array.isArray(filters['conditions'])) return undefined;
  const conditions = (filters['conditions'] as unknown[]).map((one) => {
    if (!isObject(one) || one['path'] === undefined) return asRestFilters(one);
    const values: readonly unknown[] = Array.isArray(one['values']) ? one['values'] : [];
    const many =
      values.length > 1 || ['in', 'not_in'].includes(typeof one['relation'] === 'string' ? one['relation'] : '');
    return [one['path'], one['relation'], many ? values : (values[0] ?? null)];
  });
  return { logical_operator: filters['logical_operator'], conditions };
}

function asRestSort(sorts: unknown): string | undefined {
  if (!Array.isArray(sorts)) return undefined;
  const keys = (sorts as unknown[]).flatMap((sort) =>
    isObject(sort) && typeof sort['field_name'] === 'string'
      ? [`${sort['direction'] === 'desc' ? '-' : ''}${sort['field_name']}`]
      : [],
  );
  return keys.join(',');
}

function parse(body: unknown): JsonObject {
  try {
    const call: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    if (isObject(call)) return call;
  } catch {
    // said below
  }
  throw malformed('Invalid JSON body');
}
