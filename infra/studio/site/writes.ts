/**
 * Create, update, delete and revive, as `/entity` and `_batch` share them. Each checks in the site's own order: the row and
 * the fields exist, the caller may, the values are legal. Each leaves its event log rows.
 */
import type { Caller } from './caller.ts';
import { malformed, notFound, refused, SiteError } from './errors.ts';
import { logChanged, logCreated, logRetired, logRevived } from './events.ts';
import { storedValue } from './input.ts';
import type { JsonObject } from './json.ts';
import { assertMayCreate, assertMayDelete, assertMayUpdate, maySetAuditFields } from './permissions.ts';
import { reschedule } from './schedule.ts';
import { isLinkType } from './schema.ts';
import type { EntityType, Field } from './schema.ts';
import type { SiteState } from './state.ts';
import { timestamp } from './timing.ts';
import type { FieldValue, Link, Row } from './store.ts';
import { fieldOf, linksIn, linkTo, readField, sameLink } from './values.ts';

const CREATE_ONLY = ['created_at', 'updated_at', 'created_by', 'updated_by'];

/** @throws {@link SiteError} in the order: unknown field, permission, missing project, value. */
export function createRow(
  state: SiteState,
  caller: Caller,
  type: EntityType,
  data: JsonObject,
  options: { batch: boolean },
): Row {
  const { store } = state;
  const fields = knownFields(type, data, 'create');
  assertMayCreate(caller, type);
  // The batch forgets this check; the row it makes cannot be read afterwards.
  if (type.projectScoped && data['project'] == null && !options.batch) {
    throw malformed(`API create() missing 'project' attribute: ${JSON.stringify(data)}`);
  }
  const audit: Record<string, FieldValue> = {};
  const given: [Field, FieldValue][] = [];
  for (const [field, value] of fields) {
    if (CREATE_ONLY.includes(field.name) && maySetAuditFields(caller)) {
      audit[field.name] = storedValue(store, type, field, value, null, 'Create');
      continue;
    }
    if (!field.editable && !settableOnCreate(type, field)) {
      throw refused(`The field is not editable for this user: [${type.name}.${field.name}].`);
    }
    given.push([field, storedValue(store, type, field, value, null, 'Create')]);
  }
  const stamp = timestamp(state.now());
  const by = linkTo(caller.actor);
  const row = store.insert(type.name, {
    ...defaults(state, type),
    created_at: stamp,
    updated_at: stamp,
    created_by: by,
    updated_by: by,
    ...audit,
  });
  for (const [field, value] of given) {
    assertUnique(state, type, field, value, row);
    writeField(state, caller, row, field, value);
  }
  nameIfNeeded(state, type, row);
  if (type.name === 'PlaylistVersionConnection') assertNewPair(state, row);
  if (type.name === 'HumanUser' && row.values.get('sg_status_list') === 'act') refuseActivation(state);
  if (type.name === 'Task') reschedule(store, row, new Set(given.map(([field]) => field.name)));
  for (const field of type.fields.values()) {
    if (field.origin.kind === 'inverse' || field.origin.kind === 'computed' || CREATE_ONLY.includes(field.name))
      continue;
    const value = readField(store, row, field);
    if (value !== null && !(Array.isArray(value) && value.length === 0)) {
      logChanged(state, caller, row, field, {
        before: isLinkType(field.dataType) ? [] : null,
        after: value,
        inCreate: true,
      });
    }
  }
  logCreated(state, caller, row);
  return row;
}

