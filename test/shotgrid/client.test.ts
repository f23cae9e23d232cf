import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CallSeen } from '../../src/shotgrid/calls.ts';
import { createShotgrid, type Shotgrid, type ShotgridOptions } from '../../src/shotgrid/client.ts';
import type { BatchRequest } from '../../src/shotgrid/batch.ts';
import {
  SCRIPT_KEY,
  connect,
  fault,
  honestToken,
  record,
  rejection,
  startLocalSite,
  tokenAnswer,
  type Asked,
  type LocalSite,
  type Says,
} from './local-site.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type Answer = (asked: Asked, nth: number) => Says | Promise<Says>;

async function setUp(
  answer: Answer,
  options: Partial<ShotgridOptions> & { token?: Answer } = {},
): Promise<{ site: LocalSite; shotgrid: Shotgrid & { slept: number[] } }> {
  const { token, ...rest } = options;
  const site = await startLocalSite(answer, token);
  const shotgrid = connect(site, rest);
  cleanUps.push(site.close, () => shotgrid.close());
  return { site, shotgrid };
}

const EMPTY: Says = { body: { data: [], links: {} } };
const UPDATE: BatchRequest = { operation: 'update', entityType: 'Version', id: 7, data: { sg_status_list: 'apr' } };
const UPDATED: Says = { body: { data: [{ data: record('Version', 7, { sg_status_list: 'apr' }) }] } };
const WINDOW = '9676a296-7e16-11e7-8758-0242ac110004';

