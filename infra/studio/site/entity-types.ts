/** The entity types of the demo site: the fields that actions meet first, with their real codes, labels and data types. */
import { field, inverse, link, links, snakeCase, statuses } from './schema.ts';
import type { EntityType, Field, FieldDraft } from './schema.ts';

type TypeDraft = {
  readonly slug?: string;
  readonly label?: string;
  readonly identity: string;
  readonly projectScoped?: boolean;
  readonly fields: Readonly<Record<string, FieldDraft>>;
};

const VERSION_STATUSES = {
  na: 'N/A',
  rev: 'Pending Review',
  vwd: 'Viewed',
  apr: 'Approved',
  custom: 'Custom',
  fin: 'Final',
  ip: 'In Progress',
  clsd: 'Closed',
  cmpt: 'Complete',
  cfrm: 'Confirmed',
};
// `omt` has no label on purpose: a missing display value means that the code is shown.
const TASK_STATUSES = {
  wtg: 'Waiting to Start',
  ip: 'In Progress',
  fin: 'Final',
  apr: 'Approved',
  dis: 'Disabled',
  na: 'N/A',
  hld: 'On Hold',
  rev: 'Pending Review',
  ready: 'Ready to Start',
};
const SHOT_STATUSES = { wtg: 'Waiting to Start', ip: 'In Progress', fin: 'Final', hld: 'On Hold', omt: 'Omit' };
const NOTE_STATUSES = { opn: 'Open', ip: 'In Progress', clsd: 'Closed' };

const image = () => field('image', 'Thumbnail');
const versionLinks = ['Shot', 'Asset', 'Sequence'];
const people = ['HumanUser', 'Group'];
const throughPlaylist = (here: string, there: string) =>
  ({ kind: 'through', join: 'PlaylistVersionConnection', here, there }) as const;

