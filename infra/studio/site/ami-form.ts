/**
 * What a site sends when a menu item is chosen: a form for `http(s)` items, one event log id for light payloads, a query for
 * other schemes. Lists are one comma text; keys without a value are absent, not blank, except an empty selection.
 */
import { logMenuItemTriggered } from './events.ts';
import type { Launch } from './launch.ts';
import { PROJECT } from './seed.ts';
import { signForm } from './sign-form.ts';
import type { SiteState } from './state.ts';
import { timestamp } from './timing.ts';
import type { Row } from './store.ts';
import { displayName, textOf } from './values.ts';

/** Where the click happened. Grid pages know everything; detail pages only the row. */
export type ClickPlace = {
  readonly entityType: string;
  readonly selectedIds: readonly number[];
  readonly ids: readonly number[];
  readonly title: string;
  readonly sessionUuid: string;
  readonly projectId?: number;
  readonly grid?: {
    readonly pageId: number;
    readonly referrerPath: string;
    readonly columns: readonly { readonly field: string; readonly label: string }[];
    readonly sortColumn: string;
    readonly sortDirection: 'asc' | 'desc';
  };
};

/** Builds the launch of a menu item as `person`; also writes its event log row. */
export function launchMenuItem(state: SiteState, item: Row, person: Row, place: ClickPlace): Launch {
  const url = textOf(item, 'url');
  const overlay = item.values.get('open_in_overlay') === true;
  const fields = formFields(state, item, person, place);
  const lists = new Map<string, readonly string[]>(
    place.grid
      ? [
          ['cols', place.grid.columns.map((column) => column.field)],
          ['column_display_names', place.grid.columns.map((column) => column.label)],
        ]
      : [],
  );
  const payload = Object.fromEntries(fields.map(([name, value]) => [name, lists.get(name) ?? value]));
  const event = logMenuItemTriggered(
    state,
    person,
    payload,
    place.projectId === undefined ? null : PROJECT,
    place.sessionUuid,
  );
  if (item.values.get('light_payload') === true) {
    return { method: 'GET', url: withQuery(url, [['event_log_entry_id', String(event.id)]]), overlay };
  }
  if (!/^https?:/i.test(url)) {
    const query = fields.flatMap(([name, value]) =>
      (lists.get(name) ?? [value]).map((one): [string, string] => [name, one]),
    );
    return { method: 'GET', url: withQuery(url, query), overlay };
  }
  const secret = textOf(item, 'secret_token');
  if (secret === '') return { method: 'POST', url, fields, overlay };
  const stamped = [...fields, ['timestamp', timestamp(state.now())] as const];
  const algorithm = item.values.get('signature_algorithm') === 'sha256' ? 'sha256' : 'sha1';
  return { method: 'POST', url, fields: [...stamped, ['signature', signForm(stamped, secret, algorithm)]], overlay };
}

function formFields(
  state: SiteState,
  item: Row,
  person: Row,
  place: ClickPlace,
): readonly (readonly [string, string])[] {
  const selected = place.selectedIds.join(',');
  const all = item.values.get('selection_required') === true ? selected : place.ids.join(',');
  const project = place.projectId === undefined ? undefined : state.store.find('Project', place.projectId);
  const { grid } = place;
  return [
    ['user_id', String(person.id)],
    ['user_login', textOf(person, 'login')],
    ['entity_type', place.entityType],
    ['selected_ids', selected],
    ['ids', all],
    ['title', place.title],
    ['server_hostname', state.host],
    ['session_uuid', place.sessionUuid],
    ...(grid
      ? ([
          ['page_id', String(grid.pageId)],
          ['referrer_path', grid.referrerPath],
          ['cols', grid.columns.map((column) => column.field).join(',')],
          ['column_display_names', grid.columns.map((column) => column.label).join(',')],
          ['view', 'Default'],
          ['sort_column', grid.sortColumn],
          ['sort_direction', grid.sortDirection],
        ] as const)
      : []),
    ...(project
      ? ([
          ['project_name', displayName(state.store, project)],
          ['project_id', String(project.id)],
        ] as const)
      : []),
  ];
}

function withQuery(url: string, query: readonly (readonly [string, string])[]): string {
  const text = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return `${url}${url.includes('?') ? '&' : '?'}${text}`;
}