describe('a token', () => {
  it('is asked for in a form body with the script, the person and the window, and nothing in the address', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY);
    await shotgrid
      .asPerson({ login: 'jü rgen+x@studio.com', sessionUuid: WINDOW })
      .search('Shot', { fields: ['code'] });
    const [token] = site.tokenCalls();
    expect(token?.method).toBe('POST');
    expect(token?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(token?.headers.authorization).toBeUndefined();
    expect([...(token?.query ?? [])]).toEqual([]);
    expect(token?.body).toContain('scope=sudo_as_login%3A');
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'understudy',
      client_secret: SCRIPT_KEY,
      scope: 'sudo_as_login:jü rgen+x@studio.com',
      session_uuid: WINDOW,
    });
  });

  it('for the script itself has no scope', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY);
    await shotgrid.asScript().search('Shot', { fields: ['code'] });
    expect(new URLSearchParams(site.tokenCalls()[0]?.body).has('scope')).toBe(false);
  });

  it('is shared by all calls of one person and window', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY);
    const search = (login: string): Promise<unknown> =>
      shotgrid.asPerson({ login, sessionUuid: WINDOW }).search('Shot', { fields: ['code'] });
    await Promise.all([search('ann'), search('ann'), search('ann')]);
    await search('ann');
    await search('bob');
    expect(site.tokenCalls()).toHaveLength(2);
    expect(shotgrid.stats).toMatchObject({ tokens: 2, inFlight: 0, waiting: 0 });
  });

  it.each(['../../etc', 'x', '', '9676a296-7e16-11e7-8758-0242ac110004&scope=x', '{}'])(
    'does not carry %j as a window',
    async (sessionUuid) => {
      const { site, shotgrid } = await setUp(() => EMPTY);
      await shotgrid.asPerson({ login: 'ann', sessionUuid }).search('Shot', { fields: [] });
      expect(new URLSearchParams(site.tokenCalls()[0]?.body).has('session_uuid')).toBe(false);
    },
  );

  // The site silently ignores a sudo it does not understand: then only the claim stands between a person's change
  // and the script's own rights.
  it.each([
    ['ignores sudo', { sudo_as_login: null }],
    ['names somebody else', { sudo_as_login: 'bob' }],
    ['says nothing', {}],
  ])('of a site that %s is never used', async (_, claims) => {
    const { site, shotgrid } = await setUp(() => UPDATED, { token: () => tokenAnswer(claims) });
    const error = await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]));
    expect(error).toMatchObject({ name: 'SudoClaimMismatchError', code: 'sudo_refused_by_site', status: 403 });
    expect(site.calls()).toHaveLength(0);
    expect(shotgrid.stats.tokens).toBe(0);
  });

  it('of a site that cuts a login at its blank is never used', async () => {
    const { site, shotgrid } = await setUp(() => UPDATED, {
      token: ({ body }) => {
        const scope = new URLSearchParams(body).get('scope')?.split(' ')[0] ?? '';
        return tokenAnswer({ sudo_as_login: scope.replace('sudo_as_login:', '') });
      },
    });
    const error = await rejection(shotgrid.asPerson({ login: 'ann smith' }).batch([UPDATE]));
    expect(error.name).toBe('SudoClaimMismatchError');
    expect(site.calls()).toHaveLength(0);
  });

  it.each(['', 'ann\r\nscope=x', 'ann\u0000'])('is not asked for a login like %j', async (login) => {
    const { site, shotgrid } = await setUp(() => UPDATED);
    expect(await rejection(shotgrid.asPerson({ login }).batch([UPDATE]))).toMatchObject({
      code: 'sudo_refused_by_site',
    });
    expect(site.asked).toHaveLength(0);
  });

  it.each<[string, Says, Record<string, unknown>]>([
    [
      'flag off',
      fault(400, 102, "Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: 'ann'"),
      { code: 'sudo_flag_off' },
    ],
    ['inactive', fault(400, 102, "Cannot 'sudo' - inactive user account: 'ann'"), { code: 'sudo_inactive' }],
    ['unknown', fault(400, 102, "Cannot 'sudo' - unknown or retired user: 'ann'"), { code: 'person_unknown' }],
    ['not told', fault(400, 103, 'Nope'), { code: 'sudo_refused_by_site' }],
    ['a wrong key', fault(400, 102, "Can't authenticate script 'understudy'"), { reason: 'script_refused' }],
    ['HTML', { body: '<html>Sign in to the wifi</html>' }, { reason: 'unreadable' }],
    ['empty', { body: '' }, { reason: 'unreadable' }],
    ['no token', { body: { token_type: 'Bearer', expires_in: 600 } }, { reason: 'unreadable' }],
    ['a token that breaks headers', tokenAnswer({}, { access_token: 'a\r\nx: y' }), { reason: 'unreadable' }],
    ['no lifetime', tokenAnswer({ sudo_as_login: 'ann' }, { expires_in: null }), { reason: 'unreadable' }],
    ['an address block', { status: 403, body: '<html>blocked</html>' }, { reason: 'blocked' }],
    ['another server', { status: 404, body: '<html>not found</html>' }, { code: 'shotgrid_not_found' }],
  ])('is refused (%s): nothing else is sent', async (_, token, expected) => {
    const { site, shotgrid } = await setUp(() => UPDATED, { token: () => token });
    expect(await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]))).toMatchObject(expected);
    expect(site.calls()).toHaveLength(0);
  });

  it('is asked for again when the site stumbles', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY, {
      token: (asked, nth) => (nth < 3 ? { status: 502, body: '<html>' } : honestToken(asked)),
    });
    await shotgrid.asPerson({ login: 'ann' }).search('Shot', { fields: [] });
    expect(site.tokenCalls()).toHaveLength(3);
  });

  it('that the site does not take any more is replaced once, also for a write', async () => {
    const { site, shotgrid } = await setUp((_, nth) => (nth === 1 ? fault(401, 102, 'Unauthorized') : UPDATED));
    await shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]);
    const [first, second] = site.calls().map(({ headers }) => headers.authorization);
    expect(site.tokenCalls()).toHaveLength(2);
    expect(first).not.toBe(second);
  });

  it('is replaced once only: a site that always says 401 is not asked for ever', async () => {
    const { site, shotgrid } = await setUp(() => fault(401, 102, 'Unauthorized'));
    expect(await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]))).toMatchObject({ siteStatus: 401 });
    expect(site.calls()).toHaveLength(2);
  });

  it('replaced for one call is replaced for all that were refused with it', async () => {
    const rejected = new Set<string | undefined>();
    const { site, shotgrid } = await setUp(({ headers }) => {
      if (rejected.size === 0) rejected.add(headers.authorization);
      return rejected.has(headers.authorization) ? fault(401, 102, 'Unauthorized') : EMPTY;
    });
    const ann = shotgrid.asPerson({ login: 'ann' });
    await Promise.all(Array.from({ length: 20 }, () => ann.search('Shot', { fields: [] })));
    expect(site.tokenCalls()).toHaveLength(2);
  });
});