/** @throws {@link SiteError} in the order: row, unknown field, permission, value. */
export function updateRow(state: SiteState, caller: Caller, type: EntityType, id: number, data: JsonObject): Row {
  const { store } = state;
  const row = liveRow(state, type, id);
  const fields = knownFields(type, data, 'update');
  for (const [field] of fields) {
    if (CREATE_ONLY.includes(field.name)) throw refused(`${type.name}.${field.name} is editable on create only.`);
    assertMayUpdate(caller, type, field, row);
  }
  const changes = fields.map(([field, value]) => {
    const before = readField(store, row, field);
    return { field, before, after: storedValue(store, type, field, value, before, 'Update') };
  });
  const changed = new Set<string>();
  for (const { field, before, after } of changes) {
    if (field.name === 'secret_token' && (row.values.get('secret_token') ?? null) !== null) {
      throw refused('Update failed for [ActionMenuItem.secret_token]: Value can be set only once.');
    }
    if (type.name === 'HumanUser' && field.name === 'sg_status_list' && before === 'dis' && after === 'act') {
      refuseActivation(state);
    }
    if (same(before, after)) continue;
    assertUnique(state, type, field, after, row);
    writeField(state, caller, row, field, after);
    changed.add(field.name);
    // The other rows log an inverse write; the secret is never written down.
    if (field.origin.kind !== 'inverse' && field.name !== 'secret_token') {
      logChanged(state, caller, row, field, { before, after, inCreate: false });
    }
  }
  if (changed.size > 0) {
    if (type.name === 'Task') reschedule(store, row, changed);
    touch(state, caller, row);
  }
  return row;
}

/** Retires a row. @throws {@link SiteError} 404/104 when it is not there or retired already. */
export function deleteRow(state: SiteState, caller: Caller, type: EntityType, id: number): Row {
  const row = liveRow(state, type, id);
  assertMayDelete(caller, type);
  logRetired(state, caller, row);
  state.store.setRetired(row, true);
  return row;
}

/** Brings the same id back with its fields and links. */
export function reviveRow(
  state: SiteState,
  caller: Caller,
  type: EntityType,
  id: number,
): { row: Row; revived: boolean } {
  const row = state.store.find(type.name, id);
  if (!row) throw missing(type, id);
  assertMayDelete(caller, type);
  if (!row.retired) return { row, revived: false };
  state.store.setRetired(row, false);
  logRevived(state, caller, row);
  return { row, revived: true };
}

function liveRow(state: SiteState, type: EntityType, id: number): Row {
  const row = state.store.find(type.name, id);
  if (!row || row.retired) throw missing(type, id);
  return row;
}

function missing(type: EntityType, id: number): SiteError {
  return notFound(104, `Entity of type [${type.name}] with id=${id} does not exist.`);
}

function knownFields(type: EntityType, data: JsonObject, verb: 'create' | 'update'): [Field, unknown][] {
  return Object.entries(data)
    .filter(([name]) => name !== 'id' && name !== 'type')
    .map(([name, value]) => {
      const field = type.fields.get(name);
      if (!field) throw malformed(`API ${verb}() ${type.name}.${name} doesn't exist.`);
      return [field, value];
    });
}

/** A script may be given its role at birth; nothing else that is read-only may be set. */
function settableOnCreate(type: EntityType, field: Field): boolean {
  return field.name === 'permission_rule_set' && (type.name === 'HumanUser' || type.name === 'ApiUser');
}

function defaults(state: SiteState, type: EntityType): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {};
  for (const field of type.fields.values()) {
    if (field.origin.kind === 'own' && field.defaultValue !== null && field.dataType !== 'multi_entity')
      values[field.name] = field.defaultValue;
  }
  if (type.name === 'HumanUser') {
    const artist = state.store.all('PermissionRuleSet').find((rules) => rules.values.get('code') === 'artist');
    values['permission_rule_set'] = artist ? linkTo(artist) : null;
  }
  return values;
}

const AUTO_NAMED = ['code', 'content'];

function nameIfNeeded(state: SiteState, type: EntityType, row: Row): void {
  if (type.projectScoped && AUTO_NAMED.includes(type.identity) && (row.values.get(type.identity) ?? null) === null) {
    state.store.set(row, type.identity, `New ${type.name} ${row.id}`);
  }
}

