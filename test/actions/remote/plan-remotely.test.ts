import { describe, expect, it } from '@jest/globals';
import type { PlanContext } from '../../../src/actions/definition.ts';
import type { FormField } from '../../../src/actions/form.ts';
import type { Plan } from '../../../src/actions/plan.ts';
import { planRemotely } from '../../../src/actions/remote/plan-remotely.ts';
import type { AskingAction } from '../../../src/actions/remote/question.ts';
import type { RemoteQuestion } from '../../../src/actions/remote/services.ts';
import { ACTION, contextFor, settingsFor, type Reads } from './site.ts';

const URL = 'https://farm.example/plan';

describe('a remote service is told', () => {
  it('who asks, for which rows, and what the person sees of them', async () => {
    const { questions } = await planned({ changes: [] });
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatchObject({
      url: URL,
      secretVariable: 'REMOTE_SECRET_FARM',
      timeoutMs: 10_000,
      proof: undefined,
    });
    expect(questions[0]!.body).toEqual({
      action: 'send-to-farm',
      launch: 'launch-1',
      site: 'https://studio.example',
      person: { id: 24, login: 'artist', name: 'Alma Ortiz', email: 'artist@studio.example' },
      project: { id: 70, name: 'Bunny' },
      page: { id: 4606, title: 'Versions', path: '/page/4606' },
      entityType: 'Version',
      selectedIds: [12, 11, 404],
      // In the order of the selection; the row that this person cannot see is not there.
      rows: [
        { type: 'Version', id: 12, name: 'bunny_020', fields: { code: 'bunny_020', sg_status_list: 'apr', tasks: [] } },
        {
          type: 'Version',
          id: 11,
          name: 'bunny_010',
          fields: { code: 'bunny_010', sg_status_list: 'rev', tasks: [{ type: 'Task', id: 5, name: 'Comp' }] },
        },
      ],
      form: {},
    });
  });

  it('what was filled in, but secrets only where the file says so', async () => {
    const form: readonly FormField[] = [
      { name: 'note', label: 'Note', required: false, secret: false, type: 'text', maxLength: 100 },
      { name: 'password', label: 'Password', required: false, secret: true, type: 'text', maxLength: 100 },
      { name: 'ticket', label: 'Ticket', required: false, secret: true, type: 'text', maxLength: 100 },
      { name: 'constructor', label: 'Trap', required: false, secret: false, type: 'text', maxLength: 100 },
    ];
    const { questions } = await planned(
      {},
      {
        action: { ...ACTION, form },
        settings: { secret_fields: ['ticket'] },
        context: { form: { note: 'hi', password: 'p', ticket: 't' } },
      },
    );
    expect(questions[0]!.body['form']).toEqual({ note: 'hi', ticket: 't', constructor: null });
  });

  it('nothing of the sign-in: no token, no subject, no roles, no session', async () => {
    const { questions } = await planned(
      {},
      {
        context: {
          payload: { ...contextFor().payload, sessionUuid: '6d1a3b8e-0000-4000-8000-000000000000' },
          proof: () => Promise.reject(new Error('nobody asked for a proof')),
        },
      },
    );
    expect(JSON.stringify(questions)).not.toMatch(/person-artist|6d1a3b8e|roles|issuer|token/);
  });

  it('about a click on no rows too', async () => {
    const { user } = contextFor().payload;
    const payload = { user, selectedIds: [], ids: [], columns: [], sort: [], grouping: [] };
    const { questions, reads } = await planned({}, { context: { payload } });
    expect(questions[0]!.body).toMatchObject({ entityType: null, rows: [] });
    expect(reads).toEqual([]);
  });

  it('who the person is by proof, when the file names it; otherwise it is not asked at all', async () => {
    const settings = { assertion: { audience: 'farm' } };
    const proof = { kind: 'assertion', token: 'a.b.c', expiresAt: undefined } as const;
    const { questions } = await planned({}, { settings, context: { proof: () => Promise.resolve(proof) } });
    expect(questions[0]!.proof).toBe(proof);
    await expect(planned({}, { settings })).rejects.toMatchObject({
      code: 'remote_unavailable',
      reason: 'not_configured',
    });
  });
});

