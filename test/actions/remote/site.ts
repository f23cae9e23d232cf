/** The rows that a person sees, and a context to plan in, without a site: what is read, and how often, is on view. */
import type { ActionRow, PlanContext } from '../../../src/actions/definition.ts';
import type { AskingAction } from '../../../src/actions/remote/question.ts';
import { remotePiece, type RemoteSettings } from '../../../src/actions/remote/remote-file.ts';

export const SECRET = 'a secret of more than thirty-two characters';

const VERSIONS: readonly ActionRow[] = [
  version(11, 'bunny_010', {
    sg_status_list: 'rev',
    description: 'first',
    tasks: [{ type: 'Task', id: 5, name: 'Comp' }],
  }),
  version(12, 'bunny_020', { sg_status_list: 'apr', description: null, tasks: [] }),
  version(13, 'bunny_030', { sg_status_list: 'rev', description: null, tasks: [], sg_locked: false }),
  { type: 'Version', id: 99, name: 'not selected', fields: { sg_status_list: 'rev' } },
  { type: 'Task', id: 5, name: 'Comp', fields: { sg_status_list: 'ip' } },
  { type: 'Task', id: 6, name: 'Roto', fields: { sg_status_list: 'wtg' } },
  { type: 'HumanUser', id: 24, name: 'Alma Ortiz', fields: {} },
];

function version(id: number, name: string, fields: Record<string, unknown>): ActionRow {
  return { type: 'Version', id, name, fields: { code: name, ...fields } };
}

export const ACTION: AskingAction = {
  id: 'send-to-farm',
  form: [],
  touches: [
    { operation: 'update', entityType: 'Version', fields: ['sg_status_list', 'description', 'tasks', 'sg_locked'] },
    { operation: 'update', entityType: 'Task', fields: ['sg_status_list'] },
    { operation: 'create', entityType: 'Note', fields: ['subject', 'content', 'note_links', 'project'] },
    { operation: 'delete', entityType: 'Version', fields: [] },
  ],
  maxRows: 10,
};

export function settingsFor(url: string, more: Readonly<Record<string, unknown>> = {}): RemoteSettings {
  return remotePiece.parse({ url, secret: 'REMOTE_SECRET_FARM', fields: ['code', 'sg_status_list', 'tasks'], ...more });
}

export type Reads = {
  readonly entityType: string;
  readonly ids: readonly number[];
  readonly fields: readonly string[];
};

/** Three Versions are selected, one of which the person cannot see. */
export function contextFor(
  more: Partial<PlanContext> = {},
  rows: readonly ActionRow[] = VERSIONS,
): PlanContext & { readonly reads: Reads[] } {
  const reads: Reads[] = [];
  return {
    payload: {
      user: { id: 24, login: 'artist' },
      entityType: 'Version',
      selectedIds: [12, 11, 404],
      ids: [11, 12, 13, 99, 404],
      title: 'Versions',
      pageId: 4606,
      referrerPath: '/page/4606',
      columns: [],
      sort: [],
      grouping: [],
      project: { id: 70, name: 'Bunny' },
    },
    identity: {
      issuer: 'https://idp.example',
      subject: 'person-artist',
      login: 'artist',
      name: 'Alma Ortiz',
      email: 'artist@studio.example',
      roles: ['user'],
    },
    person: { id: 24, login: 'artist', name: 'Alma Ortiz' },
    form: {},
    read: {
      rows(entityType, ids, fields) {
        reads.push({ entityType, ids, fields });
        const found = rows.filter((row) => row.type === entityType && ids.includes(row.id));
        return Promise.resolve(found.map((row) => ({ ...row, fields: pick(row.fields, fields) })));
      },
    },
    now: new Date('2026-05-01T10:00:00Z'),
    launchId: 'launch-1',
    ...more,
    reads,
  };
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]));
}