describe('a search', () => {
  const page = (asked: Asked): { size: number; number: number } =>
    asked.json()['page'] as { size: number; number: number };
  const versions =
    (count: number): Answer =>
    (asked) => {
      const { size, number } = page(asked);
      const ids = Array.from({ length: count }, (_, i) => i + 1).slice((number - 1) * size, number * size);
      // The site names a next page on every page, also the last.
      return { body: { data: ids.map((id) => record('Version', id)), links: { next: '/more' } } };
    };

  it('goes on to the empty page', async () => {
    const { site, shotgrid } = await setUp(versions(7));
    const rows = await shotgrid.asScript().search('Version', { fields: ['code'], pageSize: 3 });
    expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(site.calls().map(page)).toEqual([1, 2, 3, 4].map((number) => ({ size: 3, number })));
  });

  it('stops at its limit without asking for more', async () => {
    const { site, shotgrid } = await setUp(versions(1000));
    expect(await shotgrid.asScript().search('Version', { fields: [], limit: 3 })).toHaveLength(3);
    expect(await shotgrid.asScript().search('Version', { fields: [], limit: 5, pageSize: 3 })).toHaveLength(5);
    expect(site.calls().map(page)).toEqual([
      { size: 3, number: 1 },
      { size: 3, number: 1 },
      { size: 3, number: 2 },
    ]);
  });

  it('comes page by page, and the next page is not fetched before it is wanted', async () => {
    const { site, shotgrid } = await setUp(versions(100));
    for await (const rows of shotgrid.asScript().searchPages('Version', { fields: [], pageSize: 10 })) {
      expect(rows).toHaveLength(10);
      break;
    }
    expect(site.calls()).toHaveLength(1);
  });

  it('gives no row twice and ends, even when the site gives the same page for ever', async () => {
    const { shotgrid } = await setUp(() => ({ body: { data: [record('Version', 1), record('Version', 2)] } }));
    expect(await shotgrid.asScript().search('Version', { fields: [] })).toHaveLength(2);
  });

  it('sends filters of either form under their own content type, and always sorts by id last', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY);
    const script = shotgrid.asScript();
    await script.search('Version', { fields: ['code', 'entity.Shot.code'], filters: [['id', 'in', [1, 2]]] });
    await script.search('HumanUser', {
      fields: ['login'],
      filters: { logical_operator: 'or', conditions: [['login', 'is', 'ann']] },
      sort: '-created_at',
      retired: true,
    });
    const [list, tree] = site.calls();
    expect(list).toMatchObject({ method: 'POST', path: '/api/v1/entity/Version/_search' });
    expect(list?.headers['content-type']).toBe('application/vnd+shotgun.api3_array+json');
    expect(list?.headers.accept).toBe('application/json');
    expect(list?.json()).toEqual({
      filters: [['id', 'in', [1, 2]]],
      fields: ['code', 'entity.Shot.code'],
      sort: 'id',
      page: { size: 500, number: 1 },
    });
    expect(tree?.headers['content-type']).toBe('application/vnd+shotgun.api3_hash+json');
    expect(tree?.json()).toMatchObject({ sort: '-created_at,id', options: { return_only: 'retired' } });
  });

  it('for given ids takes one call for each 500 of them, and leaves out what is gone', async () => {
    const { site, shotgrid } = await setUp((asked) => {
      const [[, , ids]] = asked.json()['filters'] as [[string, string, number[]]];
      return { body: { data: ids.filter((id) => id % 2 === 0).map((id) => record('Version', id)) } };
    });
    const ids = Array.from({ length: 1100 }, (_, i) => i + 1);
    const rows = await shotgrid.asScript().rowsByIds('Version', [...ids, 1, 2, 3], { fields: ['code'] });
    expect(rows).toHaveLength(550);
    expect(
      site
        .calls()
        .map((asked) => page(asked).size)
        .sort(),
    ).toEqual([100, 500, 500]);
    expect(await shotgrid.asScript().rowsByIds('Version', [], { fields: [] })).toEqual([]);
  });

  it.each(['version', 'Version/1', '../Version', '', 'Version?x', '__proto__', 'constructor', 'Ä', 'V'.repeat(200)])(
    'on a type like %j is refused here',
    async (type) => {
      const { site, shotgrid } = await setUp(() => EMPTY);
      expect(await rejection(shotgrid.asScript().search(type, { fields: [] }))).toMatchObject({
        code: 'shotgrid_request_invalid',
      });
      expect(site.asked).toHaveLength(0);
    },
  );

  it.each(['a,b', 'a b', '', '.', 'a..b', 'a&b=c', 'a/b'])('for a field like %j is refused here', async (field) => {
    const { site, shotgrid } = await setUp(() => EMPTY);
    const script = shotgrid.asScript();
    expect(await rejection(script.search('Shot', { fields: [field] }))).toMatchObject({
      code: 'shotgrid_request_invalid',
    });
    expect(await rejection(script.find('Shot', 1, [field]))).toMatchObject({ code: 'shotgrid_request_invalid' });
    expect(site.asked).toHaveLength(0);
  });

  it.each<Says>([
    { body: '<html>It works!</html>' },
    { body: '' },
    { status: 204 },
    { body: 'null' },
    { body: {} },
    { body: { data: {} } },
    { body: { data: [null] } },
    { body: { data: [{ type: 'Shot', id: 'one' }] } },
  ])('answered with %j is no result', async (says) => {
    const { shotgrid } = await setUp(() => says);
    expect(await rejection(shotgrid.asScript().search('Shot', { fields: [] }))).toMatchObject({
      code: 'shotgrid_unavailable',
      reason: 'unreadable',
    });
  });
});

