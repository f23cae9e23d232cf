/**
 * Fills an empty site: one project with 4 Sequences, 40 Shots, 12 Assets, 120 Tasks, 60 Versions, some Notes and Playlists,
 * the demo people, the script, the permission sets and the menu items. The same rows with the same ids every time.
 */
import { DEMO_PEOPLE } from './people.ts';
import { typeOf } from './entity-types.ts';
import type { MenuItem } from './menu-item.ts';
import { timestamp } from './timing.ts';
import type { Settings } from './state.ts';
import type { FieldValue, Link, Store } from './store.ts';

export const PROJECT: Link = { type: 'Project', id: 116 };
const SCRIPT: Link = { type: 'ApiUser', id: 298 };
const FIRST = {
  Sequence: 40,
  Shot: 860,
  Asset: 1210,
  Task: 5700,
  Version: 6933,
  Note: 6001,
  Playlist: 91,
  ActionMenuItem: 7,
};

const HOUR_MS = 3_600_000;
const STEPS = [
  ['Layout', 'LAY'],
  ['Animation', 'ANM'],
  ['Lighting', 'LGT'],
  ['Compositing', 'CMP'],
  ['Model', 'MDL'],
] as const;
const PLACES = [
  ['Bridge', 'The bridge crew loses contact with the probe'],
  ['Asteroids', 'A chase through the debris field'],
  ['Hangar', 'The crew prepares the last shuttle'],
  ['Gate', 'The jump gate opens'],
] as const;
const ASSETS = [
  'Captain',
  'Navigator',
  'Pilot',
  'Probe',
  'Shuttle',
  'Cruiser',
  'Gate',
  'Bridge',
  'Hangar',
  'Asteroid A',
  'Asteroid B',
  'Suit',
];
const REMARKS = [
  'Rim light on the hull is hotter now, matches the plate',
  'New particles behind the shuttle, slower than last time',
  'Camera shake reduced by half',
  'Fixed the flicker in the shadows',
  'First pass with the new sky',
  'Retimed to the new cut',
  'Grain matched, edges cleaned',
];

export function seed(store: Store, settings: Settings, menuItems: readonly MenuItem[], now: Date): void {
  const put = seeder(store, now);
  seedPeople(put, settings);
  seedCatalogue(put);
  put(
    'Project',
    {
      name: settings.projectName,
      code: 'hsm',
      sg_status: 'Active',
      sg_description: 'Nine minutes of trouble in space',
      archived: false,
    },
    { id: PROJECT.id },
  );
  seedProduction(put);
  seedReviews(put);
  menuItems.forEach((item, index) =>
    put('ActionMenuItem', menuItemValues(item, index), { id: FIRST.ActionMenuItem + index }),
  );
}

type Put = (
  type: string,
  values: Record<string, FieldValue>,
  options: { id: number; hoursAgo?: number; by?: Link; retired?: boolean },
) => Link;

function seeder(store: Store, now: Date): Put {
  return (type, values, { id, hoursAgo = 24 * 30, by = SCRIPT, retired = false }) => {
    const at = timestamp(new Date(now.getTime() - hoursAgo * HOUR_MS));
    const { fields, projectScoped } = typeOf(type);
    const defaults = [...fields.values()].filter(
      (field) => field.origin.kind === 'own' && field.dataType !== 'multi_entity' && field.defaultValue !== null,
    );
    const row = store.insert(
      type,
      {
        ...Object.fromEntries(defaults.map((field) => [field.name, field.defaultValue])),
        ...(projectScoped ? { project: PROJECT } : {}),
        created_at: at,
        updated_at: at,
        created_by: by,
        updated_by: by,
        ...values,
      },
      id,
    );
    if (retired) store.setRetired(row, true);
    return { type, id: row.id };
  };
}

const RULE_SETS = [
  [1, 'admin', 'Admin', 'HumanUser'],
  [2, 'manager', 'Manager', 'HumanUser'],
  [3, 'artist', 'Artist', 'HumanUser'],
  [4, 'vendor', 'Vendor', 'HumanUser'],
  [5, 'api_admin', 'API Admin', 'ApiUser'],
] as const;