describe('what the plan says of ShotGrid is read there, as the person', () => {
  it('values, names and what is so already', async () => {
    const { plan } = await planned({
      version: 1,
      changes: [
        { kind: 'update', entityType: 'Version', id: 12, fields: { sg_status_list: 'apr' } },
        { kind: 'update', entityType: 'Version', id: 11, fields: { sg_status_list: 'apr', description: 'first' } },
        { kind: 'update', entityType: 'Version', id: 404, fields: { sg_status_list: 'apr' } },
        { kind: 'update', entityType: 'Task', id: 5, fields: { sg_status_list: 'fin' } },
      ],
    });
    expect(plan).toEqual({
      changes: [
        {
          kind: 'update',
          entityType: 'Version',
          id: 11,
          name: 'bunny_010',
          fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
        },
        {
          kind: 'update',
          entityType: 'Task',
          id: 5,
          name: 'Comp',
          fields: [{ field: 'sg_status_list', before: 'ip', after: 'fin' }],
        },
      ],
      untouched: [
        { entityType: 'Version', id: 12, name: 'bunny_020', reason: 'already_so' },
        { entityType: 'Version', id: 404, name: 'Version 404', reason: 'not_found' },
      ],
    });
  });

  it('the names of links, whatever the service calls them', async () => {
    const { plan } = await planned({
      changes: [
        {
          kind: 'create',
          entityType: 'Note',
          fields: {
            subject: 'Look',
            note_links: [{ type: 'Version', id: 11, name: 'somebody else’s shot' }],
            project: { type: 'Project', id: 70 },
          },
        },
        {
          kind: 'update',
          entityType: 'Version',
          id: 11,
          add: {
            tasks: [
              { type: 'Task', id: 6, name: 'lie' },
              { type: 'Task', id: 5 },
            ],
          },
        },
        { kind: 'delete', entityType: 'Version', id: 12 },
      ],
    });
    expect(plan.changes).toEqual([
      {
        kind: 'create',
        entityType: 'Note',
        name: 'Look',
        fields: [
          { field: 'subject', before: null, after: 'Look' },
          {
            field: 'note_links',
            before: null,
            after: [{ type: 'Version', id: 11, name: 'bunny_010' }],
            send: [{ type: 'Version', id: 11 }],
          },
          {
            field: 'project',
            before: null,
            after: { type: 'Project', id: 70, name: 'Project 70' },
            send: { type: 'Project', id: 70 },
          },
        ],
      },
      {
        kind: 'update',
        entityType: 'Version',
        id: 11,
        name: 'bunny_010',
        fields: [
          {
            field: 'tasks',
            before: [{ type: 'Task', id: 5, name: 'Comp' }],
            after: [
              { type: 'Task', id: 5, name: 'Comp' },
              { type: 'Task', id: 6, name: 'Roto' },
            ],
            send: { multi_entity_update_mode: 'add', value: [{ type: 'Task', id: 6 }] },
          },
        ],
      },
      { kind: 'delete', entityType: 'Version', id: 12, name: 'bunny_020', fields: [] },
    ]);
  });

  it('with one read a type, however many rows', async () => {
    const { reads } = await planned({
      changes: [11, 12].map((id) => ({
        kind: 'update',
        entityType: 'Version',
        id,
        add: { tasks: [{ type: 'Task', id: 6 }] },
      })),
    });
    expect(reads.map(({ entityType }) => entityType)).toEqual(['Version', 'Version', 'Task']);
  });

  it('after the answer: what changed while the service thought is not passed off as old', async () => {
    const rows = [{ type: 'Version', id: 11, name: 'x', fields: { sg_status_list: 'rev' } as Record<string, unknown> }];
    const context = contextFor({ payload: { ...contextFor().payload, selectedIds: [11] } }, rows);
    const ask = (): Promise<unknown> => {
      rows[0]!.fields['sg_status_list'] = 'hld';
      return Promise.resolve({
        changes: [{ kind: 'update', entityType: 'Version', id: 11, fields: { sg_status_list: 'apr' } }],
      });
    };
    const plan = await planRemotely(
      settingsFor(URL),
      ACTION,
    )({ ...context, remote: { siteUrl: 'https://studio.example', ask } });
    expect(plan.changes[0]!.fields[0]).toMatchObject({ before: 'hld' });
  });

  it('and may be a report alone', async () => {
    const report = { title: 'Farm', table: { columns: [{ label: 'Job', type: 'number' }], rows: [[1], [null]] } };
    const { plan } = await planned({ report });
    expect(plan).toEqual({ changes: [], untouched: [], report });
  });
});

