/** Signing out at the identity provider: what it ends here, and who cannot make it end anything. */
import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson } from '../support/person.ts';
import { describeWithRedis, freshRedisUrl } from '../support/redis.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const PATH = '/logout/backchannel';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let server: TestServer;
let auditor: Auditor;
beforeAll(async () => {
  server = await startTestServer();
  auditor = createAuditor(server);
  await auditor.visitOnce();
});
beforeEach(() => {
  server.studio.site.reset();
  server.studio.idp.reset();
});
afterAll(() => server.close());

const isIn = async (person: ReturnType<typeof createPerson>) => (await person.get('/')).isSignedIn;

describe('a sign-out at the provider', () => {
  it('ends every session of the person and nobody else’s, drops what waits, and leaves a record', async () => {
    const [desk, laptop, manager] = [
      createPerson(server, 'artist'),
      createPerson(server, 'artist'),
      createPerson(server, 'manager'),
    ];
    const preview = await desk.follow(await desk.click([6933]));
    for (const person of [laptop, manager]) await person.visit('/account');
    await server.studio.idp.signOutEverywhere('artist');
    expect(await Promise.all([desk, laptop, manager].map(isIn))).toEqual([false, false, true]);

    // The click is over, also for its own person in its own browser.
    expect(await desk.follow(await desk.confirm(preview))).toMatchObject({ status: 410, code: 'launch_expired' });
    const records = await auditor.records({ type: 'logout.back_channel' });
    expect(records).toHaveLength(2);
    expect(records.map(({ details }) => details?.['sessions'])).toEqual([1, 1]);
    expect(records.map(({ details }) => Number(details?.['launches'])).sort()).toEqual([0, 1]);
    expect(records[0]).toMatchObject({ person: { login: 'artist', proven: true }, outcome: 'success' });
    expect(records[0]!.details).toMatchObject({ by: 'sid', people: ['artist'] });
  });

  it('in one browser leaves the person’s other browsers signed in', async () => {
    const [desk, laptop] = [createPerson(server, 'artist'), createPerson(server, 'artist')];
    for (const person of [desk, laptop]) await person.visit('/account');
    const [first, second] = server.studio.idp.sidsOf('artist');
    expect(await tell({ sub: 'person-artist', sid: first })).toMatchObject({ status: 200, text: '' });
    expect(await Promise.all([desk, laptop].map(isIn))).toEqual([false, true]);
    // A provider that names the session alone.
    expect(await tell({ sid: second })).toMatchObject({ status: 200 });
    expect(await isIn(laptop)).toBe(false);
  });

  it('lets a run in progress go on', async () => {
    const artist = createPerson(server, 'artist');
    server.studio.site.setField('Version', 6933, 'sg_status_list', 'rev');
    const confirmed = await artist.confirm(await artist.follow(await artist.click([6933])));
    await tell({ sub: 'person-artist' });
    expect(await isIn(artist)).toBe(false);
    await artist.visit(confirmed.location!.pathname);
    expect(await artist.finish(confirmed)).toMatchObject({ counts: { done: 1 } });
  });

  it('of somebody who is not signed in here is no mistake', async () => {
    expect(await tell({ sub: 'person-nobody' })).toMatchObject({ status: 200 });
  });
});

