/**
 * The event log: what every write leaves behind. `user` is the person acted for; the script that really wrote is named in
 * `meta.sudo_actual_user`. Scripts that act as themselves are logged only with `generate_event_log_entries`.
 */
import { randomUUID } from 'node:crypto';
import type { Caller } from './caller.ts';
import type { JsonObject } from './json.ts';
import type { Field } from './schema.ts';
import type { SiteState } from './state.ts';
import { timestamp } from './timing.ts';
import type { FieldValue, Link, Row } from './store.ts';
import { displayName, fieldOf, isAlive, linksIn, linkTo, nameOf, sameLink, textOf } from './values.ts';
import { ENTITY_TYPES } from './entity-types.ts';
import { isLinkType } from './schema.ts';

type Draft = {
  readonly eventType: string;
  readonly row: Row;
  readonly attribute: string | null;
  readonly description: string;
  readonly meta: JsonObject;
};

export function logCreated(state: SiteState, caller: Caller, row: Row): void {
  log(state, caller, {
    eventType: `Shotgun_${row.type}_New`,
    row,
    attribute: null,
    description: `${who(state, caller)} created new ${row.type} ${displayName(state.store, row)}`,
    meta: { type: 'new_entity', entity_type: row.type, entity_id: row.id },
  });
}

export function logChanged(
  state: SiteState,
  caller: Caller,
  row: Row,
  field: Field,
  change: { readonly before: FieldValue; readonly after: FieldValue; readonly inCreate: boolean },
): void {
  const { before, after, inCreate } = change;
  const meta: JsonObject = {
    type: 'attribute_change',
    attribute_name: field.name,
    entity_type: row.type,
    entity_id: row.id,
    ...(inCreate ? { in_create: true } : {}),
    field_data_type: field.dataType,
  };
  const linked = isLinkType(field.dataType);
  const added = linked ? without(linksIn(after), linksIn(before)) : [];
  const removed = linked ? without(linksIn(before), linksIn(after)) : [];
  if (linked) Object.assign(meta, { added: named(state, added), removed: named(state, removed) });
  else Object.assign(meta, { old_value: before, new_value: after, platform_id: null });
  const original = log(state, caller, {
    eventType: `Shotgun_${row.type}_Change`,
    row,
    attribute: field.name,
    description: `${who(state, caller)} changed "${field.label}" on ${row.type} ${displayName(state.store, row)}`,
    meta,
  });
  if (original) logBackReferences(state, caller, row, field, { added, removed, original, inCreate });
}

/** The same change seen from the other side: the row is the target, `meta` names where it really happened. */
function logBackReferences(
  state: SiteState,
  caller: Caller,
  row: Row,
  field: Field,
  change: {
    readonly added: readonly Link[];
    readonly removed: readonly Link[];
    readonly original: Row;
    readonly inCreate: boolean;
  },
): void {
  const self = named(state, [linkTo(row)]);
  for (const [targets, gone] of [
    [change.added, false],
    [change.removed, true],
  ] as const) {
    for (const target of targets) {
      const other = state.store.find(target.type, target.id);
      const attribute = inverseFieldName(target.type, row.type, field.name);
      if (!other || attribute === undefined) continue;
      log(state, caller, {
        eventType: `Shotgun_${target.type}_Change`,
        row: other,
        attribute,
        description: `${who(state, caller)} changed "${attribute}" on ${target.type} ${displayName(state.store, other)}`,
        meta: {
          type: 'attribute_change',
          attribute_name: attribute,
          actual_attribute_changed: `${row.type}.${field.name}`,
          entity_type: row.type,
          entity_id: row.id,
          field_data_type: field.dataType,
          ...(change.inCreate ? { in_create: true } : {}),
          added: gone ? [] : self,
          removed: gone ? self : [],
          original_event_log_entry_id: change.original.id,
        },
      });
    }
  }
}