function seedPeople(put: Put, settings: Settings): void {
  for (const [id, code, name, entityType] of RULE_SETS) {
    put('PermissionRuleSet', { code, display_name: name, entity_type: entityType }, { id });
  }
  const ruleSet = (code: string): Link => ({
    type: 'PermissionRuleSet',
    id: RULE_SETS.find((row) => row[1] === code)?.[0] ?? 0,
  });
  put(
    'ApiUser',
    {
      firstname: settings.scriptName,
      lastname: '1.0',
      email: 'pipeline@studio.example',
      description: 'Action menu handler',
      salted_password: settings.scriptKey,
      permission_rule_set: ruleSet('api_admin'),
      generate_event_log_entries: true,
    },
    { id: SCRIPT.id },
  );
  put('Group', { code: 'Compositors' }, { id: 5 });
  for (const person of DEMO_PEOPLE) {
    const { id, login, firstname, lastname, permissionSet, flag, active, retired = false } = person;
    put(
      'HumanUser',
      {
        login,
        firstname,
        lastname,
        email: `${login}@studio.example`,
        sg_status_list: active ? 'act' : 'dis',
        permission_rule_set: ruleSet(permissionSet),
        projects: [PROJECT],
        groups: permissionSet === 'artist' && active ? [{ type: 'Group', id: 5 }] : [],
        can_impersonate_this_user: flag,
      },
      { id, retired },
    );
  }
  // An admin whom nobody names: the flag is as the site's default for admins says.
  put(
    'HumanUser',
    {
      login: 'shotgun_admin',
      firstname: 'Shotgun',
      lastname: 'Admin',
      email: 'shotgun_admin@studio.example',
      sg_status_list: 'act',
      permission_rule_set: ruleSet('admin'),
      projects: [PROJECT],
      groups: [],
      can_impersonate_this_user: settings.adminFlagDefault,
    },
    { id: 32 },
  );
}

function seedCatalogue(put: Put): void {
  STEPS.forEach(([code, short], index) =>
    put(
      'Step',
      { code, short_name: short, entity_type: code === 'Model' ? 'Asset' : 'Shot', list_order: index },
      { id: index + 1 },
    ),
  );
  const statuses = {
    ...typeOf('Version').fields.get('sg_status_list')?.displayValues,
    ...typeOf('Task').fields.get('sg_status_list')?.displayValues,
    omt: 'Omit',
    opn: 'Open',
  };
  Object.entries(statuses).forEach(([code, name], index) => put('Status', { code, name }, { id: index + 1 }));
}

const ARTISTS: readonly Link[] = [24, 28, 30].map((id) => ({ type: 'HumanUser', id }));

function seedProduction(put: Put): void {
  PLACES.forEach(([name, description], at) => {
    put(
      'Sequence',
      { code: `HSM_${String(at + 1)}0_${name}`, description, sg_status_list: 'ip' },
      { id: FIRST.Sequence + at },
    );
  });
  ASSETS.forEach((code, at) => {
    const kind = at < 3 ? 'Character' : at < 6 ? 'Vehicle' : at < 9 ? 'Environment' : 'Prop';
    put(
      'Asset',
      { code, sg_asset_type: kind, sg_status_list: pick(['fin', 'ip', 'wtg'], at) },
      { id: FIRST.Asset + at },
    );
  });
  for (let at = 0; at < 40; at += 1) {
    const sequence = Math.floor(at / 10);
    const first = 1001;
    const length = 24 + ((at * 17) % 96);
    put(
      'Shot',
      {
        code: shotCode(at),
        description: `${PLACES[sequence]?.[1] ?? ''}, part ${String((at % 10) + 1)}`,
        sg_status_list: pick(['ip', 'ip', 'wtg', 'fin', 'hld'], at),
        sg_sequence: { type: 'Sequence', id: FIRST.Sequence + sequence },
        assets: [{ type: 'Asset', id: FIRST.Asset + (at % 12) }],
        sg_cut_in: first,
        sg_cut_out: first + length,
        sg_cut_duration: length + 1,
      },
      { id: FIRST.Shot + at, hoursAgo: 400 - at },
    );
  }
  for (let at = 0; at < 120; at += 1) {
    const step = at % 3;
    put(
      'Task',
      {
        content: STEPS[step + 1]?.[0] ?? '',
        sg_status_list: pick(['ip', 'rev', 'wtg', 'fin', 'ready', 'ip', 'hld'], at),
        entity: { type: 'Shot', id: FIRST.Shot + Math.floor(at / 3) },
        step: { type: 'Step', id: step + 2 },
        task_assignees: [pick(ARTISTS, at)],
        task_reviewers: [{ type: 'HumanUser', id: 25 }],
        start_date: `2026-05-${String(4 + (at % 5)).padStart(2, '0')}`,
        due_date: `2026-05-${String(11 + (at % 5)).padStart(2, '0')}`,
        duration: 6 * 480,
        upstream_tasks: step === 0 ? [] : [{ type: 'Task', id: FIRST.Task + at - 1 }],
      },
      { id: FIRST.Task + at, hoursAgo: 380 - at },
    );
  }
  for (let at = 0; at < 60; at += 1) seedVersion(put, at);
}