describe('a logout token is refused, and ends nothing, when', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const lies: Readonly<Record<string, [reason: string, make: () => Promise<string> | string]>> = {
    'it is none': ['no logout token', () => 'x.y.z'],
    'there is none': ['no logout token', () => ''],
    'its algorithm is none': ['not signed', () => unsigned({})],
    'it is signed with another key': ['not signed', () => forged({}, (input) => rs256(input, STRANGER))],
    'it is signed with another key of the same id': [
      'not signed',
      async () => forged({}, (input) => rs256(input, STRANGER), { kid: await kid() }),
    ],
    'the provider’s public key served as a shared secret': [
      'not signed',
      async () =>
        forged({}, (input) => createHmac('sha256', 'public').update(input).digest('base64url'), {
          alg: 'HS256',
          kid: await kid(),
        }),
    ],
    'it comes from another issuer': ['not from the identity provider', () => honest({ iss: 'https://evil.example' })],
    'it is for another application': ['another application', () => honest({ aud: 'somebody-else' })],
    'it has a nonce': ['nonce', () => honest({ nonce: 'n' })],
    'it has expired': ['not of this moment', () => honest({ iat: seconds() - 300, exp: seconds() - 120 })],
    'it is old, and says that it is good for years': [
      'not of this moment',
      () => honest({ iat: seconds() - 86_400, exp: seconds() + 86_400_000 }),
    ],
    'it is from the future': ['not of this moment', () => honest({ iat: seconds() + 300, exp: seconds() + 420 })],
    'it names no event': ['something else', () => honest({ events: {} })],
    'it names another event': ['something else', () => honest({ events: { 'http://example.com/event': {} } })],
    'its event is no object': ['something else', () => honest({ events: { [EVENT]: 'yes' } })],
    'its events are a list': ['something else', () => honest({ events: [EVENT] })],
    'it has no number': ['lacks a claim', () => honest({ jti: undefined })],
    'its number is no text': ['lacks a claim', () => honest({ jti: 7 })],
    'it has no time': ['lacks a claim', () => honest({ iat: undefined })],
    'it has no end': ['lacks a claim', () => honest({ exp: undefined })],
    'it names nobody': ['lacks a claim', () => honest({ sub: undefined })],
    'its person is no text': ['lacks a claim', () => honest({ sub: ['person-artist'] })],
    'it says that it is something else': ['something else', () => honest({}, { typ: 'at+jwt' })],
    'it is longer than any': ['no logout token', () => honest({ filler: 'x'.repeat(20_000) })],
  };

  it.each(Object.keys(lies))('%s', async (which) => {
    const [reason, make] = lies[which]!;
    const artist = createPerson(server, 'artist');
    await artist.visit('/account');
    const answer = await send(await make());
    expect(answer.status).toBe(400);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining(reason),
      code: 'logout_token_invalid',
    });
    const [record] = await auditor.records({ reference: answer.reference! });
    expect(record).toMatchObject({ type: 'logout.refused', outcome: 'refused', code: 'logout_token_invalid' });
    expect(await isIn(artist)).toBe(true);
  });

  it('it was used before, at whatever spelling of its claims', async () => {
    const jti = randomBytes(8).toString('hex');
    expect(await tell({ sub: 'person-artist', jti })).toMatchObject({ status: 200 });
    const artist = createPerson(server, 'artist');
    await artist.visit('/account');
    const again = await tell({ sub: 'person-artist', jti });
    expect(again.json).toMatchObject({ error_description: expect.stringContaining('used before') });
    expect(await isIn(artist)).toBe(true);
  });

  it('it is an ID token of the person', async () => {
    const artist = createPerson(server, 'artist');
    await artist.visit('/account');
    const answer = await send(honest({ events: undefined, nonce: 'n' }, { typ: 'JWT' }));
    expect(answer).toMatchObject({ status: 400, code: 'logout_token_invalid' });
    expect(await isIn(artist)).toBe(true);
  });

  it.each([
    ['a body of a megabyte', 'x'.repeat(1_048_576), 'application/x-www-form-urlencoded'],
    ['JSON', '{"logout_token":"x"}', 'application/json'],
    ['two tokens', 'logout_token=a&logout_token=b', 'application/x-www-form-urlencoded'],
  ])('it is sent as %s', async (_how, body, type) => {
    const answer = await createPerson(server, 'artist').post(PATH, { body, headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 400, code: 'logout_token_invalid' });
  });

  it('it is asked for by GET: there is no such page', async () => {
    expect(await createPerson(server, 'artist').get(`${PATH}?logout_token=x`)).toMatchObject({ status: 404 });
  });

  it('the provider’s keys cannot be had; afterwards the same token is good', async () => {
    await server.drain();
    await server.start();
    const artist = createPerson(server, 'artist');
    await artist.visit('/account');
    await server.drain();
    await server.start();
    const token = honest({ sub: 'person-artist' });
    server.studio.idp.pause();
    try {
      expect(await send(token)).toMatchObject({ status: 400, code: 'idp_unavailable' });
    } finally {
      server.studio.idp.resume();
    }
    expect(await isIn(artist)).toBe(true);
    expect(await send(token)).toMatchObject({ status: 200 });
    expect(await isIn(artist)).toBe(false);
  });
});

