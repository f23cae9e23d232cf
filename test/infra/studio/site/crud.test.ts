import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorOf, openSite, PROJECT, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite({ now: () => new Date('2026-05-01T12:00:00Z') });
});
afterEach(() => studio.site.close());

describe('list', () => {
  it('filters, sorts and pages by the query string', async () => {
    const { body } = await studio.call(
      'GET',
      '/entity/versions?filter[sg_status_list]=rev&fields=code&sort=-id&page[size]=2&page[number]=1',
    );
    const ids = (body.data as { id: number }[]).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBeGreaterThan(ids[1] ?? 0);
    expect(body.links.next).toContain('number');
  });

  it('gives every field for fields=*', async () => {
    const { body } = await studio.call('GET', '/entity/versions?fields=*&page[size]=1');
    expect(body.data[0].attributes).toMatchObject({
      code: expect.any(String),
      description: expect.any(String),
      created_at: expect.any(String),
    });
    expect(Object.keys(body.data[0].relationships as object)).toContain('playlists');
  });

  it('refuses a filter on an unknown field', async () => {
    expect((await studio.call('GET', '/entity/versions?filter[nonsense]=1')).status).toBe(400);
  });
});

describe('create', () => {
  it('answers 201 with the sent fields, what the site set, and every relationship', async () => {
    const { status, body } = await studio.call('POST', '/entity/notes', {
      as: 'artist',
      body: { project: PROJECT, subject: 'Hello', content: 'World' },
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ type: 'Note', attributes: { subject: 'Hello', content: 'World' } });
    expect(body.data.attributes).not.toHaveProperty('sg_note_type');
    expect(body.data.relationships.created_by.data).toEqual({ id: 24, name: 'Alma Ortiz', type: 'HumanUser' });
    expect(Object.keys(body.data.relationships as object)).toEqual(
      expect.arrayContaining(['note_links', 'tasks', 'replies', 'project']),
    );
  });

  it('echoes dates as "YYYY-MM-DD HH:MM:SS UTC" while reads say "…Z"', async () => {
    const { body } = await studio.call('POST', '/entity/notes', { body: { project: PROJECT } });
    expect(body.data.attributes.created_at).toBe('2026-05-01 12:00:00 UTC');
    const read = await studio.call('GET', `/entity/notes/${String(body.data.id)}?fields=created_at`);
    expect(read.body.data.attributes.created_at).toBe('2026-05-01T12:00:00Z');
  });

  it('needs a project where the type has one', async () => {
    const answer = await studio.call('POST', '/entity/shots', { body: { code: 'x' } });
    expect(errorOf(answer)).toMatchObject({
      status: 400,
      title: 'API create() missing \'project\' attribute: {"code":"x"}',
    });
  });

  it('refuses unknown fields', async () => {
    const answer = await studio.call('POST', '/entity/shots', { body: { project: PROJECT, nonsense: 1 } });
    expect(errorOf(answer)).toMatchObject({ status: 400, title: "API create() Shot.nonsense doesn't exist." });
  });

  it('names what has no name', async () => {
    for (const [slug, field, type] of [
      ['shots', 'code', 'Shot'],
      ['tasks', 'content', 'Task'],
      ['versions', 'code', 'Version'],
    ] as const) {
      const { body } = await studio.call('POST', `/entity/${slug}`, { body: { project: PROJECT } });
      expect(body.data.attributes[field]).toBe(`New ${type} ${String(body.data.id)}`);
    }
  });

  it('fills the defaults of status fields', async () => {
    for (const [slug, status] of [
      ['versions', 'rev'],
      ['tasks', 'wtg'],
      ['notes', 'opn'],
    ] as const) {
      const { body } = await studio.call('POST', `/entity/${slug}`, { body: { project: PROJECT } });
      const read = await studio.call('GET', `/entity/${slug}/${String(body.data.id)}?fields=sg_status_list`);
      expect(read.body.data.attributes.sg_status_list).toBe(status);
    }
  });

  it('lets an API Admin script set created_at, also under sudo, but nobody set it later', async () => {
    const body = { project: PROJECT, created_at: '2020-01-02T03:04:05Z' };
    for (const as of [undefined, 'artist']) {
      const created = await studio.call('POST', '/entity/notes', { body, ...(as === undefined ? {} : { as }) });
      const id = String(created.body.data.id);
      expect((await studio.call('GET', `/entity/notes/${id}?fields=created_at`)).body.data.attributes.created_at).toBe(
        '2020-01-02T03:04:05Z',
      );
      const late = await studio.call('PUT', `/entity/notes/${id}`, { body: { created_at: '2021-01-01T00:00:00Z' } });
      expect(errorOf(late)).toMatchObject({ status: 400, title: 'Note.created_at is editable on create only.' });
    }
  });
});

