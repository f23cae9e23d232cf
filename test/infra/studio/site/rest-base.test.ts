import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ARRAY, ask, errorOf, HASH, openSite, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite();
});
afterEach(() => studio.site.close());

describe('base path', () => {
  it('answers under v1 and v1.1 with one token; version and links differ', async () => {
    for (const [version, number] of [
      ['v1', '1.0'],
      ['v1.1', '1.1'],
    ] as const) {
      const root = await ask(`${studio.site.url}/api/${version}`);
      expect(root.body.data).toMatchObject({
        api_version: number,
        user_authentication_method: 'default',
        shotgun_version: expect.stringMatching(/^v8/),
      });
      const row = await studio.call('GET', '/entity/versions/6933', { version });
      expect(row.body.data.links.self).toBe(`/api/${version}/entity/versions/6933`);
    }
  });

  it.each(['/api', '/api/v1.2', '/api/v2', '/api/v2/entity/versions'])('knows nothing at %s', async (path) => {
    const answer = await ask(`${studio.site.url}${path}`);
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toMatchObject({ code: 103, title: 'Not Found', detail: null });
  });

  it('describes itself, with the sudo scope in its security', async () => {
    const spec = await ask(`${studio.site.url}/api/v1/spec.json`);
    expect(spec.body.info.title).toBe('Flow Production Tracking REST API ');
    expect(spec.body.security).toEqual([{ bearerAuth: ['sudo_as_login:{user_login}'] }]);
    const xml = await ask(`${studio.site.url}/api/v1/spec.xml`);
    expect([xml.status, xml.text]).toEqual([406, '']);
  });

  it('answers preflights and echoes any origin', async () => {
    const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' };
    const answer = await ask(`${studio.site.url}/api/v1/entity/versions`, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://elsewhere.example');
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('access-control-max-age')).toBe('3600');
  });

  it('sends a weak ETag, a request id and caching headers with a read', async () => {
    const { headers } = await studio.call('GET', '/entity/versions/6933');
    expect(headers.get('etag')).toMatch(/^W\//);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get('cache-control')).toBe('private, max-age=0, must-revalidate');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('has preferences that are read, and never written', async () => {
    const { body } = await studio.call('GET', '/preferences?prefs=hours_per_day,unknown');
    expect(body).toEqual({ data: { hours_per_day: 8 } });
    const refused = await studio.call('PUT', '/preferences', { body: {} });
    expect(errorOf(refused)).toMatchObject({
      status: 400,
      code: 111,
      title: 'Updating the preferences is not available',
    });
  });
});

describe('errors', () => {
  it('come in an envelope with a 32-digit id of the request', async () => {
    const first = errorOf(await studio.call('GET', '/entity/versions/1'));
    const second = errorOf(await studio.call('GET', '/entity/versions/1'));
    expect(Object.keys(first).sort()).toEqual(['code', 'detail', 'id', 'meta', 'source', 'status', 'title']);
    expect(first.id).toMatch(/^[0-9a-f]{32}$/);
    expect(first.id).not.toBe(second.id);
  });

  it('put the text of a 404 into detail', async () => {
    expect(errorOf(await studio.call('GET', '/entity/versions/999'))).toMatchObject({
      status: 404,
      code: 104,
      title: 'Not Found',
      detail: 'Version: 999 not found',
    });
  });

  it('of the server are 500 with code 100 and a detail with the request id', async () => {
    studio.site.inject({ kind: 'server_error' });
    const error = errorOf(await ask(`${studio.site.url}/api/v1`));
    expect(error).toMatchObject({ status: 500, code: 100, title: 'Shotgun Server Error' });
    expect(error.detail).toContain(error.id);
  });

  it('for what a person may not do are 400 with code 104, never 403', async () => {
    const cases = [
      studio.call('POST', '/entity/tasks', {
        as: 'artist',
        body: { project: { type: 'Project', id: 116 }, content: 'x' },
      }),
      studio.call('DELETE', '/entity/versions/6933', { as: 'artist' }),
      studio.call('GET', '/entity/api_users', { as: 'artist' }),
      studio.call('PUT', '/entity/tasks/5700', { as: 'artist', body: { content: 'x' } }),
    ];
    const errors = (await Promise.all(cases)).map(errorOf);
    expect(errors.map(({ status, code }) => [status, code])).toEqual(Array.from({ length: 4 }, () => [400, 104]));
    expect(errors.map(({ title }) => title)).toEqual([
      'Entity of type Task cannot be created by this user.',
      'Entity of type Version can not be deleted by this user.',
      'Entity of type ApiUser can not be accessed by this user. Rule: Artist',
      'The field is not editable for this user: [Task.content].',
    ]);
  });

  it('of a conditional rule show its id and condition', async () => {
    const answer = await studio.call('PUT', '/entity/notes/6001', { as: 'artist', body: { content: 'not mine' } });
    expect(errorOf(answer).title).toMatch(
      /^The field is not editable for this user: \[Note.content\]. Rule: Artist -- PermissionRule \d+: .*created_by/,
    );
    expect((await studio.call('PUT', '/entity/notes/6002', { as: 'artist', body: { content: 'mine' } })).status).toBe(
      200,
    );
  });

  it('have one 401: the licence, asked for by an artist', async () => {
    const answer = await studio.call('GET', '/license_info', { as: 'artist' });
    expect(answer.status).toBe(401);
    expect(errorOf(answer).title).toBe('Must sudo as Administrator to query license information');
    expect((await studio.call('GET', '/license_info')).body).toMatchObject({ status: 'success', data: { total: 10 } });
  });

  it('check in order: unknown field or row, then permission, then value', async () => {
    const put = (path: string, body: unknown) => studio.call('PUT', path, { as: 'artist', body });
    expect(errorOf(await put('/entity/versions/6933', { code: 'x', nonsense: 1 })).title).toBe(
      "API update() Version.nonsense doesn't exist.",
    );
    expect((await put('/entity/versions/1', { code: 'x' })).status).toBe(404);
    expect(errorOf(await put('/entity/versions/6933', { sg_status_list: 'nonsense', code: 'x' })).title).toContain(
      'not editable',
    );
    expect(errorOf(await put('/entity/versions/6933', { sg_status_list: 'nonsense' })).title).toContain(
      '[Version.sg_status_list]',
    );
  });
});

describe('content types', () => {
  const paths = ['/entity/versions/_search', '/entity/versions/_summarize', '/entity/_text_search'];

  it.each(paths)('POST %s refuses application/json with 415 and names both vendor types', async (path) => {
    const answer = await studio.call('POST', path, { body: { filters: [] } });
    expect(errorOf(answer)).toMatchObject({ status: 415, code: 103 });
    expect(errorOf(answer).source.content_type).toContain(ARRAY);
    expect(errorOf(answer).source.content_type).toContain(HASH);
  });

  it.each([
    ['POST', '/entity/notes'],
    ['PUT', '/entity/versions/6933'],
    ['POST', '/entity/_batch'],
    ['POST', '/entity/human_users/24/follow'],
  ])('%s %s refuses a vendor type with 415', async (method, path) => {
    expect((await studio.call(method, path, { body: {}, type: ARRAY })).status).toBe(415);
  });

  it('in Accept, a vendor type is an empty 406', async () => {
    const answer = await studio.call('GET', '/entity/versions/6933', { headers: { accept: ARRAY } });
    expect([answer.status, answer.text]).toEqual([406, '']);
  });

  it('say so when a body is not JSON', async () => {
    const answer = await studio.call('PUT', '/entity/versions/6933', { body: '{"sg_status_list":' });
    expect(errorOf(answer)).toMatchObject({ status: 400, code: 103, title: 'Invalid JSON body' });
  });
});

describe('entity addressing', () => {
  it.each([
    'versions',
    'Version',
    'version',
    'human_users',
    'HumanUser',
    'event_log_entries',
    'permission_rule_sets',
    'statuses',
    'replies',
  ])('knows %s', async (slug) => {
    expect((await studio.call('GET', `/entity/${slug}`)).status).toBe(200);
  });

  it.each(['notess', 'humanusers', 'users', 'Versions', '__proto__', 'constructor'])(
    'does not know %s',
    async (slug) => {
      const answer = await studio.call('GET', `/entity/${slug}`);
      expect(errorOf(answer)).toMatchObject({
        status: 404,
        code: 103,
        detail: `Entity type '${slug}' does not exist.`,
      });
    },
  );

  it('puts scalars and dotted paths into attributes, links into relationships', async () => {
    const { body } = await studio.call(
      'GET',
      '/entity/Version/6933?fields=code,sg_status_list,entity,notes,entity.Shot.code,entity.Shot.sg_sequence',
    );
    expect(body.data).toEqual({
      type: 'Version',
      id: 6933,
      attributes: {
        code: 'HSM_10_0010_anm_v001',
        sg_status_list: 'rev',
        'entity.Shot.code': 'HSM_10_0010',
        'entity.Shot.sg_sequence': { id: 40, name: 'HSM_10_Bridge', type: 'Sequence' },
      },
      relationships: {
        entity: {
          data: { id: 860, name: 'HSM_10_0010', type: 'Shot' },
          links: { self: '/api/v1/entity/versions/6933/relationships/entity', related: '/api/v1/entity/shots/860' },
        },
        notes: {
          data: [{ id: 6001, name: 'Review of HSM_10_0010', type: 'Note' }],
          links: { self: '/api/v1/entity/versions/6933/relationships/notes' },
        },
      },
      links: { self: '/api/v1/entity/versions/6933' },
    });
    expect(body.links.self).toBe('/api/v1/entity/versions/6933');
  });

  it('has null for an empty link, [] for an empty list, {} when no relationship was asked for', async () => {
    await studio.call('PUT', '/entity/versions/6933', { body: { sg_task: null } });
    const { body } = await studio.call('GET', '/entity/versions/6933?fields=sg_task,tasks');
    expect(body.data.relationships.sg_task.data).toBeNull();
    expect(body.data.relationships.tasks.data).toEqual([]);
    expect((await studio.call('GET', '/entity/versions/6933?fields=code')).body.data.relationships).toEqual({});
  });

  it('drops unknown fields and paths through lists without a word', async () => {
    const { status, body } = await studio.call(
      'GET',
      '/entity/versions/6933?fields=code,nonsense,notes.Note.subject,entity.Nothing.code',
    );
    expect(status).toBe(200);
    expect(body.data.attributes).toEqual({ code: 'HSM_10_0010_anm_v001' });
  });
});