describe('a server that is told to stop runs at a logout', () => {
  it('stops them before their next batch, and says why in the record', async () => {
    await server.drain();
    await server.start({ LOGOUT_RUNS: 'stop', RUN_BATCH_ROWS: '1', RUN_CONCURRENCY: '1' });
    const { site } = server.studio;
    const ids = Array.from({ length: 30 }, (_, at) => 6933 + at);
    for (const id of ids) site.setField('Version', id, 'sg_status_list', 'rev');
    const artist = createPerson(server, 'artist');
    const preview = await artist.follow(await artist.click(ids));
    site.inject({ kind: 'slow', path: '_batch', delayMs: 150, count: 30 });
    const confirmed = await artist.confirm(preview);
    await tell({ sub: 'person-artist' });
    await artist.visit(confirmed.location!.pathname);
    const run = await artist.finish(confirmed);
    expect(run.status).toBe('cancelled');
    expect(run.counts['done'] ?? 0).toBeLessThan(30);
    const [record] = await auditor.records({ type: 'run.cancelled' });
    expect(record?.details).toMatchObject({ runOf: 'artist', because: 'logout' });
    await server.drain();
    await server.start();
  });
});

describeWithRedis('two replicas with sessions in Redis', () => {
  it('both forget whom the provider signs out', async () => {
    const redisUrl = await freshRedisUrl();
    await server.drain();
    await server.start({ REDIS_URL: redisUrl });
    const artist = createPerson(server, 'artist');
    await until(async () => (await artist.json('/readyz')).status === 200);
    await artist.visit('/account');
    // Another process in place of the first: it has nothing of it but Redis and the database.
    await server.drain();
    await server.start({ REDIS_URL: redisUrl });
    await until(async () => (await artist.json('/readyz')).status === 200);
    expect(await isIn(artist)).toBe(true);
    expect(((await artist.json('/account')).json as { sessions: unknown[] }).sessions).toHaveLength(1);
    await server.studio.idp.signOutEverywhere('artist');
    expect(await isIn(artist)).toBe(false);
    await server.drain();
    await server.start();
  });
});

const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

type Claims = Readonly<Record<string, unknown>>;

function claimsOf(changes: Claims): Claims {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: server.studio.idp.url,
    aud: 'understudy',
    sub: 'person-artist',
    iat: now,
    exp: now + 120,
    jti: randomBytes(8).toString('hex'),
    events: { [EVENT]: {} },
    ...changes,
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function rs256(input: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(input), key).toString('base64url');
}

function forged(changes: Claims, signature: (input: string) => string, header: Claims = {}): string {
  const input = `${encode({ alg: 'RS256', typ: 'logout+jwt', ...header })}.${encode(claimsOf(changes))}`;
  return `${input}.${signature(input)}`;
}

function unsigned(changes: Claims): string {
  return `${encode({ alg: 'none', typ: 'logout+jwt' })}.${encode(claimsOf(changes))}.`;
}

/** Signed by the provider itself, whatever it says. */
function honest(changes: Claims, header: Claims = {}): string {
  return server.studio.idp.signLogoutToken(claimsOf(changes), header);
}

async function kid(): Promise<string> {
  const answer = (await (await fetch(`${server.studio.idp.url}/jwks`)).json()) as { keys: { kid: string }[] };
  return answer.keys[0]!.kid;
}

function send(token: string) {
  return createPerson(server, 'artist').post(PATH, {
    form: [['logout_token', token]],
    cookies: false,
    headers: { origin: server.studio.idp.url, 'sec-fetch-site': 'cross-site' },
  });
}

/** As the provider tells it; without `sub`, of a session alone. */
function tell(claims: Claims) {
  return send(honest({ sub: undefined, ...claims }));
}