function assertUnique(state: SiteState, type: EntityType, field: Field, value: FieldValue, row: Row): void {
  if (!field.unique || value === null) return;
  const taken = state.store
    .all(type.name)
    .some((other) => !other.retired && other.id !== row.id && other.values.get(field.name) === value);
  if (taken) throw refused(`Update failed for [${type.name}.${field.name}]: Value is not unique.`);
}

function assertNewPair(state: SiteState, row: Row): void {
  const pair = (join: Row) => JSON.stringify([join.values.get('playlist'), join.values.get('version')]);
  const twice = state.store
    .all(row.type)
    .some((join) => !join.retired && join.id !== row.id && pair(join) === pair(row));
  if (twice) throw refused('Create failed for [PlaylistVersionConnection]: the Version is in the Playlist already.');
}

/** Identity sites let nobody be made active over REST. */
function refuseActivation(state: SiteState): void {
  if (state.settings.authenticationMethod !== 'oxygen') return;
  throw new SiteError(401, 110, 'User promotion to active is permitted only for Identity Users', { source: {} });
}

/** Puts a value where it lives: on the row, on the rows that link here, or on join rows. */
function writeField(state: SiteState, caller: Caller, row: Row, field: Field, value: FieldValue): void {
  const { store } = state;
  const { origin } = field;
  switch (origin.kind) {
    case 'own':
      store.set(row, field.name, value);
      return;
    case 'inverse':
      writeInverse(state, caller, row, origin, linksIn(readField(store, row, field)), linksIn(value));
      return;
    case 'through': {
      const self = linkTo(row);
      for (const join of store.all(origin.join)) {
        const [here] = linksIn(join.values.get(origin.here));
        const [there] = linksIn(join.values.get(origin.there));
        if (join.retired || !here || !there || !sameLink(here, self)) continue;
        if (!linksIn(value).some((kept) => sameLink(kept, there))) store.setRetired(join, true);
      }
      const left = linksIn(readField(store, row, field));
      for (const target of linksIn(value).filter((wanted) => !left.some((had) => sameLink(had, wanted)))) {
        store.insert(origin.join, { [origin.here]: self, [origin.there]: target, sg_sort_order: null });
      }
      return;
    }
    case 'computed':
      return;
  }
}

/** Changes the other rows. A Shot added to a second Sequence leaves the first, since it has room for one. */
function writeInverse(
  state: SiteState,
  caller: Caller,
  row: Row,
  origin: { readonly type: string; readonly field: string },
  before: readonly Link[],
  after: readonly Link[],
): void {
  const { store } = state;
  const self = linkTo(row);
  const change = (target: Link, add: boolean) => {
    const other = store.find(target.type, target.id);
    const field = other && fieldOf(other.type, origin.field);
    if (!other || !field) return;
    const had = readField(store, other, field);
    const rest = linksIn(had).filter((one) => !sameLink(one, self));
    const now: FieldValue = field.dataType === 'entity' ? (add ? self : null) : add ? [...rest, self] : rest;
    store.set(other, field.name, now);
    touch(state, caller, other);
    logChanged(state, caller, other, field, { before: had, after: now, inCreate: false });
  };
  for (const target of after.filter((one) => !before.some((had) => sameLink(had, one)))) change(target, true);
  for (const target of before.filter((one) => !after.some((kept) => sameLink(kept, one)))) {
    // Replies live only under their Note: taking one out of the list destroys it.
    if (target.type === 'Reply') {
      const reply = store.find('Reply', target.id);
      if (reply) store.setRetired(reply, true);
    } else change(target, false);
  }
}

function touch(state: SiteState, caller: Caller, row: Row): void {
  state.store.set(row, 'updated_at', timestamp(state.now()));
  state.store.set(row, 'updated_by', linkTo(caller.actor));
}

function same(a: FieldValue, b: FieldValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [one, two] = [linksIn(a), linksIn(b)];
    return one.length === two.length && one.every((target) => two.some((other) => sameLink(target, other)));
  }
  return JSON.stringify(a) === JSON.stringify(b);
}