describe('update', () => {
  it('changes only what is sent and answers the whole record', async () => {
    const { status, body } = await studio.call('PUT', '/entity/versions/6933', {
      as: 'artist',
      body: { sg_status_list: 'apr' },
    });
    expect(status).toBe(200);
    expect(body.data.attributes).toMatchObject({
      sg_status_list: 'apr',
      code: 'HSM_10_0010_anm_v001',
      updated_at: '2026-05-01T12:00:00Z',
    });
    expect(Object.keys(body.data.relationships as object)).toEqual(
      expect.arrayContaining(['entity', 'user', 'playlists', 'updated_by']),
    );
  });

  it('ignores ?fields, If-Match and If-Unmodified-Since', async () => {
    const headers = {
      'if-match': 'W/"old"',
      'if-unmodified-since': 'Sat, 01 Jan 2000 00:00:00 GMT',
      'if-none-match': '*',
    };
    const answer = await studio.call('PUT', '/entity/versions/6933?fields=code', {
      headers,
      body: { description: 'new' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.data.attributes.description).toBe('new');
  });

  it('with {} is a 200 that changes and logs nothing, and so is writing what is there', async () => {
    const before = studio.site.snapshot();
    expect((await studio.call('PUT', '/entity/versions/6933', { body: {} })).status).toBe(200);
    expect((await studio.call('PUT', '/entity/versions/6933', { body: { sg_status_list: 'rev' } })).status).toBe(200);
    expect(studio.site.snapshot()).toEqual(before);
    expect(studio.site.eventLog()).toEqual([]);
  });

  it('of a missing or retired row is 404 with code 104', async () => {
    studio.site.retire('Shot', 861);
    for (const id of ['999', '861']) {
      const answer = await studio.call('PUT', `/entity/shots/${id}`, { body: {} });
      expect(errorOf(answer)).toMatchObject({
        status: 404,
        code: 104,
        detail: `Entity of type [Shot] with id=${id} does not exist.`,
      });
    }
  });

  it('is not done by PATCH', async () => {
    expect((await studio.call('PATCH', '/entity/versions/6933', { body: {} })).status).toBe(404);
  });
});

describe('delete and revive', () => {
  it('retires with an empty 204; the second time it is a 404', async () => {
    const first = await studio.call('DELETE', '/entity/versions/6933');
    expect([first.status, first.text]).toEqual([204, '']);
    expect((await studio.call('DELETE', '/entity/versions/6933')).status).toBe(404);
    expect((await studio.call('GET', '/entity/versions/6933')).status).toBe(404);
    const retired = await studio.call('GET', '/entity/versions/6933?options[return_only]=retired');
    expect(retired.body.data.id).toBe(6933);
  });

  it('brings the same id back with its fields and links', async () => {
    const before = await studio.call('GET', '/entity/versions/6933');
    await studio.call('DELETE', '/entity/versions/6933');
    const revived = await studio.call('POST', '/entity/Version/6933?revive=1');
    expect(revived.status).toBe(200);
    expect(revived.body).toEqual({
      data: { type: 'Version', id: 6933 },
      links: { self: '/api/v1/entity/Version/6933' },
      meta: { did_revive: true },
    });
    expect((await studio.call('GET', '/entity/versions/6933')).body).toEqual(before.body);
  });

  it('revives only when told to', async () => {
    await studio.call('DELETE', '/entity/versions/6933');
    for (const query of ['', '?revive=false', '?revive=0']) {
      expect((await studio.call('POST', `/entity/versions/6933${query}`)).status).toBe(400);
    }
  });

  it('takes a retired row out of the links that lead to it', async () => {
    await studio.call('DELETE', '/entity/shots/860');
    const { body } = await studio.call('GET', '/entity/versions/6933?fields=entity');
    expect(body.data.relationships.entity.data).toBeNull();
  });
});

describe('relationships and files', () => {
  it('are read one by one, without pages, and not written there', async () => {
    const { status, body } = await studio.call('GET', '/entity/sequences/40/relationships/shots');
    expect(status).toBe(200);
    expect(body.data).toHaveLength(10);
    expect(body.links.self).toBe('/api/v1/entity/sequences/40/relationships/shots');
    expect((await studio.call('POST', '/entity/sequences/40/relationships/shots', { body: {} })).status).toBe(404);
    expect((await studio.call('DELETE', '/entity/sequences/40/relationships/shots')).status).toBe(404);
  });

  it('redirect to the storage for images, and refuse other fields', async () => {
    const image = await studio.call('GET', '/entity/versions/6933/image?alt=thumbnail');
    expect(image.status).toBe(302);
    const answer = await studio.call('GET', '/entity/versions/6933/code');
    expect(errorOf(answer)).toMatchObject({ status: 400, title: 'Field Version.code is not an image or attachment.' });
  });
});

describe('links', () => {
  const put = (path: string, body: unknown) => studio.call('PUT', path, { body });
  const shots = (id: number) => [{ type: 'Shot', id }];
  const linked = async (path: string, field: string) => {
    const { body } = await studio.call('GET', `${path}?fields=${field}`);
    return (body.data.relationships[field].data as { id: number }[]).map(({ id }) => id);
  };

  it('replace with a bare list, and add, remove and set in place with the wrapper', async () => {
    const path = '/entity/notes/6001';
    const mode = (name: string, value: unknown) => ({ note_links: { multi_entity_update_mode: name, value } });
    await put(path, { note_links: shots(865) });
    expect(await linked(path, 'note_links')).toEqual([865]);
    await put(path, mode('add', shots(863)));
    await put(path, mode('add', shots(863)));
    expect(await linked(path, 'note_links')).toEqual([863, 865]);
    await put(path, mode('remove', shots(865)));
    expect(await linked(path, 'note_links')).toEqual([863]);
    await put(path, mode('set', shots(870)));
    expect(await linked(path, 'note_links')).toEqual([870]);
  });

  it('replace the list when the mode stands in the query string', async () => {
    await put('/entity/notes/6001', { note_links: shots(865) });
    await put('/entity/notes/6001?options[multi_entity_update_modes][note_links]=add', { note_links: shots(866) });
    expect(await linked('/entity/notes/6001', 'note_links')).toEqual([866]);
  });

  it.each([null, '', 865, [865], [{ id: 865 }]])('refuse %j in a list field with 400', async (value) => {
    expect((await put('/entity/notes/6001', { note_links: value })).status).toBe(400);
  });

  it.each([860, { id: 860 }, 'Shot'])('refuse %j in a link field and list the valid types', async (value) => {
    const answer = await put('/entity/versions/6933', { entity: value });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).title).toContain('Shot, Asset, Sequence');
  });

  it.each([
    { type: 'Shot', id: 999_999 },
    { type: 'Task', id: 5700 },
  ])('give one text for a dead id and a wrong type: %j', async (value) => {
    const answer = await put('/entity/versions/6933', { entity: value });
    expect(errorOf(answer)).toMatchObject({
      status: 400,
      title: 'Update failed for [Version.entity]: Value is not legal.',
    });
  });

  it('are cleared with null', async () => {
    const { body } = await put('/entity/versions/6933', { entity: null });
    expect(body.data.relationships.entity.data).toBeNull();
  });

  it('take a Shot out of its first Sequence when a second one gets it', async () => {
    await put('/entity/sequences/41', { shots: { multi_entity_update_mode: 'add', value: shots(860) } });
    expect(await linked('/entity/sequences/40', 'shots')).not.toContain(860);
    expect(await linked('/entity/sequences/41', 'shots')).toContain(860);
  });

  it('keep a playlist in the order of Version names, and its human order on the join row', async () => {
    const names = async () => {
      const { body } = await studio.call('GET', '/entity/playlists/91?fields=versions');
      return (body.data.relationships.versions.data as { name: string }[]).map(({ name }) => name);
    };
    expect(await names()).toEqual([...(await names())].sort());
    const { body } = await studio.search(
      'playlist_version_connections',
      [['playlist', 'is', { type: 'Playlist', id: 91 }]],
      {
        fields: ['sg_sort_order', 'version'],
      },
    );
    const orders = (body.data as { attributes: { sg_sort_order: number } }[]).map(
      (row) => row.attributes.sg_sort_order,
    );
    expect(orders).toEqual([1, 2, 3, 4, 5]);
    await put('/entity/playlists/91', { versions: [{ type: 'Version', id: 6990 }] });
    const after = await studio.search(
      'playlist_version_connections',
      [['playlist', 'is', { type: 'Playlist', id: 91 }]],
      { fields: ['sg_sort_order'] },
    );
    expect(after.body.data).toHaveLength(1);
    expect(after.body.data[0].attributes.sg_sort_order).toBeNull();
  });

  it('refuse the same Version twice in a Playlist', async () => {
    const pair = { playlist: { type: 'Playlist', id: 91 }, version: { type: 'Version', id: 6990 }, sg_sort_order: 1 };
    expect((await studio.call('POST', '/entity/playlist_version_connections', { body: pair })).status).toBe(201);
    expect((await studio.call('POST', '/entity/playlist_version_connections', { body: pair })).status).toBe(400);
  });

  it('destroy the replies of a note that is written with an empty list', async () => {
    expect(await linked('/entity/notes/6001', 'replies')).toEqual([300]);
    await put('/entity/notes/6001', { replies: [] });
    expect((await studio.call('GET', '/entity/replies/300')).status).toBe(404);
  });
});

