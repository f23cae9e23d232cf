/** Whatever the server leans on goes away, for real: nothing is done without it, and nothing is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { hasPostgres, startOwnPostgres, type Postgres } from '../support/postgres.ts';
import { openDatabase, type Database } from '../../src/database/open.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, expectUnchanged, type Auditor } from '../support/auditor.ts';
import { databases } from '../support/databases.ts';
import { createPerson, encodeForm, type Person } from '../support/person.ts';
import { startOwnRedis, type OwnRedis } from '../support/redis-server.ts';
import { describeWithRedis } from '../support/redis.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe.each(databases)('a log that cannot be written ($name)', ({ dialect, create }) => {
  let server: TestServer;
  let saboteur: Database;
  let auditor: Auditor;
  let artist: Person;

  beforeAll(async () => {
    server = await startTestServer({ databaseUrl: await create(), environment: { RUN_CONCURRENCY: '1' } });
    saboteur = await openDatabase(server.databaseUrl, { migrate: false });
    auditor = createAuditor(server);
  });
  beforeEach(() => {
    server.studio.site.reset();
    artist = createPerson(server, 'artist');
  });
  afterEach(mend);
  afterAll(async () => {
    await server.close();
    await saboteur.close();
  });

  /** From now on every new record fails in the database itself, as on a full disk. */
  async function sabotage(): Promise<void> {
    if (dialect === 'sqlite') {
      await sql`create trigger sabotage before insert on audit_records begin select raise(abort, 'disk full'); end`.execute(
        saboteur.db,
      );
      return;
    }
    await sql`create or replace function sabotage() returns trigger language plpgsql as
      $$ begin raise exception 'disk full'; end $$`.execute(saboteur.db);
    await sql`create trigger sabotage before insert on audit_records
      for each statement execute function sabotage()`.execute(saboteur.db);
  }

  async function mend(): Promise<void> {
    if (dialect === 'sqlite') await sql`drop trigger if exists sabotage`.execute(saboteur.db);
    else await sql`drop trigger if exists sabotage on audit_records`.execute(saboteur.db);
  }

  /** Expects the refusal and an unchanged site; the refusal itself can only be logged now. */
  async function refused(attempt: () => Promise<Answer>): Promise<Answer> {
    const { site } = server.studio;
    const before = site.snapshot();
    await sabotage();
    const answer = await attempt();
    await mend();
    expect({ status: answer.status, code: answer.code }).toEqual({ status: 503, code: 'audit_unavailable' });
    expectUnchanged(site.snapshot(), before);
    // Asking what is allowed is no write: the site takes it back and answers 404.
    expect(site.calls.filter(({ path, status }) => path.includes('_batch') && status === 200)).toEqual([]);
    const lines = server.lines.filter((line) => line.includes(answer.reference!));
    expect(lines.join('')).toContain('a refusal could not be recorded');
    expect(await auditor.verify()).toMatchObject({ intact: true });
    return answer;
  }

  it('takes no click: the launch is not kept, and the same click works later', async () => {
    const form = await artist.formFor([6933]);
    const answer = await refused(() => artist.send(form));
    expect(answer.setCookies).toEqual([]);
    expect(answer.text).not.toContain('/launches/');
    expect(await artist.finish(await artist.confirm(await artist.follow(await artist.send(form))))).toMatchObject({
      counts: { done: 1 },
    });
  });

  it('lets nobody in', async () => {
    await refused(() => artist.visit('/login'));
    expect((await artist.get('/')).isSignedIn).toBe(false);
  });

  it('shows no preview', async () => {
    const launch = await artist.click([6933]);
    await artist.visit('/login');
    await refused(() => artist.follow(launch));
    expect((await artist.follow(launch)).tally).toMatchObject({ changes: 1 });
  });

  it('lets nothing be changed, and says so; the confirmation works once the log does', async () => {
    const preview = await artist.follow(await artist.click([6933, 6934]));
    const answer = await refused(() => artist.confirm(preview));
    expect(answer.text).toContain('nothing is done without a record of it');
    expect((await artist.get(preview.url.pathname)).status).toBe(200);
    expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 2 } });
  });

  it('holds the next batch back until what became of the last one is recorded', async () => {
    const { site } = server.studio;
    const ids = Array.from({ length: 60 }, (_, index) => 6933 + index);
    for (const id of ids) site.setField('Version', id, 'sg_status_list', 'rev');
    const written = () => site.rows('Version').filter((row) => row['sg_status_list'] === 'apr').length;
    const preview = await artist.follow(await artist.click(ids));
    site.inject({ kind: 'slow', path: '_batch', delayMs: 1_000 });
    const sent = () => site.calls.filter(({ path }) => path.includes('_batch')).length;
    const asked = sent();
    const confirmed = await artist.confirm(preview);
    await until(() => sent() > asked);
    await sabotage();
    const troubles = () => server.lines.filter((line) => line.includes('a run has trouble')).length;
    const before = troubles();
    await until(() => troubles() > before + 1);
    expect(written()).toBe(50);
    await mend();
    expect(await artist.finish(confirmed)).toMatchObject({ counts: { done: 60 } });
    expect(written()).toBe(60);
    expect(await auditor.verify()).toMatchObject({ intact: true });
  });

  it('that is gone altogether stops everything too', async () => {
    const preview = await artist.follow(await artist.click([6933]));
    const before = server.studio.site.snapshot();
    await sql`alter table audit_records rename to audit_records_gone`.execute(saboteur.db);
    try {
      expect(await artist.confirm(preview)).toMatchObject({ status: 503, code: 'audit_unavailable' });
      expectUnchanged(server.studio.site.snapshot(), before);
    } finally {
      await sql`alter table audit_records_gone rename to audit_records`.execute(saboteur.db);
    }
  });
});