describe('one row', () => {
  it('is read by id', async () => {
    const { site, shotgrid } = await setUp(() => ({
      body: { data: record('Version', 7, { code: 'v001' }), links: {} },
    }));
    expect(await shotgrid.asScript().find('Version', 7, ['code', 'entity.Shot.code'])).toMatchObject({
      id: 7,
      name: 'v001',
    });
    expect(site.calls()[0]).toMatchObject({ method: 'GET', path: '/api/v1/entity/Version/7' });
    expect(site.calls()[0]?.query.get('fields')).toBe('code,entity.Shot.code');
  });

  it('that is not there is undefined; a type that is not there is an error', async () => {
    const { shotgrid } = await setUp(({ path }) =>
      path.includes('Version')
        ? fault(404, 104, 'Not Found', 'Version: 999 not found')
        : fault(404, 103, 'Not Found', "Entity type 'Foo' does not exist."),
    );
    expect(await shotgrid.asScript().find('Version', 999, [])).toBeUndefined();
    expect(await rejection(shotgrid.asScript().find('Foo', 1, []))).toMatchObject({
      code: 'shotgrid_not_found',
      siteMessage: "Entity type 'Foo' does not exist.",
    });
  });

  it('can be created and revived', async () => {
    const { site, shotgrid } = await setUp(({ path }) =>
      path.endsWith('/9')
        ? { body: { data: { type: 'Note', id: 9 }, links: {}, meta: { did_revive: true } } }
        : { status: 201, body: { data: record('Note', 9, { subject: 'hi' }), links: {} } },
    );
    const ann = shotgrid.asPerson({ login: 'ann' });
    expect(await ann.create('Note', { subject: 'hi' })).toMatchObject({ type: 'Note', id: 9 });
    expect(await ann.revive('Note', 9)).toBe(true);
    expect(site.calls()[0]?.json()).toEqual({ subject: 'hi' });
    expect(site.calls()[1]).toMatchObject({ method: 'POST', path: '/api/v1/entity/Note/9' });
    expect(site.calls()[1]?.query.get('revive')).toBe('true');
  });
});

