import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, openSite, type TestSite } from './caller.ts';

let studio: TestSite;
beforeEach(async () => {
  studio = await openSite();
});
afterEach(() => studio.site.close());

const update = (id: number) => ({
  request_type: 'update',
  entity: 'Version',
  record_id: id,
  data: { sg_status_list: 'apr' },
});
const control = (method: string, path: string, body?: unknown) =>
  ask(`${studio.site.url}/_studio${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const status = () => studio.site.rows('Version')[0]?.['sg_status_list'];

describe('the seeded site', () => {
  it('has what the demo promises', () => {
    const count = (type: string) => studio.site.rows(type).length;
    expect(studio.site.rows('Project')).toMatchObject([{ id: 116, name: 'Hyperspace Madness' }]);
    expect([count('Version'), count('Shot'), count('Task')]).toEqual([60, 40, 120]);
    expect(
      studio.site
        .rows('Version')
        .slice(0, 3)
        .map((row) => row['sg_status_list']),
    ).toEqual(['rev', 'rev', 'rev']);
  });

  it('comes back with reset', async () => {
    const before = studio.site.snapshot();
    await studio.batch([update(6933)]);
    studio.site.setFlag('artist', false);
    expect(studio.site.snapshot()).not.toEqual(before);
    await control('POST', '/reset');
    expect(Object.keys(studio.site.snapshot())).toEqual(Object.keys(before));
    expect(status()).toBe('rev');
    expect(studio.site.calls).toEqual([]);
    expect(studio.site.eventLog()).toEqual([]);
  });
});

describe('faults', () => {
  it('strike as often as ordered, after as many as skipped, only where method and path fit', async () => {
    studio.site.inject({ kind: 'unauthorized', method: 'GET', path: '/entity/versions', count: 2, skip: 1 });
    const get = async () => (await studio.call('GET', '/entity/versions/6933')).status;
    expect((await studio.call('GET', '/entity/shots/860')).status).toBe(200);
    expect([await get(), await get(), await get(), await get()]).toEqual([200, 401, 401, 200]);
  });

  it('can be 429 with and without Retry-After', async () => {
    studio.site.inject({ kind: 'rate_limited', path: 'versions', retryAfterSeconds: 2 });
    studio.site.inject({ kind: 'rate_limited', path: 'versions' });
    const [first, second] = [
      await studio.call('GET', '/entity/versions'),
      await studio.call('GET', '/entity/versions'),
    ];
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2']);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, null]);
  });

  it.each([
    ['bad_gateway', 502],
    ['unavailable', 503],
    ['blocked', 403],
  ] as const)('can be HTML: %s', async (kind, expected) => {
    studio.site.inject({ kind, path: 'versions' });
    const answer = await studio.call('GET', '/entity/versions');
    expect(answer.status).toBe(expected);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.body).toBeUndefined();
  });

  it('can be an empty answer, or none', async () => {
    studio.site.inject({ kind: 'empty', path: 'versions' });
    expect((await studio.call('GET', '/entity/versions')).text).toBe('');
    studio.site.inject({ kind: 'drop', path: 'versions' });
    await expect(studio.call('GET', '/entity/versions')).rejects.toThrow();
  });

  it('can drop the connection before the work or after it was committed', async () => {
    studio.site.inject({ kind: 'drop', path: '_batch' });
    await expect(studio.batch([update(6933)])).rejects.toThrow();
    expect(status()).toBe('rev');
    studio.site.inject({ kind: 'drop', path: '_batch', after: true });
    await expect(studio.batch([update(6933)])).rejects.toThrow();
    expect(status()).toBe('apr');
  });

  it('can commit and then never answer', async () => {
    studio.site.inject({ kind: 'hang', path: '_batch', after: true });
    const token = await studio.token();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const call = ask(`${studio.site.url}/api/v1/entity/_batch`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ requests: [update(6933)] }),
      signal: AbortSignal.timeout(300),
    });
    await expect(call).rejects.toThrow('timeout');
    expect(status()).toBe('apr');
  });

  it('can commit and answer with a 502 page', async () => {
    studio.site.inject({ kind: 'bad_gateway', path: '_batch', after: true });
    const answer = await studio.batch([update(6933)]);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
    expect(status()).toBe('apr');
  });

  it('can be ordered, seen and taken back over HTTP; nonsense is refused', async () => {
    expect((await control('POST', '/faults', { kind: 'slow', delayMs: 1, path: 'versions', count: 3 })).status).toBe(
      204,
    );
    expect((await control('GET', '/faults')).body).toMatchObject([{ kind: 'slow', count: 3 }]);
    await control('DELETE', '/faults');
    expect((await control('GET', '/faults')).body).toEqual([]);
    expect((await control('POST', '/faults', { kind: 'earthquake' })).status).toBe(400);
    expect((await control('POST', '/faults', { kind: 'slow', count: 'many' })).status).toBe(400);
  });
});

describe('latency', () => {
  const timed = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };

  it('is 300 ms a call and 58 ms a row more for a batch, times the factor', async () => {
    const token = await studio.token();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const batch = (rows: number) => () =>
      ask(`${studio.site.url}/api/v1/entity/_batch`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ requests: Array.from({ length: rows }, (_, at) => update(6933 + at)) }),
      });
    await control('POST', '/latency', { factor: 0.1 });
    expect(await timed(batch(1))).toBeGreaterThanOrEqual(34);
    expect(await timed(batch(40))).toBeGreaterThanOrEqual(260);
  });

  it('commits at the end, also when the client has gone', async () => {
    const token = await studio.token();
    studio.site.setLatency(0.1);
    const call = ask(`${studio.site.url}/api/v1/entity/_batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ requests: Array.from({ length: 60 }, (_, at) => update(6933 + at)) }),
      signal: AbortSignal.timeout(100),
    });
    await expect(call).rejects.toThrow('timeout');
    expect(status()).toBe('rev');
    const deadline = performance.now() + 10_000;
    while (status() !== 'apr' && performance.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(status()).toBe('apr');
  });

  it('does not make a batch slow that is refused', async () => {
    const token = await studio.token();
    studio.site.setLatency(1);
    const requests = [...Array.from({ length: 60 }, (_, at) => update(6933 + at)), update(1)];
    const took = await timed(() =>
      ask(`${studio.site.url}/api/v1/entity/_batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ requests }),
      }),
    );
    expect(took).toBeLessThan(60 * 58);
  });

  it('lets event log rows be seen a moment after their write', async () => {
    const headers = { authorization: `Bearer ${await studio.token('artist', 'window-1')}` };
    await studio.call('PUT', '/entity/versions/6933', { headers, body: { sg_status_list: 'apr' } });
    const seen = async () =>
      (await ask(`${studio.site.url}/_web/updates?session_uuid=window-1&since=0`)).body.rows as unknown[];
    studio.site.setLatency(1_000);
    expect(await seen()).toEqual([]);
    studio.site.setLatency(0);
    expect(await seen()).toHaveLength(1);
  });
});

describe('the log of calls', () => {
  it('has method, path, claims and counts, and no token, key or password', async () => {
    const { site } = studio;
    const token = await studio.token('artist', 'window-1');
    const headers = { authorization: `Bearer ${token}` };
    await studio.call('POST', '/entity/_batch', { headers, body: { requests: [update(6933), update(6934)] } });
    await studio.grant({ grant_type: 'password', username: 'manager', password: 'a-typed-password' });
    const batch = site.calls.find((call) => call.path === '/api/v1/entity/_batch');
    expect(batch).toMatchObject({
      method: 'POST',
      status: 200,
      requests: 2,
      claims: { sudo_as_login: 'artist', session_uuid: 'window-1' },
    });
    expect(site.calls[0]).toMatchObject({
      path: '/api/v1/auth/access_token',
      grantType: 'client_credentials',
      scope: 'sudo_as_login:artist',
    });
    const text = (await control('GET', '/calls')).text;
    for (const secret of [token, site.scriptKey, 'a-typed-password']) expect(text).not.toContain(secret);
  });
});
