import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ARRAY, errorOf, openSite, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite();
});
afterEach(() => studio.site.close());

const summarize = (slug: string, body: unknown) =>
  studio.call('POST', `/entity/${slug}/_summarize`, { body, type: ARRAY });
const find = (body: unknown, as?: string) =>
  studio.call('POST', '/entity/_text_search', { body, type: ARRAY, ...(as === undefined ? {} : { as }) });

describe('_summarize', () => {
  it('counts, whole and by group', async () => {
    const { body } = await summarize('versions', {
      filters: [],
      summary_fields: [{ field: 'id', type: 'count' }],
      grouping: [{ field: 'sg_status_list', type: 'exact', direction: 'asc' }],
    });
    expect(body.data.summaries).toEqual({ id: 60 });
    const groups = body.data.groups as { group_name: string; group_value: string; summaries: { id: number } }[];
    expect(groups.map((group) => group.group_name)).toEqual(['apr', 'ip', 'na', 'rev', 'vwd']);
    expect(groups.every((group) => group.group_value === group.group_name)).toBe(true);
    expect(groups.reduce((sum, group) => sum + group.summaries.id, 0)).toBe(60);
  });

  it.each([
    ['record_count', 'id', 4],
    ['sum', 'sg_first_frame', 4 * 1001],
    ['maximum', 'id', 6936],
    ['minimum', 'id', 6933],
    ['average', 'sg_first_frame', 1001],
    ['unchecked', 'client_approved', 4],
    ['checked', 'client_approved', 0],
    ['percentage', 'description', 100],
    ['status_percentage', 'sg_status_list', 0],
    ['status_percentage_as_float', 'sg_status_list', 0],
    ['status_list', 'client_approved', false],
  ])('knows %s of %s', async (type, field, expected) => {
    const { body } = await summarize('versions', {
      filters: [['id', 'less_than', 6937]],
      summary_fields: [{ field, type }],
    });
    expect(body.data.summaries).toEqual({ [field]: expected });
  });

  it('finds the earliest and the latest', async () => {
    const get = async (type: string) =>
      (await summarize('versions', { filters: [], summary_fields: [{ field: 'created_at', type }] })).body.data
        .summaries.created_at as string;
    expect((await get('earliest')) < (await get('latest'))).toBe(true);
  });

  it('keeps one kind per field: the later one', async () => {
    const summaryFields = [
      { field: 'id', type: 'count' },
      { field: 'id', type: 'maximum' },
    ];
    expect((await summarize('versions', { filters: [], summary_fields: summaryFields })).body.data.summaries).toEqual({
      id: 6992,
    });
  });

  it.each([undefined, [{ field: 'id', type: 'median' }], [{ field: 'nonsense', type: 'count' }]])(
    'refuses summary_fields %j',
    async (summaryFields) => {
      expect((await summarize('versions', { filters: [], summary_fields: summaryFields })).status).toBe(400);
    },
  );
});

describe('_text_search', () => {
  const names = (body: { data: { attributes: { name: string } }[] }) => body.data.map((row) => row.attributes.name);

  it('needs every word in the row’s name or its linked row’s name, and puts short names first', async () => {
    const { body } = await find({ text: 'ANM 10_0010', entity_types: { Version: [], Shot: [] } });
    expect(names(body as never)).toEqual(['HSM_10_0010_anm_v001']);
    const tasks = await find({ text: 'light hsm_10_0020', entity_types: { Task: [] } });
    expect(tasks.body.data).toHaveLength(1);
    expect(tasks.body.data[0]).toMatchObject({
      type: 'Task',
      attributes: { name: 'Lighting', links: ['Shot', 'HSM_10_0020'], status: expect.any(String) },
    });
    const both = await find({ text: 'hsm_10_0010', entity_types: { Version: [], Shot: [] } });
    expect(names(both.body as never)[0]).toBe('HSM_10_0010');
  });

  it('keeps to the filters of each type', async () => {
    const { body } = await find({ text: 'hsm', entity_types: { Version: [['id', 'is', 6933]] } });
    expect((body.data as { id: number }[]).map(({ id }) => id)).toEqual([6933]);
  });

  it('gives 25 a page at most, and no links', async () => {
    const { body } = await find({
      text: 'hsm',
      entity_types: { Version: [] },
      page: { number: 1, size: 25 },
      sort: '-id',
    });
    expect(body.data).toHaveLength(25);
    expect(body).not.toHaveProperty('links');
    const tooMany = await find({ text: 'hsm', entity_types: { Version: [] }, page: { number: 1, size: 26 } });
    expect(errorOf(tooMany).status).toBe(400);
  });

  it('refuses types that are unknown, and those that the person may not see', async () => {
    expect((await find({ text: 'x', entity_types: { Nothing: [] } })).status).toBe(400);
    expect((await find({ text: 'x', entity_types: { ApiUser: [] } }, 'artist')).status).toBe(400);
    expect((await find({ text: '', entity_types: { Version: [] } })).status).toBe(400);
  });
});