describe('a batch', () => {
  it('says what happened to each request, in order', async () => {
    const { site, shotgrid } = await setUp(() => ({
      body: {
        data: [
          { data: record('Note', 9), links: {}, status: 201 },
          { data: record('Version', 7, { sg_status_list: 'apr' }) },
          { request_type: 'delete', type: 'Shot', id: 3, uuid: 'u', did_delete: true },
        ],
      },
    }));
    const results = await shotgrid
      .asPerson({ login: 'ann' })
      .batch([
        { operation: 'create', entityType: 'Note', data: { subject: 'hi' } },
        UPDATE,
        { operation: 'delete', entityType: 'Shot', id: 3 },
      ]);
    expect(results).toMatchObject([
      { operation: 'create', row: { type: 'Note', id: 9 } },
      { operation: 'update', row: { type: 'Version', id: 7 } },
      { operation: 'delete', entityType: 'Shot', id: 3, didDelete: true },
    ]);
    const [asked] = site.calls();
    expect(asked).toMatchObject({ method: 'POST', path: '/api/v1/entity/_batch' });
    expect(asked?.headers['content-type']).toBe('application/json');
    expect(asked?.json()).toEqual({
      requests: [
        { request_type: 'create', entity: 'Note', data: { subject: 'hi' } },
        { request_type: 'update', entity: 'Version', record_id: 7, data: { sg_status_list: 'apr' } },
        { request_type: 'delete', entity: 'Shot', record_id: 3 },
      ],
    });
  });

  it('of nothing asks nothing', async () => {
    const { site, shotgrid } = await setUp(() => UPDATED);
    expect(await shotgrid.asPerson({ login: 'ann' }).batch([])).toEqual([]);
    expect(site.asked).toHaveLength(0);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])('with the id %j is refused here', async (id) => {
    const { site, shotgrid } = await setUp(() => UPDATED);
    const error = await rejection(shotgrid.asPerson({ login: 'ann' }).batch([{ ...UPDATE, id }]));
    expect(error).toMatchObject({ code: 'shotgrid_request_invalid' });
    expect(site.asked).toHaveLength(0);
  });

  it('that is refused carries the reason of the site', async () => {
    const { shotgrid } = await setUp(() => fault(400, 104, 'Entity of type Version can not be deleted by this user.'));
    expect(await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]))).toMatchObject({
      code: 'shotgrid_refused',
      siteErrorId: '20c4fb862df36b574b2c8ce984cd920f',
      siteMessage: 'Entity of type Version can not be deleted by this user.',
    });
  });

  it.each<[string, Says]>([
    ['HTML', { body: '<html>' }],
    ['nothing', { body: '' }],
    ['too few results', { body: { data: [] } }],
    ['too many results', { body: { data: [{ data: record('Version', 7) }, { data: record('Version', 8) }] } }],
    ['another row', { body: { data: [{ data: record('Version', 8) }] } }],
    ['another type', { body: { data: [{ data: record('Shot', 7) }] } }],
    ['no rows', { body: { data: [{}] } }],
    ['502', { status: 502, body: '<html>' }],
    ['503 that does not say so itself', { status: 503, body: '<html>upstream connect error</html>' }],
    ['504', { status: 504, body: '' }],
    ['500', fault(500, 100, 'Shotgun Server Error')],
    ['a broken connection', 'reset'],
  ])('answered with %s has an unknown outcome and is not sent again', async (_, says) => {
    const { site, shotgrid } = await setUp(() => says);
    expect(await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]))).toMatchObject({
      name: 'OutcomeUnknownError',
      code: 'outcome_unknown',
    });
    expect(site.calls()).toHaveLength(1);
  });

  it('that took too long has an unknown outcome and is not sent again', async () => {
    const { site, shotgrid } = await setUp(() => 'hang');
    const ann = shotgrid.asPerson({ login: 'ann' });
    expect(await rejection(ann.batch([UPDATE], { timeoutMs: 50 }))).toMatchObject({
      code: 'outcome_unknown',
      failure: 'timed_out',
    });
    expect(site.calls()).toHaveLength(1);
  });

  it('that its caller gave up on has an unknown outcome once it was sent, and none before', async () => {
    const { site, shotgrid } = await setUp(() => 'hang');
    const ann = shotgrid.asPerson({ login: 'ann' });
    const stop = new AbortController();
    const underWay = ann.batch([UPDATE], { signal: stop.signal });
    while (site.calls().length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error('stopped'));
    expect(await rejection(underWay)).toMatchObject({ code: 'outcome_unknown', failure: 'aborted' });
    expect(await rejection(ann.batch([UPDATE], { signal: stop.signal }))).toMatchObject({ message: 'stopped' });
    expect(site.calls()).toHaveLength(1);
  });

  it.each<[string, Says]>([
    ['429', { status: 429, headers: { 'retry-after': '2' } }],
    ['429 without a time', { status: 429, body: '<html>' }],
    ['503 with a time', { status: 503, headers: { 'retry-after': '2' }, body: '<html>maintenance</html>' }],
    ['503 in the form of the site', fault(503, 100, 'Too busy')],
  ])('answered with %s was not applied, so it is sent again', async (_, says) => {
    const { site, shotgrid } = await setUp((__, nth) => (nth < 3 ? says : UPDATED));
    expect(await shotgrid.asPerson({ login: 'ann' }).batch([UPDATE])).toHaveLength(1);
    expect(site.calls()).toHaveLength(3);
  });

  it('is sent three times at most, and then it is certain that nothing was applied', async () => {
    const { site, shotgrid } = await setUp(() => ({ status: 429 }));
    expect(await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]))).toMatchObject({
      code: 'shotgrid_unavailable',
      reason: 'rate_limited',
    });
    expect(site.calls()).toHaveLength(3);
  });
});

