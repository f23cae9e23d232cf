/**
 * What each permission set refuses. A refusal is an HTTP 400 with code 104 and names the type or field;
 * a conditional rule also shows its id and condition.
 */
import type { Caller } from './caller.ts';
import { refused } from './errors.ts';
import type { EntityType, Field } from './schema.ts';
import type { Row, Store } from './store.ts';
import { linksIn, sameLink, linkTo } from './values.ts';

type Rules = {
  readonly label: string;
  readonly hidden: readonly string[];
  readonly create: readonly string[] | 'all';
  readonly remove: readonly string[] | 'all';
  /** Fields by type. */
  readonly update: Readonly<Record<string, readonly string[]>> | 'all';
};

const PRODUCTION = [
  'Sequence',
  'Shot',
  'Asset',
  'Task',
  'Version',
  'Note',
  'Reply',
  'Playlist',
  'PlaylistVersionConnection',
];
const ALL_FIELDS = ['*'];
const NOBODY_WRITES = ['EventLogEntry', 'PermissionRuleSet', 'Status', 'Step'];
const SITE_TYPES = ['ActionMenuItem', 'ApiUser', 'HumanUser', 'Group', 'Project'];

const RULES: Readonly<Record<string, Rules>> = {
  api_admin: { label: 'API Admin', hidden: [], create: 'all', remove: 'all', update: 'all' },
  admin: { label: 'Admin', hidden: [], create: 'all', remove: 'all', update: 'all' },
  manager: {
    label: 'Manager',
    hidden: ['ApiUser'],
    create: PRODUCTION,
    remove: ['Task', 'Version', 'Note', 'Reply', 'Playlist', 'PlaylistVersionConnection'],
    update: Object.fromEntries(PRODUCTION.map((type) => [type, ALL_FIELDS])),
  },
  artist: {
    label: 'Artist',
    hidden: ['ApiUser', 'EventLogEntry'],
    create: ['Note', 'Reply'],
    remove: [],
    update: {
      Version: ['sg_status_list', 'description', 'notes'],
      Task: ['sg_status_list', 'sg_description', 'notes'],
      Note: ['subject', 'content', 'sg_status_list'],
      Reply: ['content'],
    },
  },
};

const NOTHING: Rules = { label: 'None', hidden: [...PRODUCTION, ...SITE_TYPES], create: [], remove: [], update: {} };

function rulesOf(caller: Caller): Rules {
  return RULES[caller.permissionSet] ?? NOTHING;
}

function allows(list: readonly string[] | 'all', name: string): boolean {
  return list === 'all' || list.includes(name) || list.includes('*');
}

/** @throws {@link SiteError} 400/104 when the caller may not see this type at all. */
export function assertMayRead(caller: Caller, type: EntityType): void {
  const rules = rulesOf(caller);
  if (rules.hidden.includes(type.name)) {
    throw refused(`Entity of type ${type.name} can not be accessed by this user. Rule: ${rules.label}`);
  }
}

/** @throws {@link SiteError} 400/104 */
export function assertMayCreate(caller: Caller, type: EntityType): void {
  // API Admins may write custom events; nobody makes permission sets, statuses or steps over the API.
  const closed =
    NOBODY_WRITES.includes(type.name) && !(type.name === 'EventLogEntry' && caller.permissionSet === 'api_admin');
  if (closed || !allows(rulesOf(caller).create, type.name)) {
    throw refused(`Entity of type ${type.name} cannot be created by this user.`);
  }
}

/** @throws {@link SiteError} 400/104 */
export function assertMayDelete(caller: Caller, type: EntityType): void {
  if (NOBODY_WRITES.includes(type.name) || !allows(rulesOf(caller).remove, type.name)) {
    throw refused(`Entity of type ${type.name} can not be deleted by this user.`);
  }
}

/** Per caller, as `data[field].editable` in the schema: `false` is a refusal, `true` only means maybe. */
export function mayEditField(caller: Caller, type: EntityType, field: Field): boolean {
  if (!field.editable || NOBODY_WRITES.includes(type.name)) return false;
  const { update } = rulesOf(caller);
  return update === 'all' || allows(Object.hasOwn(update, type.name) ? (update[type.name] ?? []) : [], field.name);
}

/** @throws {@link SiteError} 400/104 naming the field. */
export function assertMayUpdate(caller: Caller, type: EntityType, field: Field, row: Row): void {
  const path = `${type.name}.${field.name}`;
  const refusal = `The field is not editable for this user: [${path}].`;
  const { label } = rulesOf(caller);
  if (path === 'HumanUser.can_impersonate_this_user') {
    throw refused(`${refusal} Rule: ${label} -- PermissionRule 2027: DENY update_field ${path}`);
  }
  if (!mayEditField(caller, type, field)) throw refused(refusal);
  if (caller.permissionSet === 'artist' && (type.name === 'Note' || type.name === 'Reply')) {
    const own = linksIn(row.values.get('created_by')).some((author) => sameLink(author, linkTo(caller.actor)));
    if (!own) {
      throw refused(
        `${refusal} Rule: ${label} -- PermissionRule 2101: ALLOW update_field ${path} WHERE created_by is current_user`,
      );
    }
  }
}

/** May set `created_at` and the like while creating: an API Admin script, also when it acts for somebody. */
export function maySetAuditFields(caller: Caller): boolean {
  return caller.authenticator.type === 'ApiUser' || caller.permissionSet === 'api_admin';
}

/** Rows of archived projects, and rows that lost their project, are not read. */
export function isReadable(store: Store, type: EntityType, row: Row, includeArchived: boolean): boolean {
  if (!type.projectScoped) return true;
  const [project] = linksIn(row.values.get('project'));
  const found = project && store.find('Project', project.id);
  if (!found || found.retired) return false;
  return includeArchived || found.values.get('archived') !== true;
}