describe('schema', () => {
  const field = async (path: string, as?: string) =>
    (await studio.call('GET', `/schema/${path}`, as === undefined ? {} : { as })).body.data as Record<string, never>;

  it('says what types there are', async () => {
    const { body } = await studio.call('GET', '/schema');
    expect(body.data.Shot).toEqual({
      name: { value: 'Shot', editable: true },
      visible: { value: true, editable: false },
    });
    expect((await studio.call('GET', '/schema/Nothing')).status).toBe(404);
  });

  it('describes status fields: valid, display, default, and hidden only for a project', async () => {
    const site = await field('Version/fields/sg_status_list');
    const project = await field('Version/fields/sg_status_list?project_id=116');
    expect(site).toMatchObject({ data_type: { value: 'status_list', editable: false } });
    expect(site).toMatchObject({ properties: { default_value: { value: 'rev' }, hidden_values: { value: [] } } });
    expect(project).toMatchObject({
      properties: { hidden_values: { value: ['custom'] }, display_values: { value: { apr: 'Approved' } } },
    });
  });

  it('has a status without a label, so that the code must be shown', async () => {
    const { properties } = (await field('Task/fields/sg_status_list')) as unknown as {
      properties: { valid_values: { value: string[] }; display_values: { value: Record<string, string> } };
    };
    expect(properties.valid_values.value).toContain('omt');
    expect(properties.display_values.value).not.toHaveProperty('omt');
  });

  it('says per caller what is editable', async () => {
    const editable = async (path: string, as?: string) =>
      ((await field(path, as)) as unknown as { editable: { value: boolean } }).editable.value;
    expect(await editable('Version/fields/code')).toBe(true);
    expect(await editable('Version/fields/code', 'artist')).toBe(false);
    expect(await editable('Version/fields/sg_status_list', 'artist')).toBe(true);
    expect(await editable('HumanUser/fields/can_impersonate_this_user', 'admin.flag-on')).toBe(false);
  });

  it('gives all fields of a type at once', async () => {
    const fields = await field('ActionMenuItem/fields');
    expect(Object.keys(fields)).toEqual(
      expect.arrayContaining([
        'title',
        'url',
        'entity_type',
        'light_payload',
        'open_in_overlay',
        'permissions_groups',
        'secret_token',
        'signature_algorithm',
      ]),
    );
  });
});

describe('followers and threads', () => {
  it('are followed, listed and unfollowed', async () => {
    const entities = [{ record_id: 6933, entity: 'Version' }];
    expect((await studio.call('POST', '/entity/human_users/24/follow', { body: { entities } })).status).toBe(204);
    const { body } = await studio.call('GET', '/entity/versions/6933/followers');
    expect(body.data).toEqual([
      { id: 24, type: 'HumanUser', attributes: { name: 'Alma Ortiz' }, links: { self: '/api/v1/entity/HumanUser/24' } },
    ]);
    expect((await studio.call('PUT', '/entity/versions/6933/unfollow', { body: { user_id: 24 } })).status).toBe(204);
    expect((await studio.call('GET', '/entity/versions/6933/followers')).body.data).toEqual([]);
  });

  it('list a note with its replies, flat', async () => {
    const { body } = await studio.call('GET', '/entity/notes/6001/thread_contents');
    expect(body.data).toEqual([
      expect.objectContaining({ type: 'Note', id: 6001, subject: 'Review of HSM_10_0010' }),
      expect.objectContaining({
        type: 'Reply',
        id: 300,
        content: 'Will do today.',
        user: { type: 'HumanUser', id: 24, name: 'Alma Ortiz' },
      }),
    ]);
  });
});