async function ready(server: TestServer): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, body: await response.text() };
}

describe('a site or a provider that is away', () => {
  let server: TestServer;
  let auditor: Auditor;
  let artist: Person;
  let clock = 0;

  beforeAll(async () => {
    server = await startTestServer({ overrides: { now: () => new Date(Date.now() + clock) } });
    auditor = createAuditor(server);
  });
  beforeEach(() => {
    clock = 0;
    server.studio.site.reset();
    server.studio.idp.reset();
    artist = createPerson(server, 'artist');
  });
  afterAll(() => server.close());

  it.each(['unavailable', 'bad_gateway', 'drop', 'rate_limited', 'server_error', 'blocked', 'empty'] as const)(
    'ShotGrid answers %s: there is no preview and no run, and the click waits',
    async (kind) => {
      const { site } = server.studio;
      const launch = await artist.click([6933]);
      const refusal = { code: 'shotgrid_unavailable', status: 503 };
      const down = async (attempt: () => Promise<Answer>): Promise<Answer> => {
        site.inject({ kind, path: 'HumanUser/_search', count: 3 });
        const answer = await attempt();
        site.clearFaults();
        return answer;
      };
      await auditor.refusal({ ...refusal, type: 'plan.failed' }, () => down(() => artist.follow(launch)));
      const preview = await artist.follow(launch);
      await auditor.refusal({ ...refusal, type: 'run.refused' }, () => down(() => artist.confirm(preview)));
      expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 1 } });
    },
  );

  it('a light click is refused while ShotGrid cannot be asked about it', async () => {
    const { site } = server.studio;
    const [light] = await artist.formFor([6933], 'Approve (light payload)');
    await auditor.refusal({ code: 'shotgrid_unavailable', status: 503, type: 'click.refused' }, async () => {
      site.inject({ kind: 'unavailable', path: 'event_log|EventLog', count: 3 });
      const answer = await artist.get(`/ami/approve?${encodeForm([light!])}`);
      site.clearFaults();
      return answer;
    });
  });

  it('nobody is sent to a provider that is down', async () => {
    const { idp } = server.studio;
    const launch = await artist.click([6933]);
    await auditor.visitOnce();
    await auditor.refusal({ code: 'idp_unavailable', status: 503, type: 'login.failed' }, async () => {
      idp.pause();
      // The provider was seen alive a moment ago.
      clock = 11_000;
      const answer = await artist.follow(launch);
      clock = 0;
      idp.resume();
      return answer;
    });
    expect((await artist.follow(launch)).tally).toMatchObject({ changes: 1 });
  });

  it('a provider that goes down before the code is redeemed leaves the click waiting', async () => {
    const { idp } = server.studio;
    const launch = await artist.click([6933]);
    const login = await artist.get(`/login?return_to=${encodeURIComponent(launch.location!.pathname)}`);
    const callback = await artist.walkProvider(login.location!);
    await auditor.visitOnce();
    await auditor.refusal({ code: 'idp_unavailable', status: 503, type: 'login.failed' }, async () => {
      idp.pause();
      const answer = await artist.get(`${callback.pathname}${callback.search}`);
      idp.resume();
      return answer;
    });
    expect((await artist.follow(launch)).tally).toMatchObject({ changes: 1 });
  });

  it('readiness names whoever is away', async () => {
    const { idp, site } = server.studio;
    expect((await ready(server)).status).toBe(200);
    clock = 30_000;
    idp.pause();
    site.inject({ kind: 'unavailable', count: 1 });
    const { status, body } = await ready(server);
    idp.resume();
    site.clearFaults();
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({
      parts: {
        database: { ok: true },
        audit: { ok: true },
        sessions: { ok: true },
        idp: { ok: false },
        shotgrid: { ok: false },
      },
    });
  });
});