describe('waiting and trying again', () => {
  it('waits as long as the site asks, plus some jitter', async () => {
    const { shotgrid } = await setUp((_, nth) =>
      nth === 1 ? { status: 503, headers: { 'retry-after': '4' } } : EMPTY,
    );
    await shotgrid.asScript().search('Shot', { fields: [] });
    expect(shotgrid.slept).toEqual([4250]);
  });

  it.each<[string, Says]>([
    ['502', { status: 502, body: '<html>' }],
    ['503', { status: 503, body: '' }],
    ['504', { status: 504 }],
    ['a broken connection', 'reset'],
  ])('reads again after %s', async (_, says) => {
    const { shotgrid } = await setUp((__, nth) => (nth < 3 ? says : EMPTY));
    expect(await shotgrid.asScript().search('Shot', { fields: [] })).toEqual([]);
    expect(shotgrid.slept).toEqual([250, 500]);
  });

  it('stops waiting when its caller gives up', async () => {
    const stop = new AbortController();
    const { site, shotgrid } = await setUp(() => ({ status: 503, headers: { 'retry-after': '30' } }), {
      sleep: (_, signal) =>
        new Promise((__, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          stop.abort(new Error('stopped'));
        }),
    });
    const search = shotgrid.asScript().search('Shot', { fields: [], signal: stop.signal });
    expect(await rejection(search)).toMatchObject({ message: 'stopped' });
    expect(site.calls()).toHaveLength(1);
  });

  it('really waits, and wakes up with the reason of the caller', async () => {
    const site = await startLocalSite(() => ({ status: 503, headers: { 'retry-after': '30' } }));
    const stop = new AbortController();
    const shotgrid = createShotgrid({
      siteUrl: site.url,
      scriptName: 's',
      scriptKey: SCRIPT_KEY,
      now: () => new Date(),
      onCall: ({ operation }) => {
        if (operation === 'search') setImmediate(() => stop.abort(new Error('stopped')));
      },
    });
    cleanUps.push(site.close, () => shotgrid.close());
    const search = shotgrid.asScript().search('Shot', { fields: [], signal: stop.signal });
    expect(await rejection(search)).toMatchObject({ message: 'stopped' });
  });
});

describe('200 people at once', () => {
  it('need no more connections than configured, and a second call of each needs no new token', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY, { connections: 5 });
    const act = (n: number): Promise<unknown> => shotgrid.asPerson({ login: `p${n}` }).search('Shot', { fields: [] });
    const everybody = Array.from({ length: 200 }, (_, n) => n);
    await Promise.all(everybody.map(act));
    await Promise.all(everybody.map(act));
    expect(site.connections()).toBe(5);
    expect(site.tokenCalls()).toHaveLength(200);
    expect(shotgrid.stats).toEqual({ inFlight: 0, waiting: 0, tokens: 200 });
    // Each call went out under the token of its own person.
    const owners = site.calls().map(({ headers }) => claim(headers.authorization));
    expect(new Set(owners).size).toBe(200);
  });

  function claim(authorization: string | undefined): unknown {
    const payload = authorization?.split('.')[1] ?? '';
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>)['sudo_as_login'];
  }
});

describe('what the site says of itself', () => {
  const INFO: Says = {
    body: {
      data: {
        shotgun_version: 'v8.89.0.9724 (build 47ec49f)',
        api_version: '1.0',
        unified_login_flow_enabled: true,
        authentication_app_session_launcher_enabled: true,
        user_authentication_method: 'oxygen',
      },
    },
  };

  it('is read without a token', async () => {
    const { site, shotgrid } = await setUp(() => INFO);
    expect(await shotgrid.siteInfo()).toEqual({
      version: 'v8.89.0.9724 (build 47ec49f)',
      apiVersion: '1.0',
      userAuthenticationMethod: 'oxygen',
      unifiedLoginFlowEnabled: true,
      appSessionLauncherEnabled: true,
    });
    expect(await shotgrid.check()).toMatchObject({ ready: true, version: 'v8.89.0.9724 (build 47ec49f)' });
    expect(site.asked.every(({ path, headers }) => path === '/api/v1' && headers.authorization === undefined)).toBe(
      true,
    );
  });

  it.each<[Says, string]>([
    [{ status: 502, body: '<html>' }, 'site_error'],
    [{ body: '<html>parked domain</html>' }, 'unreadable'],
    [{ body: { data: {} } }, 'unreadable'],
    [{ status: 403, body: '<html>' }, 'blocked'],
    ['reset', 'unreachable'],
  ])('tells that the site is not ready: %j', async (says, reason) => {
    const { site, shotgrid } = await setUp(() => says);
    expect(await shotgrid.check()).toMatchObject({ ready: false, reason });
    expect(site.asked).toHaveLength(1);
  });

  it('does not keep a check waiting', async () => {
    const { shotgrid } = await setUp(() => 'hang');
    expect(await shotgrid.check({ timeoutMs: 50 })).toMatchObject({ ready: false, reason: 'timed_out' });
  });
});