function inverseFieldName(targetType: string, ownerType: string, ownerField: string): string | undefined {
  const owned = fieldOf(ownerType, ownerField)?.origin;
  for (const { name, origin } of ENTITY_TYPES.get(targetType)?.fields.values() ?? []) {
    if (origin.kind === 'inverse' && origin.type === ownerType && origin.field === ownerField) return name;
    if (
      origin.kind === 'through' &&
      owned?.kind === 'through' &&
      origin.join === owned.join &&
      origin.here === owned.there
    )
      return name;
  }
  return undefined;
}

export function logRetired(state: SiteState, caller: Caller, row: Row): void {
  const name = displayName(state.store, row);
  const date = timestamp(state.now()).replace('T', ' ').replace('Z', ' UTC');
  const identity = { class_name: row.type, display_name: name, entity_type: row.type, entity_id: row.id, id: row.id };
  log(state, caller, {
    eventType: `Shotgun_${row.type}_Change`,
    row,
    attribute: 'retirement_date',
    description: `${who(state, caller)} changed "Retirement Date" on ${row.type} ${name}`,
    meta: {
      type: 'attribute_change',
      attribute_name: 'retirement_date',
      entity_type: row.type,
      entity_id: row.id,
      field_data_type: 'date_time',
      old_value: null,
      new_value: date,
    },
  });
  log(state, caller, {
    eventType: `Shotgun_${row.type}_Retirement`,
    row,
    attribute: null,
    description: `${who(state, caller)} deleted ${row.type} ${name}`,
    meta: { type: 'entity_retirement', ...identity, retirement_date: date },
  });
}

export function logRevived(state: SiteState, caller: Caller, row: Row): void {
  const name = displayName(state.store, row);
  log(state, caller, {
    eventType: `Shotgun_${row.type}_Revival`,
    row,
    attribute: null,
    description: `${who(state, caller)} revived ${row.type} ${name}`,
    meta: {
      type: 'entity_revival',
      class_name: row.type,
      display_name: name,
      entity_type: row.type,
      entity_id: row.id,
      id: row.id,
    },
  });
}

/** The row that a click on a menu item leaves; a light payload is read from here. */
export function logMenuItemTriggered(
  state: SiteState,
  person: Row,
  payload: JsonObject,
  project: Link | null,
  sessionUuid: string,
): Row {
  return insert(state, {
    event_type: 'Shotgun_ActionMenuItem_Triggered',
    attribute_name: null,
    description: `${displayName(state.store, person)} triggered an Action Menu Item`,
    meta: { type: 'ami_triggered', ami_payload: payload },
    entity: null,
    project,
    user: linkTo(person),
    session_uuid: sessionUuid,
  });
}

function log(state: SiteState, caller: Caller, draft: Draft): Row | undefined {
  if (caller.actor.type === 'ApiUser' && caller.actor.values.get('generate_event_log_entries') !== true)
    return undefined;
  const project =
    draft.row.type === 'Project' ? linkTo(draft.row) : (linksIn(draft.row.values.get('project'))[0] ?? null);
  const actual = caller.sudo ? { sudo_actual_user: named(state, [linkTo(caller.authenticator)])[0] } : {};
  return insert(state, {
    event_type: draft.eventType,
    attribute_name: draft.attribute,
    description: draft.description,
    meta: { ...draft.meta, ...actual },
    entity: linkTo(draft.row),
    project,
    user: linkTo(caller.actor),
    session_uuid: caller.sessionUuid,
  });
}

function insert(state: SiteState, values: Record<string, FieldValue>): Row {
  return state.store.insert('EventLogEntry', {
    ...values,
    created_at: timestamp(state.now()),
    written_ms: performance.now(),
  });
}

function who(state: SiteState, caller: Caller): string {
  return displayName(state.store, caller.actor);
}

function named(state: SiteState, targets: readonly Link[]) {
  return targets.map((target) => {
    const row = state.store.find(target.type, target.id);
    const status = row ? textOf(row, 'sg_status_list') : '';
    return {
      type: target.type,
      id: target.id,
      name: nameOf(state.store, target),
      ...(status === ''
        ? {}
        : { status, uuid: randomUUID(), valid: isAlive(state.store, target) ? 'valid' : 'retired' }),
    };
  });
}

function without(list: readonly Link[], other: readonly Link[]): Link[] {
  return list.filter((one) => !other.some((two) => sameLink(one, two)));
}