describeWithRedis('a session store that is away', () => {
  let redis: OwnRedis;
  let server: TestServer;
  beforeAll(async () => {
    redis = await startOwnRedis();
    server = await startTestServer({ redisUrl: `${redis.url}/0` });
  });
  afterAll(async () => {
    await server.close();
    await redis.remove();
  });

  it('stops previews and confirmations, takes clicks all the same, and asks to sign in again when it is back', async () => {
    const { site } = server.studio;
    const auditor = createAuditor(server);
    const artist = createPerson(server, 'artist');
    const preview = await artist.follow(await artist.click([6933]));
    const refusal = { code: 'store_unavailable', status: 503 };
    const down = (attempt: () => Promise<Answer>) => async (): Promise<Answer> => {
      await redis.stop();
      const answer = await attempt();
      await redis.restart();
      await until(async () => (await ready(server)).status === 200);
      return answer;
    };
    await auditor.refusal(
      { ...refusal, type: 'run.refused' },
      down(() => artist.confirm(preview)),
    );
    await artist.visit('/login');
    await auditor.refusal(
      { ...refusal, type: 'plan.failed' },
      down(() => artist.get(preview.url.pathname)),
    );

    await redis.stop();
    const taken = await artist.click([6934]);
    expect(taken.status).toBe(303);
    expect((await ready(server)).body).toContain('"sessions":{"ok":false');
    await redis.restart();
    await until(async () => (await ready(server)).status === 200);
    expect(await artist.finish(await artist.confirm(await artist.follow(taken)))).toMatchObject({
      counts: { done: 1 },
    });
    expect(site.rows('Version').slice(0, 2)).toMatchObject([{ sg_status_list: 'rev' }, { sg_status_list: 'apr' }]);
  });
});

const describeWithPostgres = hasPostgres() ? describe : describe.skip;
describeWithPostgres('a database that crashes', () => {
  let postgres: Postgres;
  let server: TestServer;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    server = await startTestServer({ databaseUrl: postgres.url() });
  });
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });

  it('stops everything with a page, and everything goes on when it is back', async () => {
    const { site } = server.studio;
    const artist = createPerson(server, 'artist');
    const preview = await artist.follow(await artist.click([6933]));
    const form = await artist.formFor([6934]);
    const before = site.snapshot();
    await postgres.crash();
    for (const answer of [
      await artist.confirm(preview),
      await artist.get(preview.url.pathname),
      await artist.send(form),
      await artist.get('/login?prompt=login'),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.code).toMatch(/^(store|audit)_unavailable$/);
    }
    expect((await ready(server)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expectUnchanged(site.snapshot(), before);
    await postgres.restart();
    await until(async () => (await ready(server)).status === 200);
    expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 1 } });
    expect(await createAuditor(server).verify()).toMatchObject({ intact: true });
  });
});
