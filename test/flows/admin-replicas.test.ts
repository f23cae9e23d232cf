/** What is switched off at one of two servers, over one PostgreSQL, is off at the other before anybody has crossed the room. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { parseConfig } from '../../src/config/config.ts';
import { startServer, type RunningServer } from '../../src/web/server.ts';
import { createPerson, type Person } from '../support/person.ts';
import { hasPostgres, startOwnPostgres, type Postgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const SECRETS = 'one secret for both servers and long enough to sign';
const WITHIN_MS = 2_000;

const describeWithPostgres = hasPostgres() ? describe : describe.skip;
describeWithPostgres('of two servers', () => {
  let postgres: Postgres | undefined;
  let here: TestServer | undefined;
  let there: RunningServer | undefined;
  let admin: Person;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    here = await startTestServer({ databaseUrl: postgres.url(), environment: { SESSION_SECRETS: SECRETS } });
    const port = await freePort();
    const { config, secrets } = parseConfig(
      {
        ...here.studio.environment,
        PUBLIC_URL: here.url,
        PORT: String(port),
        SESSION_SECRETS: SECRETS,
        DATABASE_URL: here.databaseUrl,
      },
      () => '',
    );
    there = await startServer(config, secrets, pino({ level: 'silent' }));
    admin = createPerson(here, 'admin.flag-on');
    await admin.visit('/admin');
  });
  afterAll(async () => {
    await there?.drain();
    await here?.close();
    await postgres?.stop();
  });

  const turn = async (path: string): Promise<void> => {
    const { action, fields } = (await admin.get(path)).form(path);
    const { status } = await admin.post(action, { form: [...fields, ['reason', 'moving house']] });
    expect(status).toBe(303);
  };
  /** A proxy in front of both would hand on the name that both are known by. */
  const known = (headers: Readonly<Record<string, string>> = {}) => ({ host: new URL(here!.url).host, ...headers });
  /** The same browser, whose cookies go to every port of this machine, at the other server. */
  const atTheOther = (person: Person): Person =>
    createPerson({ url: `http://localhost:${there!.port}`, studio: here!.studio }, person.login, { jar: person.jar });

  it('the other refuses an action within two seconds, and takes it again as soon', async () => {
    const artist = atTheOther(createPerson(here!, 'artist'));
    const headers = known({ origin: here!.studio.site.url, 'sec-fetch-site': 'cross-site' });
    const click = async () =>
      artist.post('/ami/approve', { form: await artist.formFor([6933]), cookies: false, headers });
    expect((await click()).status).toBe(303);
    await turn('/admin/actions/approve');
    await until(async () => (await click()).code === 'action_off', WITHIN_MS);
    await turn('/admin/actions/approve');
    await until(async () => (await click()).status === 303, WITHIN_MS);
  });

  it('the other confirms nothing at all from the very moment that all changes are refused', async () => {
    const artist = createPerson(here!, 'artist');
    const preview = await artist.follow(await artist.click([6934]));
    const { action, fields } = preview.form('/run');
    const other = atTheOther(artist);
    // It has just looked, and will not look again for a second.
    expect((await other.get(preview.url.pathname, { headers: known() })).text).not.toContain('data-refusal');
    await turn('/admin/read-only');
    const refused = await other.post(action, { form: fields, headers: known({ origin: here!.url }) });
    expect([refused.status, refused.code]).toEqual([403, 'read_only']);
    await until(
      async () =>
        (await other.get(preview.url.pathname, { headers: known() })).text.includes('data-refusal="read_only"'),
      WITHIN_MS,
    );
    await turn('/admin/read-only');
    const confirmed = await artist.confirm(preview);
    expect((await artist.finish(confirmed)).counts).toMatchObject({ done: 1 });
  });
});