describe('the description of fields', () => {
  const STATUS = {
    name: { value: 'Status', editable: true },
    data_type: { value: 'status_list', editable: false },
    editable: { value: true, editable: false },
    mandatory: { value: false, editable: false },
    properties: {
      valid_values: { value: ['na', 'rev', 'apr', '__proto__'], editable: true },
      hidden_values: { value: ['na'], editable: true },
      display_values: {
        value: JSON.parse('{"rev":"Pending Review","apr":"Approved","__proto__":"x"}') as unknown,
        editable: true,
      },
      default_value: { value: 'rev', editable: true },
    },
  };

  it.each<[string, unknown]>([
    ['as it is', STATUS],
    ['under its name', { sg_status_list: STATUS }],
  ])('is read %s', async (_, data) => {
    const { site, shotgrid } = await setUp(() => ({ body: { data, links: {} } }));
    const field = await shotgrid.asScript().field('Version', 'sg_status_list', 85);
    expect(field).toMatchObject({
      name: 'Status',
      dataType: 'status_list',
      editable: true,
      hiddenValues: ['na'],
      defaultValue: 'rev',
    });
    expect(field.displayValues.get('apr')).toBe('Approved');
    expect(field.displayValues.get('constructor')).toBeUndefined();
    expect(site.calls()[0]).toMatchObject({ method: 'GET', path: '/api/v1/schema/Version/fields/sg_status_list' });
    expect(site.calls()[0]?.query.get('project_id')).toBe('85');
  });

  it('of a whole type is a map by code', async () => {
    const data = JSON.parse(
      `{"sg_status_list":${JSON.stringify(STATUS)},"odd":{},"__proto__":${JSON.stringify(STATUS)}}`,
    ) as unknown;
    const { shotgrid } = await setUp(() => ({ body: { data } }));
    const fields = await shotgrid.asScript().fields('Version');
    expect([...fields.keys()]).toEqual(['sg_status_list', '__proto__']);
  });
});

describe('type-ahead and summaries', () => {
  it('finds rows over several types', async () => {
    const { site, shotgrid } = await setUp(() => ({
      body: {
        data: [
          { type: 'Shot', id: 1, attributes: { name: 'sh010', links: ['Sequence', 'qat'], status: 'ip' }, links: {} },
        ],
      },
    }));
    const matches = await shotgrid.asPerson({ login: 'ann' }).textSearch({
      text: 'qat 010',
      entityTypes: {
        Shot: [['project', 'is', { type: 'Project', id: 1 }]],
        Asset: { logical_operator: 'or', conditions: [] },
      },
      limit: 100,
    });
    expect(matches).toEqual([
      { type: 'Shot', id: 1, name: 'sh010', linkedTo: { type: 'Sequence', name: 'qat' }, status: 'ip' },
    ]);
    expect(site.calls()[0]?.headers['content-type']).toBe('application/vnd+shotgun.api3_hash+json');
    expect(site.calls()[0]?.json()).toEqual({
      text: 'qat 010',
      entity_types: {
        Shot: { logical_operator: 'and', conditions: [['project', 'is', { type: 'Project', id: 1 }]] },
        Asset: { logical_operator: 'or', conditions: [] },
      },
      page: { number: 1, size: 25 },
    });
  });

  it('counts without reading', async () => {
    const { shotgrid } = await setUp(() => ({
      body: {
        data: { summaries: { id: 100 }, groups: [{ group_name: 'na', group_value: 'na', summaries: { id: 28 } }] },
      },
    }));
    const summary = await shotgrid.asScript().summarize('Shot', { summaries: [{ field: 'id', type: 'count' }] });
    expect(summary.summaries.get('id')).toBe(100);
    expect(summary.groups[0]).toMatchObject({ name: 'na', value: 'na', summaries: new Map([['id', 28]]) });
  });
});

