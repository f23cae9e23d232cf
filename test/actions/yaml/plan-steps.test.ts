import { describe, expect, it } from '@jest/globals';
import type { ActionReader, ActionRow, PlanContext } from '../../../src/actions/definition.ts';
import { parseYamlAction } from '../../../src/actions/yaml/file.ts';

const project = { type: 'Project', id: 116, name: 'Hyperspace' };
const shot = (id: number) => ({ type: 'Shot', id, name: `sh${id}` });

const site: readonly ActionRow[] = [
  { type: 'Version', id: 1, name: 'v1', fields: { project, sg_status_list: 'rev', entity: shot(10), playlists: [] } },
  {
    type: 'Version',
    id: 2,
    name: 'v2',
    fields: { project, sg_status_list: 'apr', entity: shot(10), playlists: [{ type: 'Playlist', id: 5, name: 'P5' }] },
  },
  { type: 'Shot', id: 10, name: 'sh10', fields: { sg_status_list: 'ip' } },
  { type: 'Playlist', id: 5, name: 'P5', fields: { versions: [{ type: 'Version', id: 2, name: 'v2' }] } },
];

/** A reader that, like the site, answers only the fields it is asked for. */
function reader(asked: string[][] = []): ActionReader {
  return {
    rows: (entityType, ids, fields) => {
      asked.push([entityType, ...fields]);
      const rows = site.filter(({ type, id }) => type === entityType && ids.includes(id));
      return Promise.resolve(
        rows.map((row) => ({
          ...row,
          fields: Object.fromEntries(fields.map((field) => [field, row.fields[field] ?? null])),
        })),
      );
    },
  };
}

async function plan(yaml: string, form: PlanContext['form'] = {}, ids = [1, 2], read = reader()) {
  const { action, problems } = parseYamlAction('x', `title: X\nentity_types: [Version]\n${yaml}`);
  if (action === undefined) throw new Error(problems.join('\n'));
  return action.plan({
    payload: {
      user: { id: 24, login: 'artist' },
      entityType: 'Version',
      selectedIds: ids,
      ids,
      columns: [],
      sort: [],
      grouping: [],
    },
    identity: { issuer: 'i', subject: 's', login: 'artist', name: 'Alma', roles: ['user'] },
    person: { id: 24, login: 'artist', name: 'Alma' },
    form,
    read,
    now: new Date('2026-05-01T12:00:00Z'),
  });
}