describe('values', () => {
  const put = (body: unknown, path = '/entity/versions/6933') => studio.call('PUT', path, { body });
  const read = async (field: string) =>
    (await studio.call('GET', `/entity/versions/6933?fields=${field}`)).body.data.attributes[field] as unknown;

  it('trim text and store null for nothing', async () => {
    await put({ description: '  two words \n' });
    expect(await read('description')).toBe('two words');
    await put({ description: '  ' });
    expect(await read('description')).toBeNull();
  });

  it('read floats back as text', async () => {
    await put({ sg_uploaded_movie_frame_rate: 23.976 });
    expect(await read('sg_uploaded_movie_frame_rate')).toBe('23.976');
    await put({ sg_uploaded_movie_frame_rate: 24 });
    expect(await read('sg_uploaded_movie_frame_rate')).toBe('24.0');
  });

  it.each([
    { sg_first_frame: 2 ** 31 },
    { sg_first_frame: 1.5 },
    { sg_first_frame: '7' },
    { client_approved: null },
    { sg_status_list: 'act' },
    { description: 5 },
    { image: 'x' },
  ])('refuse %j with 400 and code 104', async (body) => {
    const before = studio.site.snapshot();
    const answer = await put(body);
    expect(errorOf(answer)).toMatchObject({ status: 400, code: 104 });
    expect(errorOf(answer).title).toContain(`[Version.${Object.keys(body)[0] ?? ''}]`);
    expect(studio.site.snapshot()).toEqual(before);
  });

  it('do not enforce the statuses that a project hides', async () => {
    expect((await put({ sg_status_list: 'custom' })).status).toBe(200);
  });

  it('take dates as YYYY-MM-DD and times in UTC', async () => {
    expect((await put({ due_date: '2026-06-31x' }, '/entity/tasks/5700')).status).toBe(400);
    await put({ sg_date_and_time: '2026-05-01T14:00:00+02:00' }, '/entity/playlists/91');
    const { body } = await studio.call('GET', '/entity/playlists/91?fields=sg_date_and_time');
    expect(body.data.attributes.sg_date_and_time).toBe('2026-05-01T12:00:00Z');
  });

  it('of a Task’s three dates follow each other over working days; null leaves the others', async () => {
    const task = async () =>
      (await studio.call('GET', '/entity/tasks/5700?fields=start_date,due_date,duration')).body.data
        .attributes as unknown;
    await put({ start_date: '2026-05-01', duration: 2 * 480 }, '/entity/tasks/5700'); // a Friday
    expect(await task()).toEqual({ start_date: '2026-05-01', due_date: '2026-05-04', duration: 960 });
    await put({ due_date: '2026-05-05' }, '/entity/tasks/5700');
    expect(await task()).toEqual({ start_date: '2026-05-01', due_date: '2026-05-05', duration: 3 * 480 });
    await put({ start_date: null }, '/entity/tasks/5700');
    expect(await task()).toEqual({ start_date: null, due_date: '2026-05-05', duration: 3 * 480 });
  });

  it('of the wrong name do not exist: a Task has neither code nor name', async () => {
    expect((await put({ code: 'x' }, '/entity/tasks/5700')).status).toBe(400);
    expect((await put({ name: 'x' }, '/entity/tasks/5700')).status).toBe(400);
  });

  it('of a secret token are written once and never read', async () => {
    const item = { title: 'Approve', url: 'https://us.example/ami', secret_token: 'first-secret' };
    const created = await studio.call('POST', '/entity/action_menu_items', { body: item });
    expect(created.status).toBe(201);
    expect(created.text).not.toContain('first-secret');
    const path = `/entity/action_menu_items/${String(created.body.data.id)}`;
    expect((await studio.call('GET', path)).body.data.attributes.secret_token).toBeNull();
    expect((await put({ secret_token: 'second-secret' }, path)).status).toBe(400);
    expect(JSON.stringify(studio.site.eventLog())).not.toContain('first-secret');
  });
});
