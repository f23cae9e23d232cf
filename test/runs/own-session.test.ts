/** Runs that are done with the person's own session: never by sudo, and never longer than they are signed in. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import type { Database } from '../../src/database/open.ts';
import { OwnSessionNeededError } from '../../src/runs/errors.ts';
import { databases } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { createEngine, setStatus, type Engine } from './engine.ts';

const IDS = [6933, 6934, 6935, 6936, 6937, 6938];
const me = 'admin.flag-off';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

const changes = (ids = IDS) => ids.map((id) => setStatus(id));
const statuses = () => IDS.map((id) => site.rows('Version').find((row) => row.id === id)?.['sg_status_list']);
const writes = () => site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list');
const sudoGrants = () => site.calls.filter(({ scope }) => scope !== null);

describe.each(databases)('a run by the person’s own session, in $name', ({ open }) => {
  let database: Database & { readonly url: string };
  let engine: Engine;
  beforeEach(async () => {
    site.reset();
    for (const id of IDS) site.setField('Version', id, 'sg_status_list', 'rev');
    database = await open();
    engine = createEngine(site, database);
  });
  afterEach(() => engine.close());

  const kept = async (): Promise<number> =>
    (await sql`select run_id from run_sessions`.execute(database.db)).rows.length;

  it('is written by them, without sudo and without the script, and the session is forgotten with its end', async () => {
    const run = await engine.confirm(me, changes(), undefined, site.openSession(me));
    expect(await kept()).toBe(1);
    expect((await engine.finish(run)).counts.done).toBe(6);
    expect(statuses()).toEqual(IDS.map(() => 'apr'));
    for (const event of writes()) {
      expect(event).toMatchObject({ user: { type: 'HumanUser', id: 27 } });
      expect(event['meta']).not.toHaveProperty('sudo_actual_user');
    }
    expect(sudoGrants()).toEqual([]);
    expect(await kept()).toBe(0);
    for (const { content } of (await engine.audit.search({ runId: run.id })).records) {
      expect(content.realActor).toEqual({ type: 'HumanUser', name: me });
    }
  });

  it('of a crashed process is gone on with by another, with the same session', async () => {
    const run = await engine.confirm(me, changes(), undefined, site.openSession(me));
    await engine.runs.takeLease({ runId: run.id, token: 'of the dead', seconds: -1 });
    await engine.runs.markRows(database.db, run.id, [0, 1]);
    const other = createEngine(site, await open(database.url));
    try {
      expect((await other.finish(run)).counts.done).toBe(6);
      expect(sudoGrants()).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('is not begun without it, and says what is left', async () => {
    const run = await engine.confirm(me, changes(), undefined, site.openSession(me));
    await engine.siteSessions.forgetSession(`browser of ${me}`);
    const { status, counts } = await engine.finish(run);
    expect([status, counts.not_done]).toEqual(['interrupted', 6]);
    expect(statuses()).toEqual(IDS.map(() => 'rev'));
    expect(sudoGrants()).toEqual([]);
  });

  it('ends between two batches when the person signs out, although their access token lives on', async () => {
    const slow = createEngine(site, await open(database.url), { batchRows: 1, concurrency: 1 });
    try {
      const run = await slow.confirm(me, changes(), undefined, site.openSession(me));
      site.inject({ kind: 'slow', path: '_batch', count: 1, skip: 1, delayMs: 300 });
      slow.performer.start(run.id);
      await until(async () => ((await slow.runs.counts(run.id)).done > 0 ? true : undefined));
      await slow.siteSessions.forgetSession(`browser of ${me}`);
      const { status, counts } = await slow.finish(run);
      expect(status).toBe('interrupted');
      expect(counts.done + counts.not_done).toBe(6);
      expect(counts.not_done).toBeGreaterThan(0);
      expect(statuses().filter((word) => word === 'apr')).toHaveLength(counts.done);
    } finally {
      await slow.close();
    }
  });

  it.each([
    ['the site has ended', () => site.openSession(me), (token: string) => site.closeSession(token), 'not_done'],
    ['is somebody else’s', () => site.openSession('manager'), () => undefined, 'failed'],
    ['another site gave', () => 'f'.repeat(32), () => undefined, 'not_done'],
  ] as const)('changes nothing with a session that %s', async (_what, make, spoil, word) => {
    const token = make();
    const run = await engine.confirm(me, changes(), undefined, token);
    spoil(token);
    const { counts } = await engine.finish(run);
    expect(counts[word] + counts.refused).toBe(6);
    expect(statuses()).toEqual(IDS.map(() => 'rev'));
    expect(sudoGrants()).toEqual([]);
    const { records } = await engine.audit.search({ runId: run.id });
    expect(JSON.stringify(records)).not.toContain(token);
  });

  it('is undone and tried again by their own session too, which is asked for', async () => {
    const run = await engine.finish(await engine.confirm(me, changes(), undefined, site.openSession(me)));
    const identity = engine.identity(me);
    await expect(engine.followUps.preview('undo', run, identity)).rejects.toThrow(OwnSessionNeededError);
    const own = { token: site.openSession(me), userId: 27 };
    const { digest, actor } = await engine.followUps.preview('undo', run, identity, { ways: { own } });
    expect(actor.bySelf).toBe(true);
    const undo = await engine.followUps.confirm('undo', run, identity, {
      digest,
      ways: { own },
      keepOwnSession: engine.keepOwnSession(me, own.token),
      reference: 'r',
      clientAddress: undefined,
    });
    expect((await engine.finish(undo!.run)).counts.done).toBe(6);
    expect(statuses()).toEqual(IDS.map(() => 'rev'));
    expect(sudoGrants()).toEqual([]);
  });

  it('of somebody who may be acted for again is still not undone by sudo, and one by sudo not by their own session', async () => {
    const bySelf = await engine.finish(
      await engine.confirm('manager', changes([6933]), undefined, site.openSession('manager')),
    );
    await expect(engine.followUps.preview('undo', bySelf, engine.identity('manager'))).rejects.toThrow(
      OwnSessionNeededError,
    );
    const bySudo = await engine.run('manager', changes([6934]));
    const own = { token: site.openSession('manager'), userId: 25 };
    const { actor } = await engine.followUps.preview('undo', bySudo, engine.identity('manager'), { ways: { own } });
    expect(actor.bySelf).toBeUndefined();
  });

  it('is not confirmed without its session, nor a run by sudo with one', async () => {
    const run = await engine.run('manager', changes([6933]));
    const own = { token: site.openSession('manager'), userId: 25 };
    const confirm = async (ways: { own: typeof own; onlySelf?: boolean }) => {
      const { digest } = await engine.followUps.preview('undo', run, engine.identity('manager'), { ways });
      return engine.followUps.confirm('undo', run, engine.identity('manager'), {
        digest,
        ways,
        reference: 'r',
        clientAddress: undefined,
      });
    };
    await expect(confirm({ own, onlySelf: true })).rejects.toThrow(TypeError);
    expect((await confirm({ own }))?.isNew).toBe(true);
  });

  it('a plan that was checked by sudo is not there to be confirmed by their own session', async () => {
    const run = await engine.run('manager', changes([6933]));
    const { digest } = await engine.followUps.preview('undo', run, engine.identity('manager'));
    const own = { token: site.openSession('manager'), userId: 25 };
    const confirmed = await engine.followUps.confirm('undo', run, engine.identity('manager'), {
      digest,
      ways: { own, onlySelf: true },
      keepOwnSession: engine.keepOwnSession('manager', own.token),
      reference: 'r',
      clientAddress: undefined,
    });
    expect(confirmed).toBeUndefined();
  });
});
