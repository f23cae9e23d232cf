import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorOf, openSite, PROJECT, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite();
});
afterEach(() => studio.site.close());

const update = (id: number, data: unknown, entity = 'Version') => ({
  request_type: 'update',
  entity,
  record_id: id,
  data,
});
const SENTINEL = { request_type: 'update', entity: 'Task', record_id: 999_999_999, data: { content: 'x' } };

describe('_batch', () => {
  it('answers 200 with one element per request, in order, each kind in its own shape', async () => {
    const { status, body } = await studio.batch([
      { request_type: 'create', entity: 'Shot', data: { project: PROJECT, code: 'new' } },
      update(6933, { description: 'x' }),
      { request_type: 'delete', entity: 'Version', record_id: 6934 },
    ]);
    expect(status).toBe(200);
    expect(body.data).toHaveLength(3);
    expect(body.data[0].data).toMatchObject({ type: 'Shot', attributes: { code: 'new' } });
    expect(body.data[1]).toMatchObject({
      data: { type: 'Version', id: 6933, attributes: { description: 'x' } },
      links: expect.anything(),
    });
    expect(body.data[2]).toEqual({
      request_type: 'delete',
      type: 'Version',
      id: 6934,
      uuid: expect.any(String),
      did_delete: true,
    });
  });

  it('is all or nothing: the first failing element is the answer, nothing is applied, nothing is logged', async () => {
    const before = studio.site.snapshot();
    const answer = await studio.batch([
      update(6933, { sg_status_list: 'apr' }),
      { request_type: 'create', entity: 'Note', data: { project: PROJECT, subject: 'x' } },
      { request_type: 'delete', entity: 'Version', record_id: 6934 },
      update(6935, { playlists: [] }),
      SENTINEL,
    ]);
    expect(errorOf(answer)).toMatchObject({
      status: 404,
      code: 104,
      detail: 'Entity of type [Task] with id=999999999 does not exist.',
    });
    expect(studio.site.snapshot()).toEqual(before);
    expect(studio.site.eventLog()).toEqual([]);
  });

  it('says nothing of which element failed', async () => {
    const answer = await studio.batch([
      update(6933, { sg_status_list: 'apr' }),
      update(6934, { sg_status_list: 'nonsense' }),
    ]);
    // The error's id is random, and may have any digits in it.
    const error = { ...errorOf(answer), id: '' };
    expect(error).toMatchObject({ status: 400, source: {} });
    expect(JSON.stringify(error)).not.toContain('6934');
  });

  it('runs in order, so a refusal comes before a later 404', async () => {
    expect(errorOf(await studio.batch([update(6933, { code: 'x' }), SENTINEL], 'artist'))).toMatchObject({
      status: 400,
      code: 104,
    });
    expect(errorOf(await studio.batch([SENTINEL, update(6933, { code: 'x' })], 'artist'))).toMatchObject({
      status: 404,
    });
  });

  it('has the permissions of the sudo target', async () => {
    const before = studio.site.snapshot();
    const answer = await studio.batch([{ request_type: 'delete', entity: 'Version', record_id: 6933 }], 'artist');
    expect(errorOf(answer)).toMatchObject({
      status: 400,
      code: 104,
      title: 'Entity of type Version can not be deleted by this user.',
    });
    expect(studio.site.snapshot()).toEqual(before);
  });

  it.each(['versions', 'version', 'Nothing', '__proto__', ''])(
    'knows types by schema name only, not %j',
    async (entity) => {
      const answer = await studio.batch([update(6933, {}, entity)]);
      expect(errorOf(answer)).toMatchObject({
        status: 400,
        title: 'Invalid entity type: entity type [] does not exist.',
      });
    },
  );

  it.each([0, -1, '6933', 1.5])('refuses record_id %j before anything runs', async (recordId) => {
    const answer = await studio.batch([update(6933, { description: 'x' }), { ...update(1, {}), record_id: recordId }]);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).source.requests).toHaveProperty('1');
  });

  it('reads entity_id as nothing: 404', async () => {
    const answer = await studio.batch([
      { request_type: 'update', entity: 'Version', entity_id: 6933, data: { description: 'x' } },
    ]);
    expect(answer.status).toBe(404);
  });

  it.each(['read', 'revive', undefined])('does not do %j', async (kind) => {
    expect((await studio.batch([{ ...update(6933, {}), request_type: kind }])).status).toBe(400);
  });

  it('takes an empty list, refuses a missing one, and a create without data', async () => {
    expect((await studio.batch([])).body).toEqual({ data: [] });
    const missing = await studio.call('POST', '/entity/_batch', { body: {} });
    expect(missing.status).toBe(400);
    expect(errorOf(missing).source).toEqual({ requests: ['requests is missing'] });
    expect((await studio.batch([{ request_type: 'create', entity: 'Shot' }])).status).toBe(400);
  });

  it('takes more than a thousand', async () => {
    const requests = Array.from({ length: 1200 }, (_, at) =>
      update(6933 + (at % 60), { description: `row ${String(at)}` }),
    );
    expect((await studio.batch(requests)).body.data).toHaveLength(1200);
  });

  it('forgets the project of a create, and makes a row that cannot be read', async () => {
    const { status, body } = await studio.batch([{ request_type: 'create', entity: 'Shot', data: { code: 'lost' } }]);
    expect(status).toBe(200);
    expect((await studio.call('GET', `/entity/shots/${String(body.data[0].data.id)}`)).status).toBe(404);
  });

  it('fails whole when one of its deletes was done before', async () => {
    const remove = (id: number) => ({ request_type: 'delete', entity: 'Version', record_id: id });
    await studio.batch([remove(6933)]);
    const before = studio.site.snapshot();
    expect((await studio.batch([remove(6934), remove(6933)])).status).toBe(404);
    expect((await studio.batch([remove(6935), remove(6935)])).status).toBe(404);
    expect(studio.site.snapshot()).toEqual(before);
  });

  it('is also found with a slash at its end', async () => {
    expect((await studio.call('POST', '/entity/_batch/', { body: { requests: [] } })).status).toBe(200);
  });
});

