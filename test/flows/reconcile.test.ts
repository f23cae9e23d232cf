/** Our log against the event log of the site, with every kind of difference put between them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changesIntended, changesPerformed } from '../../src/audit/events/runs.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { createReconciliation, type Reconciliation, type Span } from '../../src/audit/reconcile-run.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';
import { readScript, readSiteEvents } from '../../src/shotgrid/event-log.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { createPerson } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const HOUR = 3_600_000;

let server: TestServer;
let auditor: Auditor;
let shotgrid: Shotgrid;
let reconciliation: Reconciliation;
let log: ReturnType<typeof createAuditLog>;
const cleanups: (() => Promise<void>)[] = [];

/** The event log is judged when it has settled, so everything here is looked at an hour later. */
const later = (): Date => new Date(Date.now() + HOUR);
const span = (): Span => ({
  from: new Date(Math.floor(Date.now() / HOUR) * HOUR - HOUR),
  to: new Date(Date.now() + 60_000),
});

beforeEach(async () => {
  server = await startTestServer();
  auditor = createAuditor(server);
  const { site } = server.studio;
  shotgrid = createShotgrid({
    siteUrl: site.url,
    scriptName: site.scriptName,
    scriptKey: site.scriptKey,
    now: () => new Date(),
  });
  const database = await openDatabase(server.databaseUrl);
  log = createAuditLog({ database, now: () => new Date() });
  reconciliation = createReconciliation({
    db: database.db,
    log,
    readEvents: (part) => readSiteEvents(shotgrid.asScript(), part),
    readScript: () => readScript(shotgrid.asScript(), site.scriptName),
    now: later,
  });
  cleanups.push(
    () => server.close(),
    () => database.close(),
    () => log.close(),
    () => shotgrid.close(),
  );
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function aRun(ids: readonly number[] = [6933, 6934, 6935]) {
  const artist = createPerson(server, 'artist');
  return artist.finish(await artist.confirm(await artist.follow(await artist.click(ids))));
}
const kinds = (findings: readonly { readonly kind: string }[]) => findings.map(({ kind }) => kind);

describe('a reconciliation', () => {
  it('finds nothing to say about an honest day', async () => {
    await aRun();
    const report = await reconciliation.run(span());
    expect(report).toMatchObject({ isComplete: true, findings: [], rows: 3, clicks: 1 });
    expect(report.siteEvents).toBeGreaterThanOrEqual(3);
    expect(report.blind.join('\n')).not.toContain('not one row');
  });

  it('finds a write with our script that no run explains, by the row of the event log', async () => {
    await aRun([6933]);
    await shotgrid
      .asPerson({ login: 'manager' })
      .batch([{ operation: 'update', entityType: 'Version', id: 6940, data: { description: 'behind its back' } }]);
    const { findings } = await reconciliation.run(span());
    expect(findings).toMatchObject([{ kind: 'write_unexplained', entity: { type: 'Version', id: 6940 } }]);
    const event = server.studio.site.eventLog().at(-1);
    expect(findings[0]?.eventIds).toEqual([event?.id]);
  });

  it('finds rows that are called done and were never written', async () => {
    const run = await aRun([6933, 6934]);
    // The event log of a site that was set back.
    server.studio.site.reset();
    const { findings } = await reconciliation.run(span());
    expect(kinds(findings)).toEqual(['done_not_on_site', 'done_not_on_site']);
    expect(findings[0]).toMatchObject({ runId: run.run, entity: { type: 'Version', id: 6933 }, eventIds: [] });
    expect((await auditor.records({ runId: run.run })).some(({ seq }) => seq === findings[0]?.seq)).toBe(true);
  });

  it('settles what nobody could tell', async () => {
    const context = { person: { login: 'artist', id: 24, proven: true }, runId: 'R', launchId: 'L' };
    const change = (id: number) => ({
      kind: 'update' as const,
      entityType: 'Version',
      id,
      fields: [{ field: 'description', before: null, after: 'x' }],
    });
    await log.append(changesIntended(context, [change(6950), change(6951)]));
    await shotgrid
      .asPerson({ login: 'artist' })
      .batch([{ operation: 'update', entityType: 'Version', id: 6950, data: { description: 'x' } }]);
    const outcomes = [6950, 6951].map((id, position) => ({ ...change(id), position, outcome: 'unknown' as const }));
    await log.append(changesPerformed(context, outcomes));
    const { findings } = await reconciliation.run(span());
    expect(findings.map(({ kind, entity }) => [kind, entity?.id]).sort()).toEqual([
      ['unknown_done', 6950],
      ['unknown_not_done', 6951],
    ]);
  });

  it('finds clicks that ShotGrid saw and we did not, and none that we refused', async () => {
    const artist = createPerson(server, 'artist');
    const lost = await artist.formFor([6933], 'Approve (light payload)');
    expect(lost).toHaveLength(1);
    const { findings } = await reconciliation.run(span());
    expect(findings).toMatchObject([{ kind: 'click_unseen', eventIds: [Number(lost[0]?.[1])] }]);
  });

  it('sees a light click that did arrive', async () => {
    const artist = createPerson(server, 'artist');
    await artist.send(await artist.formFor([6933], 'Approve (light payload)'));
    expect((await reconciliation.run(span())).findings).toEqual([]);
  });

  it('goes on where it stopped, and says each thing once', async () => {
    await shotgrid
      .asPerson({ login: 'manager' })
      .batch([{ operation: 'update', entityType: 'Version', id: 6940, data: { description: 'x' } }]);
    const long = { from: new Date(Date.now() - 30 * 24 * HOUR), to: span().to };
    let parts = 0;
    const first = await reconciliation.run(long, () => ++parts > 3);
    expect(first).toMatchObject({ isComplete: false, position: new Date(long.from.getTime() + 18 * HOUR) });
    expect(await reconciliation.read(long)).toEqual(first);
    const done = await reconciliation.run(long);
    expect(done).toMatchObject({ isComplete: true, findings: [{ kind: 'write_unexplained' }] });
    expect((await reconciliation.run(long)).findings).toHaveLength(1);
    expect(await reconciliation.list()).toEqual([long]);
  });

  it('does not judge what is too new, and says so', async () => {
    await aRun([6933]);
    const tomorrow = { from: span().from, to: new Date(Date.now() + 48 * HOUR) };
    const report = await reconciliation.run(tomorrow);
    expect(report.isComplete).toBe(false);
    expect(report.blind.at(-1)).toMatch(/^Everything from 20.*on: the newest/);
  });

  it('says when the script’s own writes are not logged', async () => {
    const { site } = server.studio;
    site.setField('ApiUser', 298, 'generate_event_log_entries', false);
    const { blind } = await reconciliation.run(span());
    expect(blind.some((what) => what.includes('"generate event log entries" is off'))).toBe(true);
  });
});

describe('the page of the comparison', () => {
  const compare = async (from: string, to: string) => {
    const desk = await auditor.person.visit('/audit/reconcile');
    return auditor.person.post('/audit/reconcile', {
      form: [...desk.form('/audit/reconcile').fields, ['from', from], ['to', to]],
    });
  };

  it.each([
    ['whole days', '2026-01-31', '2026-02-01', ['2026-01-31', '2026-02-01']],
    ['times', '2026-01-31T15:30:00Z', '2026-01-31 16:45', ['2026-01-31 15:30', '2026-01-31 16:45']],
    ['an end at midnight', '2026-01-31', '2026-02-01T00:00:00Z', ['2026-01-31', '2026-01-31']],
    ['seconds', '2026-01-31T15:30:01Z', '2026-02-01', ['2026-01-31T15:30:01.000Z', '2026-02-01']],
  ])('has an address and fields that a person can read: %s', async (_, from, to, written) => {
    const { status, location } = await compare(from, to);
    expect([status, ...location!.searchParams.values()]).toEqual([303, ...written]);
    const page = await auditor.person.visit(location!.pathname + location!.search);
    expect([...page.text.matchAll(/<input name="(?:from|to)" value="([^"]*)"/g)].map(([, value]) => value)).toEqual(
      written,
    );
    const [compared] = await auditor.records({ type: 'audit.reconciled' });
    const json = (await auditor.person.json(location!.pathname + location!.search)).json as Span;
    expect(compared?.details).toMatchObject({ from: json.from, to: json.to });
  });

  it('is refused with words when it is no span, and for those who are no auditors', async () => {
    expect(await compare('yesterday', '2026-02-01')).toMatchObject({ status: 400, code: 'audit_filter_invalid' });
    expect(await compare('2026-02-01', '')).toMatchObject({ status: 400, code: 'audit_filter_invalid' });
    const artist = createPerson(server, 'artist');
    expect(await artist.visit('/audit/reconcile')).toMatchObject({ status: 403, code: 'role_required' });
  });
});

describe('understudy audit reconcile', () => {
  const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const understudy = (env: Readonly<Record<string, string>>, ...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        [CLI, 'audit', 'reconcile', ...args],
        { env: { ...COMPILE_CACHE, ...env } },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  const environment = () => ({
    DATABASE_URL: server.databaseUrl,
    SHOTGRID_URL: server.studio.site.url,
    SHOTGRID_SCRIPT_NAME: server.studio.site.scriptName,
    SHOTGRID_SCRIPT_KEY: server.studio.site.scriptKey,
  });

  it('prints a report, and is recorded', async () => {
    const from = new Date(Date.now() - 3 * 24 * HOUR).toISOString().slice(0, 10);
    const to = new Date(Date.now() - 2 * 24 * HOUR).toISOString().slice(0, 10);
    const { code, stdout, stderr } = await understudy(environment(), '--from', from, '--to', to);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('they agree');
    expect(stdout).toContain('not seen: ');
    const json = await understudy(environment(), '--from', from, '--to', to, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ isComplete: true, findings: [] });
    expect(await auditor.records({ type: 'audit.reconciled' })).toHaveLength(2);
  });

  it('claims nothing about what it did not get to', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { code, stdout } = await understudy(environment(), '--from', today, '--to', today);
    expect(code).toBe(2);
    expect(stdout).toContain('not complete: run it again later\nthey agree, as far as they were compared\n');
  });

  it.each([
    [['--from', 'yesterday', '--to', '2026-01-01'], '--from is no time'],
    [['--from', '2026-01-02', '--to', '2026-01-01'], '--to must be later'],
  ])('names what is wrong with %j', async (args, message) => {
    const { code, stderr } = await understudy(environment(), ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('says what is missing, and no secret', async () => {
    const { code, stderr } = await understudy(
      { DATABASE_URL: server.databaseUrl },
      '--from',
      '2026-01-01',
      '--to',
      '2026-01-02',
    );
    expect([code, stderr]).toEqual([2, 'could not compare: SHOTGRID_URL is required\n']);
  });
});