describe('steps', () => {
  it('change what differs, leave what is so, and say what is not there', async () => {
    const { changes, untouched } = await plan('set: {sg_status_list: apr}', {}, [1, 2, 99]);
    expect(changes).toEqual([
      {
        kind: 'update',
        entityType: 'Version',
        id: 1,
        name: 'v1',
        fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
      },
    ]);
    expect(untouched).toEqual([
      { entityType: 'Version', id: 99, name: 'Version 99', reason: 'not_found' },
      { entityType: 'Version', id: 2, name: 'v2', reason: 'already_so' },
    ]);
  });

  it('reach rows linked to the selection, each once', async () => {
    const { changes } = await plan('do: [{update: {link: entity, type: Shot}, set: {sg_status_list: fin}}]');
    expect(changes).toEqual([
      {
        kind: 'update',
        entityType: 'Shot',
        id: 10,
        name: 'sh10',
        fields: [{ field: 'sg_status_list', before: 'ip', after: 'fin' }],
      },
    ]);
  });

  it('add to a list by sending only what is added, and nothing where it is there already', async () => {
    const form = { playlist: { type: 'Playlist', id: 5, name: 'P5' } };
    const yaml = `form: [{name: playlist, label: P, type: entity, entity_types: [Playlist]}]
do: [{update: {form: playlist, type: Playlist}, add: {versions: "{{ selection }}"}}]`;
    const { changes } = await plan(yaml, form);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.fields[0]).toMatchObject({
      before: [{ id: 2 }],
      after: [{ id: 2 }, { id: 1 }],
      send: { multi_entity_update_mode: 'add', value: [{ type: 'Version', id: 1 }] },
    });
  });

  it('make one new row for each selected row, in its project and linked to it', async () => {
    const { changes } = await plan(
      `form: [{name: text, label: T, type: long_text}]
do: [{create: Note, set: {subject: "On {{ row.name }}", content: "{{ form.text }}", note_links: ["{{ row.entity }}", {type: Version, id: "{{ row.id }}"}]}}]`,
      { text: 'Hello' },
    );
    expect(changes).toHaveLength(2);
    expect(changes[0]).toMatchObject({ kind: 'create', entityType: 'Note', name: 'On v1' });
    expect(changes[0]?.fields).toEqual([
      { field: 'project', before: null, after: project, send: { type: 'Project', id: 116 } },
      { field: 'subject', before: null, after: 'On v1' },
      { field: 'content', before: null, after: 'Hello' },
      expect.objectContaining({
        field: 'note_links',
        send: [
          { type: 'Shot', id: 10 },
          { type: 'Version', id: 1 },
        ],
      }),
    ]);
  });

  it('run only when their condition holds', async () => {
    const yaml = `form: [{name: mode, label: M, type: choice, options: [new, old]}]
do: [{create: Playlist, for: selection, when: "{{ form.mode == 'new' }}", set: {code: Dailies, versions: "{{ selection }}"}}]`;
    expect((await plan(yaml, { mode: 'old' })).changes).toEqual([]);
    expect((await plan(yaml, { mode: 'new' })).changes).toHaveLength(1);
  });

  it('join two steps on one row into one change', async () => {
    const { changes } = await plan(
      'set: {sg_status_list: apr}\ndo: [{update: selection, set: {description: ok}}]',
      {},
      [1],
    );
    expect(changes).toHaveLength(1);
    expect(changes[0]?.fields.map(({ field }) => field)).toEqual(['sg_status_list', 'description']);
  });

  it('ask the site only for the fields they compare or name', async () => {
    const asked: string[][] = [];
    await plan('set: {description: "{{ row.sg_task.name }} {{ row.id }}"}', {}, [1], reader(asked));
    expect(asked).toEqual([['Version', 'project', 'description', 'sg_task']]);
  });

  it('propose nothing and read nothing for an empty selection', async () => {
    const asked: string[][] = [];
    expect(await plan('do: [{delete: selection}]', {}, [], reader(asked))).toEqual({ changes: [], untouched: [] });
    expect(asked).toEqual([]);
  });
});

describe('what an action may touch', () => {
  it('follows from its steps', () => {
    const { action } = parseYamlAction(
      'x',
      'title: X\nentity_types: [Version, Shot]\ndo:\n  - {update: selection, set: {a: 1}, clear: [b], add: {c: "{{ selection }}"}}\n  - {create: Note, set: {subject: s}}\n  - {delete: {link: entity, type: Shot}}\n',
    );
    expect(action?.touches).toEqual([
      { operation: 'update', entityType: 'Version', fields: ['a', 'b', 'c'] },
      { operation: 'update', entityType: 'Shot', fields: ['a', 'b', 'c'] },
      { operation: 'create', entityType: 'Note', fields: ['subject', 'project'] },
      { operation: 'delete', entityType: 'Shot', fields: [] },
    ]);
  });
});

describe('a problem in a step', () => {
  it.each([
    [
      'an unknown key, with the right spelling',
      'do: [{updat: selection, set: {a: 1}}]',
      /do\.0\.updat: is not known here \(did you mean "update"\?\)/,
    ],
    ['two operations at once', 'do: [{update: selection, delete: selection, set: {a: 1}}]', /exactly one of/],
    [
      'a variable that does not exist',
      'set: {a: "{{ rwo.id }}"}',
      /line 3: set\.a: "rwo" is nothing a template knows \(did you mean "row"\?\)/,
    ],
    [
      'a form field that does not exist',
      'form: [{name: text, label: T, type: text}]\nset: {a: "{{ form.txet }}"}',
      /the form has no field "txet" \(did you mean "text"\?\)/,
    ],
    [
      'a form field that is no link',
      'form: [{name: t, label: T, type: text}]\ndo: [{delete: {form: t, type: Shot}}]',
      /not an entity or user field/,
    ],
    [
      'two form fields of one name',
      'form: [{name: t, label: T, type: text},{name: t, label: T, type: text}]\nset: {a: 1}',
      /another field has this name/,
    ],
    [
      'an unknown key at the top',
      'set: {a: 1}\nconfrim: click',
      /line 4: confrim: is not known here \(did you mean "confirm"\?\)/,
    ],
  ])('is named with its line: %s', (_, yaml, problem) => {
    expect(parseYamlAction('x', `title: X\nentity_types: [Version]\n${yaml}`).problems?.join('\n')).toMatch(problem);
  });
});
