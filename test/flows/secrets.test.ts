/** After journeys of every kind: nothing that opens anything is in what the server wrote. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { newSecret } from '../../infra/studio/start.ts';
import { openDatabase } from '../../src/database/open.ts';
import { newKey } from '../audit/logs.ts';
import { createAuditor } from '../support/auditor.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { cancelAtIdp } from '../support/idp-login.ts';
import { createPerson, resign, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const SESSION_SECRETS = [newSecret(), newSecret()];
const { privatePem } = newKey();
/** Where what a server wrote is looked through. */
const PLACES = ['the log', 'the pages', 'the audit records', 'the database file', 'the sink', 'the checkpoints'];

let folder: string;

let gateway: Gateway;
let server: TestServer;
/** What opens something, by a name for it. */
const secrets: [string, string][] = [];
let written: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-secrets-'));
  const files = { sink: join(folder, 'sink.jsonl'), checkpoints: join(folder, 'checkpoints') };
  gateway = await startGateway();
  server = await startTestServer({
    environment: {
      SHOTGRID_URL: gateway.url,
      SESSION_SECRETS: SESSION_SECRETS.join(),
      AUDIT_SINK_FILE: files.sink,
      AUDIT_CHECKPOINT_FILE: files.checkpoints,
      AUDIT_CHECKPOINT_KEYS: privatePem,
      AUDIT_CHECKPOINT_EVERY_RECORDS: '10',
    },
    overrides: { approvalPollMs: 20 },
  });
  gateway.target = server.studio.site.url;
  const { environment } = server.studio;
  for (const name of ['SHOTGRID_SCRIPT_KEY', 'AMI_SECRET_TOKENS', 'OIDC_CLIENT_SECRET'] as const)
    secrets.push([name, environment[name]!]);
  secrets.push(...SESSION_SECRETS.map((secret): [string, string] => ['a session secret', secret]));

  // The middle of the key's text, which no two keys share.
  secrets.push(['a checkpoint key', privatePem.split('\n')[1]!.slice(-44)]);

  const people = await journeys();
  for (const person of people)
    secrets.push(...person.cookieValues.map((value): [string, string] => ['a cookie', value]));
  secrets.push(...gateway.tokens.map((token): [string, string] => ['an access token', token]));
  secrets.push(...gateway.sessionTokens.map((token): [string, string] => ['a session in ShotGrid', token]));

  await server.drain();
  written = {
    'the log': server.lines.join(''),
    'the pages': people.flatMap(({ received }) => received).join('\n'),
    ...(await storedIn(server.databaseUrl)),
    'the sink': await readFile(files.sink, 'utf8'),
    'the checkpoints': await readFile(files.checkpoints, 'utf8'),
  };
});
afterAll(async () => {
  await server.close();
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

async function storedIn(url: string): Promise<Readonly<Record<string, string>>> {
  const database = await openDatabase(url, { migrate: false });
  const records = await sql<{ line: string }>`select line from audit_records`.execute(database.db);
  await sql`pragma wal_checkpoint(truncate)`.execute(database.db);
  await database.close();
  return {
    'the audit records': records.rows.map(({ line }) => line).join('\n'),
    'the database file': await readFile(url.slice('file:'.length), 'latin1'),
  };
}

/** Good ones, bad ones, and those in which something breaks. */
async function journeys(): Promise<readonly Person[]> {
  const { site, idp, facts } = server.studio;
  const artist = createPerson(server, 'artist');
  const manager = createPerson(server, 'manager');
  const auditor = createAuditor(server);
  const change = (changes: Readonly<Record<string, string>> = {}, from = artist) =>
    from
      .formFor([6933, 6934])
      .then((form) => resign(form, facts.amiSecretToken, { server_hostname: gateway.host, ...changes }));

  // Signing in, by hand for once, to see the code that the provider gives.
  const launch = await artist.send(await change());
  const login = await artist.get(`/login?return_to=${launch.location!.pathname}`);
  const callback = await artist.walkProvider(login.location!);
  secrets.push(['an authorization code', callback.searchParams.get('code')!]);
  await artist.get(`${callback.pathname}${callback.search}`);
  await artist.get(`${callback.pathname}${callback.search}`);
  await artist.finish(await artist.confirm(await artist.follow(launch)));

  await artist.send(await change({ timestamp: '2020-01-01T00:00:00Z' }));
  await artist.send((await change()).slice(1));
  await artist.send(resign(await change(), newSecret()));
  const used = await change();
  await artist.send(used);
  await artist.send(used);
  await artist.post('/ami/approve', {
    body: JSON.stringify(await change()),
    headers: { 'content-type': 'text/plain' },
  });
  await manager.follow(await manager.send(await change()));

  const cancelled = await manager.get('/login?prompt=login');
  const cancel = await cancelAtIdp(cancelled.location!, createCookieJar());
  await manager.get(`${cancel.pathname}${cancel.search}`);
  idp.bendIdTokens((claims) => ({ ...claims, aud: 'somebody-else' }));
  await manager.visit('/login?prompt=login');
  idp.reset();

  for (const kind of ['unauthorized', 'server_error', 'drop', 'empty', 'blocked'] as const) {
    const preview = await artist.follow(await artist.send(await change({ selected_ids: '6935,6936,6937,6938' })));
    site.inject({ kind, path: 'access_token|_search', count: 4 });
    await artist.get(preview.url.pathname);
    site.clearFaults();
    await artist.post(`${preview.url.pathname}/run`, { form: [['csrf', 'wrong']] });
  }
  gateway.alterTokenForm = (form) => form.set('client_secret', 'wrong');
  await artist.follow(await artist.send(await change()));
  gateway.alterTokenForm = () => undefined;

  const otto = await ownSessions();
  await auditor.records({});
  await auditor.verify();
  // All that the auditors' pages can show of what was recorded.
  for (const { seq } of await auditor.records({ limit: '500' })) await auditor.person.get(`/audit/records/${seq}`);
  for (const format of ['csv', 'jsonl', 'ecs', 'log']) await auditor.person.get(`/audit/export?format=${format}`);
  const desk = await auditor.person.get('/audit/reconcile');
  await auditor.person.post('/audit/reconcile', {
    form: [
      ...desk.form('/audit/reconcile').fields,
      ['from', new Date(Date.now() - 86_400_000).toISOString()],
      ['to', new Date().toISOString()],
    ],
  });
  for (const path of [
    '/audit?from=yesterday',
    '/',
    '/readyz',
    '/audit',
    '/nope',
    '/launches/nope',
    '/runs/nope',
    '/login/callback?code=x&state=y',
  ])
    await auditor.person.get(path);

  // Not among the people whose pages are looked through: the address that ends the provider's session carries the ID token.
  const leaver = createPerson(server, 'admin.flag-on');
  await leaver.visit('/login');
  const { action, fields } = (await leaver.get('/')).form('/logout');
  const away = await leaver.post(action, { form: fields });
  secrets.push(['an ID token', away.location!.searchParams.get('id_token_hint')!]);
  return [artist, manager, otto, auditor.person];

  /** Approves, has it done and undone, is approved by somebody else, and loses the session in the middle of a click. */
  async function ownSessions(): Promise<Person> {
    const person = createPerson(server, 'admin.flag-off');
    for (const id of [6933, 6934]) site.setField('Version', id, 'sg_status_list', 'rev');
    const approveAs = async (login: string) => {
      const page = await person.follow(await person.send(await change({}, person)));
      const id = /app_session_request\/(\w+)/.exec(page.text)![1]!;
      site.approveApp(id, login);
      const path = `${page.url.pathname}/approval`;
      await until(async () => ((await person.json(path)).json as { state: string }).state !== 'waiting');
      return person.get(page.url.pathname);
    };
    await approveAs('manager');
    const confirmed = await person.confirm(await approveAs('admin.flag-off'));
    await person.finish(confirmed);
    const undo = (await person.get(`${confirmed.location!.pathname}/undo`)).form('/undo');
    await person.finish(await person.post(undo.action, { form: undo.fields }));
    gateway.alterTokenForm = (form) => {
      if (form.has('session_token')) form.set('session_token', `${form.get('session_token')}x`);
    };
    site.inject({ kind: 'unauthorized', path: '_batch', count: 4 });
    await person.follow(await person.send(await change({}, person)));
    site.clearFaults();
    gateway.alterTokenForm = () => undefined;
    await approveAs('admin.flag-off');
    await person.get('/account');
    return person;
  }
}

describe('what the server wrote', () => {
  it('was looked for everywhere, and is all there', () => {
    expect(new Set(secrets.map(([what]) => what))).toEqual(
      new Set([
        'SHOTGRID_SCRIPT_KEY',
        'AMI_SECRET_TOKENS',
        'OIDC_CLIENT_SECRET',
        'a session secret',
        'a checkpoint key',
        'a cookie',
        'an access token',
        'a session in ShotGrid',
        'an authorization code',
        'an ID token',
      ]),
    );
    for (const [what, secret] of secrets.filter(([, value]) => value !== '')) {
      expect([what, secret.length]).toEqual([what, expect.any(Number)]);
      expect(secret.length).toBeGreaterThan(30);
    }
    expect(Object.keys(written)).toEqual(PLACES);
    for (const [where, text] of Object.entries(written))
      expect([where, text.includes(where === 'the checkpoints' ? '"signature":' : 'approve')]).toEqual([where, true]);
    expect(written['the log']).toContain('"level":20');
  });

  it.each(PLACES)('%s holds no secret', (where) => {
    const text = written[where]!;
    const found = secrets.filter(([, secret]) => secret !== '' && holds(text, secret)).map(([what]) => what);
    expect(found).toEqual([]);
  });

  it.each(PLACES)('%s holds no token of anybody', (where) => {
    expect(written[where]!.match(/eyJ[\w-]{5,}\.eyJ[\w-]{5,}/g) ?? []).toEqual([]);
  });
});

/** As it is, as part of an address, or in base64. */
function holds(text: string, secret: string): boolean {
  return [secret, encodeURIComponent(secret), decodeURIComponent(secret), Buffer.from(secret).toString('base64')].some(
    (form) => text.includes(form),
  );
}