describe('a service that lies is not believed', () => {
  const update = { kind: 'update', entityType: 'Version', id: 11, fields: { sg_status_list: 'apr' } };

  it.each<[string, unknown, string]>([
    [
      'a row that was not selected',
      [{ ...update, id: 99 }],
      'changes[0].id: Version 99 is neither selected nor linked',
    ],
    [
      'a row of a type it may not touch',
      [{ ...update, entityType: 'Shot' }],
      'changes[0]: the action does not declare that it may update Shot rows',
    ],
    [
      'the id of a row of another type',
      [{ kind: 'update', entityType: 'Task', id: 11, fields: { sg_status_list: 'fin' } }],
      'changes[0].id: Task 11 is neither',
    ],
    [
      'a linked row that it was not shown',
      [{ kind: 'update', entityType: 'Task', id: 6, fields: { sg_status_list: 'fin' } }],
      'changes[0].id: Task 6 is neither',
    ],
    [
      'a field it may not touch',
      [{ ...update, fields: { sg_status_list: 'apr', user: null } }],
      'changes[0].fields.user: the action does not declare',
    ],
    [
      'a field called like a trap',
      [{ ...update, fields: { constructor: 'x' } }],
      'changes[0].fields.constructor: the action does not declare',
    ],
    [
      'an operation it may not do',
      [{ kind: 'create', entityType: 'Version', fields: { code: 'x' } }],
      'changes[0]: the action does not declare that it may create Version rows',
    ],
    [
      'deletes of another type',
      [{ kind: 'delete', entityType: 'Task', id: 5 }],
      'changes[0]: the action does not declare that it may delete Task rows',
    ],
    ['a revival', [{ kind: 'revive', entityType: 'Version', id: 11 }], 'changes[0].kind: '],
    [
      'a row twice',
      [update, { ...update, fields: { description: 'x' } }],
      'changes[1].id: Version 11 is in changes[0] already',
    ],
    [
      'a field set and added to at once',
      [{ ...update, fields: { tasks: [] }, add: { tasks: [{ type: 'Task', id: 5 }] } }],
      'changes[0].add.tasks: the field is named twice',
    ],
    [
      'what the row held before',
      [{ ...update, before: { sg_status_list: 'rev' } }],
      'changes[0]: has unknown keys: "before"',
    ],
    ['what the row is called', [{ ...update, name: 'x' }], 'changes[0]: has unknown keys: "name"'],
    ['an update of nothing', [{ ...update, fields: {} }], 'changes[0].fields: must name 1 to 200 fields'],
    [
      'an update that says nothing',
      [{ kind: 'update', entityType: 'Version', id: 11 }],
      'changes[0]: must have fields, add or remove',
    ],
    ['an id as text', [{ ...update, id: '11' }], 'changes[0].id: must be the id of a row'],
    ['an id that is no integer', [{ ...update, id: 1e300 }], 'changes[0].id: '],
    ['a negative id', [{ ...update, id: -11 }], 'changes[0].id: must be the id of a row'],
    [
      'a type with a path in it',
      [{ ...update, entityType: '../HumanUser' }],
      'changes[0].entityType: must be an entity type',
    ],
    ['a dotted field', [{ ...update, fields: { 'entity.Shot.code': 'x' } }], 'changes[0].fields."entity.Shot.code"'],
    [
      'an object where a value should be',
      [{ ...update, fields: { description: { $gt: '' } } }],
      'changes[0].fields.description: must be text',
    ],
    [
      'a link with more in it',
      [{ ...update, fields: { description: { type: 'Task', id: 5, sudo: 1 } } }],
      'changes[0].fields.description: has unknown keys: "sudo"',
    ],
    [
      'a raw update mode',
      [{ ...update, fields: { tasks: { multi_entity_update_mode: 'set', value: [] } } }],
      'changes[0].fields.tasks: must be',
    ],
    [
      'lists in lists',
      [{ ...update, fields: { tasks: [[{ type: 'Task', id: 5 }]] } }],
      'changes[0].fields.tasks: must be',
    ],
    [
      'a script as an address',
      [{ ...update, fields: { description: { url: 'javascript:alert(1)' } } }],
      'changes[0].fields.description.url: must be an http(s) address',
    ],
    [
      'a NUL',
      [{ ...update, fields: { description: 'a\0b' } }],
      'changes[0].fields.description: must not hold a NUL character',
    ],
    [
      'text where a list is',
      [{ ...update, fields: { tasks: 'Comp' } }],
      'changes[0].fields.tasks: the field holds a list, and the value is text or a number',
    ],
    [
      'a list where text is',
      [{ ...update, fields: { sg_status_list: ['apr'] } }],
      'changes[0].fields.sg_status_list: the field holds text or a number, and the value is a list',
    ],
    [
      'a link where text is',
      [{ ...update, fields: { description: { type: 'Task', id: 5 } } }],
      'changes[0].fields.description: the field holds text or a number, and the value is a link',
    ],
    [
      'links added to text',
      [{ kind: 'update', entityType: 'Version', id: 11, add: { description: [{ type: 'Task', id: 5 }] } }],
      'changes[0].add.description: the field holds no list of links',
    ],
    [
      'more rows than allowed',
      Array.from({ length: 11 }, (_, n) => ({ kind: 'create', entityType: 'Note', fields: { subject: `${n}` } })),
      'changes: has 11 entries, and the action may change 10 rows',
    ],
    [
      'a name that turns text around',
      [{ kind: 'create', entityType: 'Note', name: 'a\u202Eb', fields: { subject: 'x' } }],
      'changes[0].name: must not hold control characters',
    ],
  ])('about %s', async (_, changes, problem) => {
    const isOverstep = /does not declare|the action may change/.test(problem);
    await expect(planned({ changes })).rejects.toMatchObject({
      // The same code as when an action of another kind proposes more than it announces.
      code: isOverstep ? 'plan_outside_declaration' : 'remote_plan_invalid',
      status: 502,
      message: expect.stringContaining(problem) as unknown,
    });
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'the answer: '],
    ['nothing', null, 'the answer: '],
    ['text', 'changes', 'the answer: '],
    ['an unknown key', { chnages: [] }, 'the answer: has unknown keys: "chnages"'],
    ['a later version', { version: 2, changes: [] }, 'version: '],
    [
      'a link off the site',
      { report: { links: [{ label: 'x', href: '//evil.example' }] } },
      'report.links[0].href: must be https',
    ],
    [
      'a link by http',
      { report: { links: [{ label: 'x', href: 'http://evil.example' }] } },
      'report.links[0].href: must be https',
    ],
    [
      'a link that is a script',
      { report: { links: [{ label: 'x', href: 'javascript:alert(1)' }] } },
      'report.links[0].href: must be https',
    ],
    [
      'a ragged table',
      { report: { table: { columns: [{ label: 'a' }], rows: [[1], [1, 2]] } } },
      'report.table.rows[1]: must be as long as columns',
    ],
    [
      'a file in a folder',
      { report: { file: { name: '../x', contentType: 'text/csv', base64: '' } } },
      'report.file.name: must be a plain file name',
    ],
    [
      'a file that is no base64',
      { report: { file: { name: 'x', contentType: 'text/csv', base64: '<>' } } },
      'report.file.base64: ',
    ],
    [
      'a header in a content type',
      { report: { file: { name: 'x', contentType: 'text/csv\r\nx: y', base64: '' } } },
      'report.file.contentType: must be',
    ],
  ])('that answers with %s', async (_, answer, problem) => {
    await expect(planned(answer)).rejects.toMatchObject({
      code: 'remote_plan_invalid',
      message: expect.stringContaining(problem) as unknown,
    });
  });

  it('nor quoted: its values stay out of the message, its keys are cut and cleaned', async () => {
    const changes = [{ ...update, id: 'swordfish', [`\u202E<b>${'k'.repeat(500)}`]: 1 }];
    const error = await planned({ changes }).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).not.toMatch(/swordfish|\u202E|k{100}/);
  });

  it('and every lie is counted', async () => {
    const changes = Array.from({ length: 9 }, (_, n) => ({ ...update, id: 1000 + n }));
    await expect(planned({ changes })).rejects.toMatchObject({
      message: expect.stringMatching(/Version 1004 .*; and 4 more\.$/) as unknown,
      problems: { length: 9 },
    });
  });

  it('about links to rows of a type that the site does not have', async () => {
    const context = contextFor();
    const read = {
      rows: (entityType: string, ids: readonly number[], fields: readonly string[]) =>
        entityType === 'Nonsense'
          ? Promise.reject(Object.assign(new Error('no'), { code: 'shotgrid_not_found' }))
          : context.read.rows(entityType, ids, fields),
    };
    const changes = [{ ...update, add: { tasks: [{ type: 'Nonsense', id: 1 }] } }];
    await expect(planned({ changes }, { context: { read } })).rejects.toMatchObject({ code: 'remote_plan_invalid' });
  });

  it('but that ShotGrid does not answer is not its fault', async () => {
    const read = { rows: () => Promise.reject(Object.assign(new Error('down'), { code: 'shotgrid_unavailable' })) };
    await expect(planned({}, { context: { read } })).rejects.toMatchObject({ code: 'shotgrid_unavailable' });
  });

  it('and a __proto__ is a key like any other that is not declared', async () => {
    const changes = JSON.parse(
      '[{"kind":"update","entityType":"Version","id":11,"fields":{"__proto__":{"type":"Task","id":5}}}]',
    ) as unknown;
    await expect(planned({ changes })).rejects.toMatchObject({ code: 'remote_plan_invalid' });
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });
});

async function planned(
  answer: unknown,
  given: {
    readonly action?: AskingAction;
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly context?: Partial<PlanContext>;
  } = {},
): Promise<{ readonly plan: Plan; readonly questions: readonly RemoteQuestion[]; readonly reads: readonly Reads[] }> {
  const questions: RemoteQuestion[] = [];
  const context = contextFor({
    remote: {
      siteUrl: 'https://studio.example',
      ask(question) {
        questions.push(question);
        return Promise.resolve(answer);
      },
    },
    ...given.context,
  });
  const plan = await planRemotely(settingsFor(URL, given.settings), given.action ?? ACTION)(context);
  return { plan, questions, reads: context.reads };
}