function seedVersion(put: Put, at: number): void {
  const shot = at % 40;
  const step = at % 3;
  const artist = pick(ARTISTS, at);
  const name = `${shotCode(shot)}_${['anm', 'lgt', 'cmp'][step] ?? ''}_v${String(1 + ((at * 5) % 12)).padStart(3, '0')}`;
  put(
    'Version',
    {
      code: name,
      description: at % 6 === 5 ? null : pick(REMARKS, at),
      // The first rows wait for a review, so that an approval has something to change.
      sg_status_list: at < 3 ? 'rev' : pick(['apr', 'rev', 'rev', 'vwd', 'ip', 'rev', 'na'], at),
      entity: { type: 'Shot', id: FIRST.Shot + shot },
      sg_task: { type: 'Task', id: FIRST.Task + shot * 3 + step },
      user: artist,
      sg_first_frame: 1001,
      sg_last_frame: 1001 + 24 + ((shot * 17) % 96),
      frame_count: 25 + ((shot * 17) % 96),
      frame_range: `1001-${String(1025 + ((shot * 17) % 96))}`,
      sg_path_to_movie: `/projects/hsm/movies/${name}.mov`,
      sg_uploaded_movie_frame_rate: 24,
      sg_version_type: ['Animation', 'Lighting', 'Comp'][step] ?? null,
    },
    { id: FIRST.Version + at, hoursAgo: 2 + at * 3, by: artist },
  );
}

function seedReviews(put: Put): void {
  for (let at = 0; at < 8; at += 1) {
    const author: Link = { type: 'HumanUser', id: at % 2 === 0 ? 25 : 24 };
    const note = put(
      'Note',
      {
        subject: `Review of ${shotCode(at)}`,
        content: at % 2 === 0 ? 'Please hold the last pose four frames longer.' : 'Done, see the next version.',
        sg_status_list: pick(['opn', 'clsd', 'ip'], at),
        note_links: [
          { type: 'Version', id: FIRST.Version + at },
          { type: 'Shot', id: FIRST.Shot + at },
        ],
        addressings_to: [pick(ARTISTS, at)],
        user: author,
      },
      { id: FIRST.Note + at, hoursAgo: 40 + at, by: author },
    );
    if (at < 3)
      put(
        'Reply',
        { content: 'Will do today.', entity: note, user: pick(ARTISTS, at) },
        { id: 300 + at, hoursAgo: 30, by: pick(ARTISTS, at) },
      );
  }
  ['Dailies Monday', 'Dailies Tuesday', 'Client review'].forEach((code, at) => {
    const playlist = put('Playlist', { code }, { id: FIRST.Playlist + at, hoursAgo: 60 - at * 20 });
    for (let place = 0; place < 5; place += 1) {
      const version = { type: 'Version', id: FIRST.Version + ((at * 7 + place * 3) % 60) };
      put('PlaylistVersionConnection', { playlist, version, sg_sort_order: place + 1 }, { id: 500 + at * 5 + place });
    }
  });
}

function shotCode(at: number): string {
  return `HSM_${String(Math.floor(at / 10) + 1)}0_${String((at % 10) + 1).padStart(3, '0')}0`;
}

function pick<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function menuItemValues(item: MenuItem, index: number): Record<string, FieldValue> {
  return {
    title: item.title,
    url: item.url,
    entity_type: item.entityType ?? null,
    list_order: index + 1,
    folder: item.folder ?? null,
    selection_required: item.selectionRequired ?? false,
    light_payload: item.lightPayload ?? false,
    open_in_overlay: item.openInOverlay ?? false,
    poll_for_data_updates: item.pollForDataUpdates ?? true,
    secret_token: item.secretToken ?? null,
    signature_algorithm: item.signatureAlgorithm ?? null,
    add_btn_behavior: 'not_set',
  };
}