const DRAFTS: Readonly<Record<string, TypeDraft>> = {
  Project: {
    identity: 'name',
    fields: {
      name: field('text', 'Project Name', { mandatory: true }),
      code: field('text', 'Code'),
      archived: field('checkbox', 'Archived'),
      sg_status: field('list', 'Status', { validValues: ['Bidding', 'Active', 'Lost', 'Hold'] }),
      sg_description: field('text', 'Description'),
      users: inverse('People', 'HumanUser', 'projects'),
      image: image(),
    },
  },
  Sequence: {
    identity: 'code',
    projectScoped: true,
    fields: {
      code: field('text', 'Sequence Name', { mandatory: true }),
      description: field('text', 'Description'),
      sg_status_list: statuses(SHOT_STATUSES, 'wtg'),
      shots: inverse('Shots', 'Shot', 'sg_sequence'),
      tasks: inverse('Tasks', 'Task', 'entity'),
      sg_versions: inverse('Versions', 'Version', 'entity'),
      image: image(),
    },
  },
  Shot: {
    identity: 'code',
    projectScoped: true,
    fields: {
      code: field('text', 'Shot Code', { mandatory: true }),
      description: field('text', 'Description'),
      sg_status_list: statuses(SHOT_STATUSES, 'wtg'),
      sg_sequence: link('Sequence', ['Sequence']),
      assets: links('Assets', ['Asset']),
      tasks: inverse('Tasks', 'Task', 'entity'),
      sg_versions: inverse('Versions', 'Version', 'entity'),
      notes: inverse('Notes', 'Note', 'note_links'),
      sg_cut_in: field('number', 'Cut In'),
      sg_cut_out: field('number', 'Cut Out'),
      sg_cut_duration: field('number', 'Cut Duration'),
      image: image(),
    },
  },
  Asset: {
    identity: 'code',
    projectScoped: true,
    fields: {
      code: field('text', 'Asset Name', { mandatory: true }),
      description: field('text', 'Description'),
      sg_asset_type: field('list', 'Type', { validValues: ['Character', 'Prop', 'Environment', 'Vehicle'] }),
      sg_status_list: statuses(SHOT_STATUSES, 'wtg'),
      shots: inverse('Shots', 'Shot', 'assets'),
      tasks: inverse('Tasks', 'Task', 'entity'),
      sg_versions: inverse('Versions', 'Version', 'entity'),
      notes: inverse('Notes', 'Note', 'note_links'),
      image: image(),
    },
  },
  Task: {
    identity: 'content',
    projectScoped: true,
    fields: {
      content: field('text', 'Task Name', { mandatory: true }),
      sg_description: field('text', 'Description'),
      sg_status_list: {
        ...statuses(TASK_STATUSES, 'wtg', ['dis']),
        validValues: ['wtg', 'ip', 'fin', 'apr', 'dis', 'na', 'hld', 'rev', 'omt', 'ready'],
      },
      entity: link('Link', versionLinks),
      step: link('Pipeline Step', ['Step']),
      task_assignees: links('Assigned To', people),
      task_reviewers: links('Reviewer', people),
      upstream_tasks: links('Upstream Dependency', ['Task']),
      downstream_tasks: inverse('Downstream Dependency', 'Task', 'upstream_tasks'),
      notes: inverse('Notes', 'Note', 'tasks'),
      sg_versions: inverse('Versions', 'Version', 'sg_task'),
      start_date: field('date', 'Start Date'),
      due_date: field('date', 'Due Date'),
      duration: field('duration', 'Duration'),
      est_in_mins: field('duration', 'Bid'),
      milestone: field('checkbox', 'Milestone'),
      image: image(),
    },
  },
  Version: {
    identity: 'code',
    projectScoped: true,
    fields: {
      code: field('text', 'Version Name', { mandatory: true }),
      description: field('text', 'Description'),
      sg_status_list: statuses(VERSION_STATUSES, 'rev', ['custom']),
      entity: link('Link', versionLinks),
      sg_task: link('Task', ['Task']),
      user: link('Artist', ['HumanUser', 'ApiUser']),
      playlists: links('Playlists', ['Playlist'], { origin: throughPlaylist('version', 'playlist') }),
      notes: inverse('Notes', 'Note', 'note_links'),
      tasks: links('Tasks', ['Task']),
      sg_first_frame: field('number', 'First Frame'),
      sg_last_frame: field('number', 'Last Frame'),
      frame_count: field('number', 'Frame Count'),
      frame_range: field('text', 'Frame Range'),
      sg_path_to_movie: field('text', 'Path to Movie'),
      sg_path_to_frames: field('text', 'Path to Frames'),
      sg_uploaded_movie_frame_rate: field('float', 'Uploaded Movie Frame Rate'),
      sg_version_type: field('list', 'Type', { validValues: ['Comp', 'Lighting', 'Animation', 'Playblast'] }),
      client_approved: field('checkbox', 'Client Approved'),
      image: image(),
    },
  },
  Note: {
    identity: 'subject',
    projectScoped: true,
    fields: {
      subject: field('text', 'Subject'),
      content: field('text', 'Body'),
      sg_status_list: statuses(NOTE_STATUSES, 'opn'),
      sg_note_type: field('list', 'Type', { validValues: ['Client', 'Internal'] }),
      note_links: links('Links', ['Shot', 'Asset', 'Sequence', 'Version', 'Playlist']),
      tasks: links('Tasks', ['Task']),
      addressings_to: links('To', people),
      addressings_cc: links('CC', people),
      replies: inverse('Replies', 'Reply', 'entity'),
      playlist: link('Playlist', ['Playlist']),
      user: link('Author', ['HumanUser', 'ApiUser']),
      attachments: links('Attachments', ['Attachment']),
    },
  },
  Reply: {
    slug: 'replies',
    identity: 'content',
    fields: {
      content: field('text', 'Content', { mandatory: true }),
      entity: link('Entity', ['Note']),
      user: link('Author', ['HumanUser', 'ApiUser']),
    },
  },
  Playlist: {
    identity: 'code',
    projectScoped: true,
    fields: {
      code: field('text', 'Playlist Name', { mandatory: true }),
      description: field('text', 'Description'),
      sg_date_and_time: field('date_time', 'Date'),
      versions: links('Versions', ['Version'], { origin: throughPlaylist('playlist', 'version') }),
      notes: inverse('Notes', 'Note', 'playlist'),
      locked: field('checkbox', 'Locked'),
    },
  },
  PlaylistVersionConnection: {
    identity: 'cached_display_name',
    fields: {
      playlist: link('Playlist', ['Playlist']),
      version: link('Version', ['Version']),
      sg_sort_order: field('number', 'Sort Order'),
    },
  },
  Step: {
    identity: 'code',
    fields: {
      code: field('text', 'Pipeline Step Name', { mandatory: true }),
      short_name: field('text', 'Short Code'),
      entity_type: field('entity_type', 'Entity Type'),
      list_order: field('number', 'Order'),
    },
  },
  Status: {
    slug: 'statuses',
    identity: 'code',
    fields: { code: field('text', 'Short Code', { mandatory: true }), name: field('text', 'Status Name') },
  },
  Group: {
    identity: 'code',
    fields: {
      code: field('text', 'Group Name', { mandatory: true, unique: true }),
      users: inverse('Users', 'HumanUser', 'groups'),
    },
  },
  Attachment: {
    identity: 'filename',
    fields: { filename: field('text', 'File Name'), description: field('text', 'Description') },
  },
  HumanUser: {
    label: 'Person',
    identity: 'name',
    fields: {
      login: field('text', 'Login', { mandatory: true, unique: true }),
      name: field('text', 'Name', { mandatory: true, editable: false, origin: { kind: 'computed' } }),
      firstname: field('text', 'First Name'),
      lastname: field('text', 'Last Name'),
      email: field('text', 'Email'),
      sg_status_list: statuses({ act: 'Active', dis: 'Disabled' }, 'act'),
      permission_rule_set: link('Permission Group', ['PermissionRuleSet'], { editable: false }),
      projects: links('Projects', ['Project']),
      groups: links('Groups', ['Group']),
      can_impersonate_this_user: field('checkbox', 'Admins Can Perform Actions As', {
        editable: false,
        defaultValue: true,
      }),
      locked_until: field('date_time', 'Locked Until', { editable: false }),
      password_proxy: field('password', 'Password'),
      language: field('text', 'Language'),
      image: image(),
    },
  },
  ApiUser: {
    label: 'Script',
    identity: 'cached_display_name',
    fields: {
      firstname: field('text', 'Script Name', { mandatory: true, unique: true }),
      lastname: field('text', 'Version'),
      email: field('text', 'Maintainer'),
      description: field('text', 'Description'),
      salted_password: field('password', 'Application Key'),
      permission_rule_set: link('Permission Group', ['PermissionRuleSet'], { editable: false }),
      projects: links('Projects', ['Project']),
      generate_event_log_entries: field('checkbox', 'Generate Events', { defaultValue: true }),
    },
  },
  PermissionRuleSet: {
    identity: 'display_name',
    fields: {
      code: field('text', 'Code', { editable: false }),
      display_name: field('text', 'Display Name', { editable: false }),
      entity_type: field('entity_type', 'Entity Type', { editable: false }),
      parent_set: link('Parent', ['PermissionRuleSet'], { editable: false }),
    },
  },
  ActionMenuItem: {
    label: 'Action Menu Item',
    identity: 'title',
    fields: {
      title: field('text', 'Title', { mandatory: true }),
      entity_type: field('entity_type', 'Entity Type'),
      url: field('text', 'URL', { mandatory: true }),
      list_order: field('number', 'Order'),
      folder: field('text', 'Folder'),
      selection_required: field('checkbox', 'Selection Required'),
      light_payload: field('checkbox', 'Light Payload'),
      open_in_overlay: field('checkbox', 'Open in Modal Overlay'),
      poll_for_data_updates: field('checkbox', 'Poll For Data Updates'),
      permissions_groups: links('Restrict to Permission Groups', ['PermissionRuleSet']),
      projects: links('Restrict to Projects', ['Project']),
      secret_token: field('text', 'Secret Token'),
      signature_algorithm: field('list', 'Signature Algorithm', { validValues: ['sha256', 'sha1'] }),
      add_btn_behavior: field('list', 'Configure Menu Options', {
        validValues: ['not_set', 'include_in_dropdown', 'override_default', 'internal_resources'],
        defaultValue: 'not_set',
      }),
    },
  },
  EventLogEntry: {
    slug: 'event_log_entries',
    label: 'Event Log Entry',
    identity: 'description',
    fields: {
      event_type: field('text', 'Event Type'),
      attribute_name: field('text', 'Attribute Name'),
      description: field('text', 'Description'),
      meta: field('serializable', 'Meta'),
      entity: link('Link', []),
      project: link('Project', ['Project']),
      user: link('User', ['HumanUser', 'ApiUser']),
      session_uuid: field('uuid', 'Session UUID'),
    },
  },
};

