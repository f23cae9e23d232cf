import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorOf, HASH, openSite, PROJECT, type TestSite } from './caller.ts';

let studio: TestSite;
const NOW = new Date('2026-05-06T12:00:00Z'); // a Wednesday
beforeEach(async () => {
  studio = await openSite({ now: () => NOW });
});
afterEach(() => studio.site.close());

async function ids(slug: string, filters: unknown): Promise<number[]> {
  const answer = await studio.search(slug, filters);
  expect(answer.status).toBe(200);
  return (answer.body.data as { id: number }[]).map(({ id }) => id);
}

const hash = (filters: unknown) => studio.call('POST', '/entity/versions/_search', { body: { filters }, type: HASH });

describe('_search', () => {
  it('with no filters finds everything, by id ascending', async () => {
    const found = await ids('versions', []);
    expect(found).toHaveLength(60);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it('joins array filters with "and"', async () => {
    expect(
      await ids('versions', [
        ['id', 'in', [6933, 6934, 6940]],
        ['code', 'contains', 'anm'],
      ]),
    ).toEqual([6933]);
  });

  it.each([[[['code', 'is']]], [[['code', 'is', 'a', 'b']]], ['code'], [{ code: 'x' }], [[{ path: 'code' }]]])(
    'refuses the shape %j with 400 and code 103',
    async (filters) => {
      expect(errorOf(await studio.search('versions', filters))).toMatchObject({ status: 400, code: 103 });
    },
  );

  it('takes hash filters: and, or, nested, and empty conditions for everything', async () => {
    const either = {
      logical_operator: 'or',
      conditions: [
        ['id', 'is', 6933],
        {
          logical_operator: 'and',
          conditions: [
            ['id', 'greater_than', 6990],
            ['id', 'less_than', 6992],
          ],
        },
      ],
    };
    expect(((await hash(either)).body.data as { id: number }[]).map(({ id }) => id)).toEqual([6933, 6991]);
    expect((await hash({ logical_operator: 'and', conditions: [] })).body.data).toHaveLength(60);
  });

  it.each([
    { logical_operator: 'AND', conditions: [] },
    { logical_operator: 'xor', conditions: [] },
    { conditions: [] },
    { logical_operator: 'and' },
    [],
  ])('refuses the hash filter %j', async (filters) => {
    expect((await hash(filters)).status).toBe(400);
  });

  it('takes 265 levels of nesting and falls over at 266', async () => {
    const nested = (levels: number): unknown =>
      levels === 0 ? ['id', 'is', 6933] : { logical_operator: 'and', conditions: [nested(levels - 1)] };
    expect((await hash(nested(265))).body.data).toHaveLength(1);
    expect((await hash(nested(266))).status).toBe(500);
  });

  it.each([
    ['contains', 'HSM_10_001', [6933, 6973]],
    ['starts_with', 'hsm_10_0010', [6933, 6973]],
    ['ends_with', '10_0010_ANM_V001', [6933]],
    ['is', 'hsm_10_0010_ANM_v001', [6933]],
    ['in', ['HSM_10_0010_anm_v001', 'HSM_10_0020_lgt_v006'], [6933, 6934]],
  ])('text: %s %j, whatever the case', async (relation, value, expected) => {
    expect(await ids('versions', [['code', relation, value]])).toEqual(expected);
  });

  it.each([
    ['is_not', 'HSM_10_0010_anm_v001', 59],
    ['not_contains', 'HSM_10_0010', 58],
    ['not_in', ['HSM_10_0010_anm_v001'], 59],
  ])('text: %s %j is the rest', async (relation, value, count) => {
    expect(await ids('versions', [['code', relation, value]])).toHaveLength(count);
  });

  it.each([
    ['is', { type: 'Shot', id: 860 }, [6933, 6973]],
    [
      'in',
      [
        { type: 'Shot', id: 860 },
        { type: 'Shot', id: 899 },
      ],
      [6933, 6972, 6973],
    ],
    ['name_is', 'hsm_10_0010', [6933, 6973]],
    ['name_contains', '10_001', [6933, 6973]],
    ['type_is', 'Asset', []],
    ['is', null, []],
  ])('links: %s %j', async (relation, value, expected) => {
    expect(await ids('versions', [['entity', relation, value]])).toEqual(expected);
  });

  it.each([
    ['type_is_not', 'Shot', 0],
    ['is_not', { type: 'Shot', id: 860 }, 58],
    ['not_in', [{ type: 'Shot', id: 860 }], 58],
    ['name_not_contains', '10_001', 58],
  ])('links: %s %j is the rest', async (relation, value, count) => {
    expect(await ids('versions', [['entity', relation, value]])).toHaveLength(count);
  });

  it('looks into lists of links, from both sides', async () => {
    expect(await ids('tasks', [['task_assignees', 'is', { type: 'HumanUser', id: 24 }]])).toHaveLength(40);
    expect(await ids('versions', [['notes', 'is', { type: 'Note', id: 6001 }]])).toEqual([6933]);
  });

  it.each([860, 'HSM_10_0010', { id: 860 }, [860]])('needs whole links, not %j', async (value) => {
    expect((await studio.search('versions', [['entity', 'is', value]])).status).toBe(400);
  });

  it.each([
    ['greater_than', 6990, [6991, 6992]],
    ['less_than', 6935, [6933, 6934]],
    ['between', [6940, 6942], [6940, 6941, 6942]],
    ['is', 6933, [6933]],
  ])('numbers: id %s %j', async (relation, value, expected) => {
    expect(await ids('versions', [['id', relation, value]])).toEqual(expected);
  });

  it.each([
    ['greater_than', '2026-05-06T09:00:00Z', [6933]],
    ['between', ['2026-05-06T06:00:00Z', '2026-05-06T08:00:00Z'], [6934]],
    ['in_last', [6, 'HOUR'], [6933, 6934]],
    ['in_calendar_day', 0, [6933, 6934, 6935, 6936]],
    ['is', '2026-05-06T10:00:00Z', [6933]],
  ])('dates: created_at %s %j', async (relation, value, expected) => {
    expect(await ids('versions', [['created_at', relation, value]])).toEqual(expected);
  });

  it('dates: weeks begin on Sunday, months and years are those of UTC', async () => {
    const all = await ids('versions', []);
    const week = await ids('versions', [['created_at', 'in_calendar_week', 0]]);
    expect(week.length).toBeGreaterThan(4);
    expect(week.length).toBeLessThan(all.length);
    expect(await ids('versions', [['created_at', 'in_calendar_year', 0]])).toEqual(all);
    expect(await ids('versions', [['created_at', 'in_calendar_month', 1]])).toEqual([]);
    expect(await ids('versions', [['created_at', 'not_in_last', [6, 'HOUR']]])).toHaveLength(58);
    expect(await ids('versions', [['created_at', 'in_next', [6, 'HOUR']]])).toEqual([]);
  });

  it('follows dotted paths', async () => {
    expect(
      await ids('versions', [
        ['entity.Shot.sg_sequence.Sequence.code', 'is', 'HSM_10_Bridge'],
        ['id', 'less_than', 6936],
      ]),
    ).toEqual([6933, 6934, 6935]);
    expect(await ids('versions', [['entity.Asset.code', 'is', 'Probe']])).toEqual([]);
  });

  it('refuses an unknown relation, naming the data type, and lists the valid ones', async () => {
    const error = errorOf(await studio.search('shots', [['code', 'resembles', 'x']]));
    expect(error).toMatchObject({
      status: 400,
      code: 103,
      title: "API read() Shot.code's 'text' data type doesn't support 'resembles' 'relation'",
    });
    expect(error.source.valid_relations).toContain('starts_with');
  });

  it.each([
    ['event_log_entries', 'meta', 'serializable'],
    ['human_users', 'password_proxy', 'password'],
  ])('cannot filter %s by %s', async (slug, path, dataType) => {
    const error = errorOf(await studio.search(slug, [[path, 'is', 'x']]));
    expect(error.title).toContain(`'${dataType}' data type cannot be used in a filter.`);
  });

  it('refuses unknown filter fields', async () => {
    expect(errorOf(await studio.search('versions', [['nonsense', 'is', 1]]))).toMatchObject({ status: 400, code: 103 });
    expect((await studio.search('versions', [['__proto__', 'is', 1]])).status).toBe(400);
  });

  it('sorts by several keys; unknown ones change nothing; bad syntax is refused', async () => {
    const sorted = await studio.search('versions', [], { sort: 'sg_status_list,-id', fields: 'sg_status_list' });
    const rows = sorted.body.data as { id: number; attributes: { sg_status_list: string } }[];
    const keys = rows.map((row) => row.attributes.sg_status_list);
    expect(keys).toEqual([...keys].sort());
    expect(rows[0]?.id).toBeGreaterThan(rows[1]?.id ?? 0);
    expect((await studio.search('versions', [], { sort: 'nonsense' })).body.data[0].id).toBe(6933);
    expect((await studio.search('versions', [], { sort: '--id,,' })).status).toBe(400);
  });

  it('finds retired rows only when asked for', async () => {
    studio.site.retire('Version', 6933);
    expect(await ids('versions', [])).toHaveLength(59);
    const retired = await studio.search('versions', [], { options: { return_only: 'retired' } });
    expect((retired.body.data as { id: number }[]).map(({ id }) => id)).toEqual([6933]);
  });

  it('leaves archived projects out unless they are asked for', async () => {
    studio.site.setField('Project', 116, 'archived', true);
    expect(await ids('versions', [])).toEqual([]);
    expect(
      (await studio.search('versions', [], { options: { include_archived_projects: true } })).body.data,
    ).toHaveLength(60);
  });
});

describe('pages', () => {
  it('hold 500 by default and 5000 at most', async () => {
    for (let at = 0; at < 450; at += 50) {
      const requests = Array.from({ length: 50 }, () => ({
        request_type: 'create',
        entity: 'Version',
        data: { project: PROJECT },
      }));
      expect((await studio.batch(requests)).status).toBe(200);
    }
    expect((await studio.search('versions', [])).body.data).toHaveLength(500);
    expect((await studio.search('versions', [], { page: { size: 5000 } })).body.data).toHaveLength(510);
    expect((await studio.search('versions', [], { page: { number: 2 } })).body.data).toHaveLength(10);
  });

  it.each([
    [5001, 'size must be less than 5000'],
    [0, 'size must be greater than 0'],
    [-1, 'size must be greater than 0'],
  ])('of %i are refused', async (size, title) => {
    expect(errorOf(await studio.search('versions', [], { page: { size } }))).toMatchObject({ status: 400, title });
  });

  it('link to a next page even when they are empty, and to a previous one from the second on', async () => {
    const page = async (number: number) =>
      (await studio.search('versions', [], { page: { size: 60, number } })).body as {
        data: unknown[];
        links: Record<string, string>;
      };
    const [first, second, far] = [await page(1), await page(2), await page(99)];
    expect(first.data).toHaveLength(60);
    expect(first.links).not.toHaveProperty('prev');
    expect(second.data).toEqual([]);
    for (const { links } of [first, second, far]) expect(links['next']).toContain('/api/v1/entity/versions/_search');
    expect(second.links).toHaveProperty('prev');
  });

  it('say nothing about totals', async () => {
    const { body } = await studio.search('versions', [], { page: { size: 1 } });
    expect(Object.keys(body as object).sort()).toEqual(['data', 'links']);
  });

  it('are taken from the query string too, but the body comes first', async () => {
    const post = (query: string, body: unknown) =>
      studio.call('POST', `/entity/versions/_search?${query}`, { body, type: HASH.replace('hash', 'array') });
    const query = 'fields=code&page[size]=2&page[number]=2&sort=-id&filter[id]=6933';
    const byQuery = await post(query, { filters: [] });
    expect((byQuery.body.data as { id: number }[]).map(({ id }) => id)).toEqual([6990, 6989]);
    expect(byQuery.body.data[0].attributes).toHaveProperty('code');
    const byBody = await post(query, {
      filters: [],
      page: { size: 1, number: 1 },
      sort: 'id',
      fields: ['description'],
    });
    expect((byBody.body.data as { id: number }[]).map(({ id }) => id)).toEqual([6933]);
    expect(byBody.body.data[0].attributes).not.toHaveProperty('code');
  });
});