describe('the observer', () => {
  it('is told of every attempt, without query, headers or bodies', async () => {
    const seen: CallSeen[] = [];
    const { shotgrid } = await setUp((_, nth) => (nth === 1 ? 'reset' : { body: { data: record('Shot', 1) } }), {
      onCall: (one) => seen.push(one),
    });
    await shotgrid.asPerson({ login: 'ann' }).find('Shot', 1, ['code']);
    expect(seen.map(({ operation, path, status, attempt }) => [operation, path, status, attempt])).toEqual([
      ['token', '/api/v1/auth/access_token', 200, 1],
      ['find', '/api/v1/entity/Shot/1', undefined, 1],
      ['find', '/api/v1/entity/Shot/1', 200, 2],
    ]);
    expect(inspect(seen)).not.toContain(SCRIPT_KEY);
    expect(inspect(seen)).not.toMatch(/Bearer|eyJ/);
  });

  it('that fails does not turn a write that was made into an error', async () => {
    const { shotgrid } = await setUp(() => UPDATED, {
      onCall: () => {
        throw new Error('metrics are down');
      },
    });
    expect(await shotgrid.asPerson({ login: 'ann' }).batch([UPDATE])).toHaveLength(1);
  });
});

describe('secrets', () => {
  const parrot = (asked: Asked): string =>
    `You said ${asked.headers.authorization} and ${asked.body} and ${SCRIPT_KEY}`;

  it.each<[string, (asked: Asked) => Says]>([
    ['400', (asked) => fault(400, 104, parrot(asked))],
    ['404', (asked) => fault(404, 104, 'Not Found', parrot(asked))],
    ['500', (asked) => fault(500, 100, parrot(asked))],
    ['503', (asked) => fault(503, 100, parrot(asked))],
    ['200', (asked) => ({ body: parrot(asked) })],
    ['reset', () => 'reset'],
  ])('are in no error, whatever the site echoes (%s)', async (_, says) => {
    for (const where of ['answer', 'token'] as const) {
      const { site, shotgrid } = await setUp(
        where === 'answer' ? says : () => EMPTY,
        where === 'token' ? { token: says } : {},
      );
      const ann = shotgrid.asPerson({ login: 'ann' });
      for (const call of [ann.batch([UPDATE]), ann.search('Shot', { fields: [] })]) {
        const text = inspect(await rejection(call), { depth: 10, showHidden: true });
        expect(text).not.toContain(SCRIPT_KEY);
        expect(text).not.toContain(new URLSearchParams({ k: SCRIPT_KEY }).toString().slice(2));
        expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\.|Bearer eyJ/);
      }
      expect(site.asked.length).toBeGreaterThan(0);
    }
  });

  it('are not in the client', async () => {
    const { shotgrid } = await setUp(() => EMPTY);
    await shotgrid.asPerson({ login: 'ann' }).search('Shot', { fields: [] });
    expect(inspect([shotgrid, shotgrid.asPerson({ login: 'ann' })], { depth: 10 })).not.toContain(SCRIPT_KEY);
    expect(JSON.stringify([shotgrid, shotgrid.stats])).not.toContain(SCRIPT_KEY);
  });
});

describe('the site', () => {
  it.each([
    'https://x.example/path',
    'https://u:p@x.example',
    'ftp://x.example',
    'https://x.example/?a=b',
    'x.example',
  ])('is not %j', (siteUrl) => {
    const create = (): unknown => createShotgrid({ siteUrl, scriptName: 's', scriptKey: 'k', now: () => new Date() });
    expect(create).toThrow(TypeError);
  });

  it('may be proved absent: nothing answers, and the error says so in words', async () => {
    const gone = await startLocalSite(() => EMPTY);
    await gone.close();
    const shotgrid = connect(gone);
    cleanUps.push(() => shotgrid.close());
    const error = await rejection(shotgrid.asPerson({ login: 'ann' }).batch([UPDATE]));
    expect(error).toMatchObject({ code: 'shotgrid_unavailable', reason: 'unreachable', failure: 'ECONNREFUSED' });
    expect(shotgrid.slept).toHaveLength(2);
  });

  it('is not spoken to after closing', async () => {
    const { site, shotgrid } = await setUp(() => EMPTY);
    await shotgrid.close();
    expect(await rejection(shotgrid.asScript().search('Shot', { fields: [] }))).toMatchObject({ reason: 'closed' });
    expect(site.asked).toHaveLength(0);
  });
});