const STANDARD: Readonly<Record<string, FieldDraft>> = {
  id: field('number', 'Id', { editable: false, origin: { kind: 'computed' } }),
  cached_display_name: field('text', 'Cached Display Name', { editable: false, origin: { kind: 'computed' } }),
  created_at: field('date_time', 'Date Created', { editable: false }),
  created_by: link('Created by', ['HumanUser', 'ApiUser'], { editable: false }),
  updated_at: field('date_time', 'Date Updated', { editable: false }),
  updated_by: link('Updated by', ['HumanUser', 'ApiUser'], { editable: false }),
};

function entityType(name: string, draft: TypeDraft): EntityType {
  const project = draft.projectScoped ? { project: link('Project', ['Project']) } : {};
  const fields = Object.entries({ ...STANDARD, ...project, ...draft.fields });
  return {
    name,
    slug: draft.slug ?? `${snakeCase(name)}s`,
    label: draft.label ?? name,
    identity: draft.identity,
    projectScoped: draft.projectScoped ?? false,
    fields: new Map<string, Field>(fields.map(([code, rest]) => [code, { name: code, ...rest }])),
  };
}

/** Every type of the site by schema name. */
export const ENTITY_TYPES: ReadonlyMap<string, EntityType> = new Map(
  Object.entries(DRAFTS).map(([name, draft]) => [name, entityType(name, draft)]),
);

const BY_SPELLING = new Map<string, EntityType>();
for (const type of ENTITY_TYPES.values()) {
  for (const spelling of [type.slug, type.name, snakeCase(type.name)]) BY_SPELLING.set(spelling, type);
}

/** A type by one of its three spellings in a path. */
export function typeBySpelling(segment: string): EntityType | undefined {
  return BY_SPELLING.get(segment);
}

/** A type that is known to exist, by schema name. */
export function typeOf(name: string): EntityType {
  const type = ENTITY_TYPES.get(name);
  if (!type) throw new Error(`the site has no type ${name}`);
  return type;
}
