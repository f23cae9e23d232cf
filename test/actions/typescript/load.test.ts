import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadTypescriptAction } from '../../../src/actions/typescript/load.ts';
import type { PlanContext } from '../../../src/actions/definition.ts';

const load = (name: string) =>
  loadTypescriptAction(name, fileURLToPath(new URL(`./files/${name}.ts`, import.meta.url)), '1');

const context: PlanContext = {
  payload: {
    user: { id: 24, login: 'artist' },
    entityType: 'Version',
    selectedIds: [1, 2, 3],
    ids: [],
    columns: [],
    sort: [],
    grouping: [],
  },
  identity: { issuer: 'i', subject: 's', login: 'artist', name: 'Alma', roles: ['user'] },
  person: { id: 24, login: 'artist', name: 'Alma' },
  form: { reason: 'good', reviewers: null, loud: true },
  read: {
    rows: () =>
      Promise.resolve([
        { type: 'Version', id: 2, name: 'v2', fields: { sg_status_list: 'apr', description: 'good!' } },
        { type: 'Version', id: 1, name: 'v1', fields: { sg_status_list: 'rev', description: null } },
      ]),
  },
  now: new Date('2026-05-01T12:00:00Z'),
};

describe('a TypeScript action', () => {
  it('becomes a definition like any other', async () => {
    const { action, problems } = await load('approve-with-reason');
    expect(problems).toBeUndefined();
    expect(action).toMatchObject({
      kind: 'typescript',
      confirmation: 'click',
      maxRows: 5000,
      entityTypes: ['Version'],
    });
    expect(action?.form.map(({ name, type }) => [name, type])).toEqual([
      ['reason', 'text'],
      ['reviewers', 'user'],
      ['loud', 'checkbox'],
    ]);
  });

  it('plans with the rows in the order of the selection, and says what is so already or not there', async () => {
    const { action } = await load('approve-with-reason');
    const plan = await action?.plan(context);
    expect(plan?.changes).toEqual([
      {
        kind: 'update',
        entityType: 'Version',
        id: 1,
        name: 'v1',
        fields: [
          { field: 'sg_status_list', before: 'rev', after: 'apr' },
          { field: 'description', before: null, after: 'good!' },
        ],
      },
    ]);
    expect(plan?.untouched.map(({ id, reason }) => [id, reason])).toEqual([
      [3, 'not_found'],
      [2, 'already_so'],
    ]);
    expect(plan?.report).toEqual({ text: '0 reviewers' });
  });

  it('may change only fields that it reads', async () => {
    const { action } = await load('approve-with-reason');
    const read = { rows: () => Promise.resolve([{ type: 'Version', id: 1, name: 'v1', fields: {} }]) };
    await expect(action?.plan({ ...context, read })).rejects.toThrow('which its `fields` do not read');
  });

  it('says everything that is wrong with it', async () => {
    expect((await load('broken')).problems).toEqual(['must export `action`, made by defineAction']);
    expect((await load('nothing-there')).problems?.join()).toMatch(/cannot be loaded/);
    expect((await load('wrong')).problems).toHaveLength(2);
  });
});
