import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, claimsOf, openSite, type TestSite } from './caller.ts';

let studio: TestSite;
let clock: Date;
beforeEach(async () => {
  clock = new Date('2026-05-01T12:00:00Z');
  studio = await openSite({ now: () => clock });
});
afterEach(() => studio.site.close());

describe('the app session launcher', () => {
  const path = '/internal_api/app_session_request';
  const request = (body: string | URLSearchParams, headers = {}) =>
    ask(studio.site.url + path, { method: 'POST', body, headers });
  const begin = async () =>
    (await request(new URLSearchParams({ appName: 'Understudy', machineId: 'ws-12' }))).body as {
      sessionRequestId: string;
      url: string;
    };
  const poll = (id: string) => ask(`${studio.site.url}${path}/${id}`, { method: 'PUT' });

  it('is announced by the site', async () => {
    expect((await ask(`${studio.site.url}/api/v1`)).body.data.authentication_app_session_launcher_enabled).toBe(true);
  });

  it('takes a form or JSON and gives an address to approve at', async () => {
    const { sessionRequestId: id, url } = await begin();
    expect(url).toBe(`${studio.site.url}/app_session_request/${id}?sticky_id=${id}`);
    const json = await request(JSON.stringify({ appName: 'a', machineId: 'b' }), {
      'content-type': 'application/json',
    });
    expect(json.status).toBe(200);
  });

  it('names what is missing, and is not a GET', async () => {
    const answer = await request(new URLSearchParams());
    expect([answer.status, answer.body]).toEqual([400, { message: 'Missing params: appName, machineId' }]);
    const get = await ask(studio.site.url + path);
    expect(get.status).toBe(404);
    expect(get.body).toHaveProperty('errors');
  });

  it('hands the session out once', async () => {
    const { sessionRequestId: id } = await begin();
    expect((await poll(id)).body).toEqual({ approved: false });
    expect(studio.site.approveApp(id, 'artist')).toBe(true);
    const { body } = await poll(id);
    expect(body).toEqual({ approved: true, sessionToken: expect.any(String), userLogin: 'artist' });
    const again = await poll(id);
    expect([again.status, again.body]).toEqual([404, { message: 'Not Found' }]);
    const granted = await studio.grant({ grant_type: 'session_token', session_token: body.sessionToken as string });
    expect(claimsOf(granted.body.access_token as string).user).toEqual({ type: 'HumanUser', id: 24 });
  });

  it('cannot be told apart: denied, expired, unknown', async () => {
    const denied = await begin();
    studio.site.denyApp(denied.sessionRequestId);
    const expired = await begin();
    clock = new Date('2026-05-01T12:05:05Z');
    for (const id of [denied.sessionRequestId, expired.sessionRequestId, 'unknown']) {
      const answer = await poll(id);
      expect([answer.status, answer.body]).toEqual([404, { message: 'Not Found' }]);
    }
  });

  it('is approved on a page, by whoever is signed in; nobody else gets there', async () => {
    const { sessionRequestId: id, url } = await begin();
    const stranger = await ask(url, { redirect: 'manual' });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      302,
      `/user/login?return_path=/app_session_request/${id}`,
    ]);
    const headers = { cookie: `_session_id=${studio.site.openSession('manager')}` };
    expect((await ask(url, { headers })).text).toContain('Understudy');
    await ask(`${studio.site.url}/app_session_request/${id}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ decision: 'approve' }),
    });
    expect((await poll(id)).body).toMatchObject({ approved: true, userLogin: 'manager' });
  });

  it('escapes the name of the program', async () => {
    const { body } = await request(new URLSearchParams({ appName: '<script>alert(1)</script>', machineId: 'x' }));
    const headers = { cookie: `_session_id=${studio.site.openSession('manager')}` };
    expect((await ask(body.url as string, { headers })).text).not.toContain('<script>alert');
  });

  it('answers 403 JSON where it is turned off, and never sends CORS headers', async () => {
    const closed = await openSite({ launcherEnabled: false });
    try {
      const answer = await ask(closed.site.url + path, { method: 'POST', headers: { origin: 'https://x.example' } });
      expect([answer.status, answer.body]).toEqual([403, { message: 'Forbidden' }]);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await closed.site.close();
    }
  });

  it('tells how long a web session lasts, without renewing it', async () => {
    const headers = { cookie: `_session_id=${studio.site.openSession('artist')}` };
    const first = await ask(`${studio.site.url}/internal_api/session`, { headers });
    expect(first.body).toMatchObject({
      expired: false,
      expiresAt: '2026-05-02T12:00:00.000Z',
      expirationReason: 'session',
    });
    clock = new Date('2026-05-01T13:00:00Z');
    expect((await ask(`${studio.site.url}/internal_api/session`, { headers })).body.expiresAt).toBe(
      '2026-05-02T12:00:00.000Z',
    );
    await ask(`${studio.site.url}/internal_api/session`, { method: 'POST', headers });
    expect((await ask(`${studio.site.url}/internal_api/session`, { headers })).body.expiresAt).toBe(
      '2026-05-02T13:00:00.000Z',
    );
    expect((await ask(`${studio.site.url}/internal_api/session`)).status).toBe(401);
  });
});

describe('API3', () => {
  const rpc = (method: string, ...params: unknown[]) =>
    ask(`${studio.site.url}/api3/json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ method_name: method, params }),
    });
  const script = () => ({ script_name: studio.site.scriptName, script_key: studio.site.scriptKey });
  const oneVersion = {
    type: 'Version',
    return_fields: ['code', 'entity'],
    filters: { logical_operator: 'and', conditions: [{ path: 'id', relation: 'is', values: [6933] }] },
    return_only: 'active',
    paging: { entities_per_page: 500, current_page: 1 },
    sorts: [{ field_name: 'id', direction: 'desc' }],
  };

  it('gives info to anybody', async () => {
    const { body } = await rpc('info');
    expect(body.results).toMatchObject({
      version: [8, 89, 0],
      user_authentication_method: 'default',
      authentication_app_session_launcher_enabled: true,
    });
  });

  it('reads flat entities', async () => {
    const { body } = await rpc('read', script(), oneVersion);
    expect(body.results.entities).toEqual([
      {
        type: 'Version',
        id: 6933,
        code: 'HSM_10_0010_anm_v001',
        entity: { id: 860, name: 'HSM_10_0010', type: 'Shot' },
      },
    ]);
  });

  it('fails with HTTP 200, exception and code', async () => {
    const answer = await rpc('read', { ...script(), script_key: 'wrong' }, oneVersion);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      exception: true,
      error_code: 102,
      message: "Can't authenticate script 'understudy'",
    });
    expect((await rpc('read', script(), { type: 'Nothing' })).body).toMatchObject({ exception: true });
    expect((await rpc('nonsense', script(), {})).body).toMatchObject({ exception: true });
  });

  it('refuses sudo with the same texts', async () => {
    const { body } = await rpc('read', { ...script(), sudo_as_login: 'inactive' }, oneVersion);
    expect(body.message).toBe("Cannot 'sudo' - inactive user account: 'inactive'");
  });

  it('updates as the person, with the permissions of the person', async () => {
    const auth = { ...script(), sudo_as_login: 'artist' };
    const update = (field: string, value: string) =>
      rpc('update', auth, { type: 'Version', id: 6933, fields: [{ field_name: field, value }] });
    expect((await update('sg_status_list', 'apr')).body.results).toMatchObject({ id: 6933, sg_status_list: 'apr' });
    expect((await update('code', 'x')).body).toMatchObject({
      exception: true,
      message: expect.stringContaining('not editable'),
    });
    expect(studio.site.rows('Version')[0]?.['updated_by']).toEqual({ type: 'HumanUser', id: 24 });
  });

  it('exchanges a password for a session token, which reads too', async () => {
    const { body } = await rpc('get_session_token', { user_login: 'artist', user_password: 'artist' });
    const auth = { session_token: body.results.session_id as string, reject_if_expired: true };
    expect((await rpc('read', auth, oneVersion)).body.results.entities).toHaveLength(1);
  });

  it('does batches whole or not at all', async () => {
    const before = studio.site.snapshot();
    const update = (id: number) => ({
      request_type: 'update',
      type: 'Version',
      id,
      fields: [{ field_name: 'description', value: 'x' }],
    });
    expect((await rpc('batch', script(), { requests: [update(6933), update(1)] })).body).toMatchObject({
      exception: true,
    });
    expect(studio.site.snapshot()).toEqual(before);
    expect((await rpc('batch', script(), { requests: [update(6933), update(6934)] })).body.results).toHaveLength(2);
  });
});