describe('a permission dry run', () => {
  const allowed = async (request: unknown) => errorOf(await studio.batch([request, SENTINEL], 'artist'));

  it('of an allowed update ends at the sentinel and leaves no trace', async () => {
    const before = studio.site.snapshot();
    expect(await allowed(update(6933, { sg_status_list: 'apr' }))).toMatchObject({
      status: 404,
      detail: expect.stringContaining('999999999'),
    });
    expect(await allowed(update(5700, { sg_status_list: 'fin' }, 'Task'))).toMatchObject({ status: 404 });
    expect(studio.site.snapshot()).toEqual(before);
    expect(studio.site.eventLog()).toEqual([]);
  });

  it('of a refused one names the field', async () => {
    expect((await allowed(update(6933, { code: 'x' }))).title).toBe(
      'The field is not editable for this user: [Version.code].',
    );
    expect((await allowed(update(860, { sg_status_list: 'fin' }, 'Shot'))).title).toContain('[Shot.sg_status_list]');
  });

  it('of a create uses an invalid status: a complaint about the value means yes', async () => {
    const create = (slug: string) =>
      studio.call('POST', `/entity/${slug}`, { as: 'artist', body: { project: PROJECT, sg_status_list: 'no-such' } });
    expect(errorOf(await create('notes'))).toMatchObject({
      status: 400,
      title: expect.stringContaining('[Note.sg_status_list]'),
    });
    expect(errorOf(await create('tasks'))).toMatchObject({
      status: 400,
      title: 'Entity of type Task cannot be created by this user.',
    });
  });

  it('of a delete is refused for artists and allowed for managers', async () => {
    const remove = { request_type: 'delete', entity: 'Version', record_id: 6933 };
    expect((await allowed(remove)).title).toBe('Entity of type Version can not be deleted by this user.');
    expect(errorOf(await studio.batch([remove, SENTINEL], 'manager')).status).toBe(404);
    expect((await studio.call('GET', '/entity/versions/6933')).status).toBe(200);
  });
});
