import { beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '../../src/database/open.ts';
import { createApprovals, type Approval } from '../../src/session/approvals.ts';
import { createSiteSessions, type SiteSession } from '../../src/session/site-sessions.ts';
import { databases } from '../support/databases.ts';

const OLD = 'an old secret of thirty-two letters';
const NEW = 'a new secret of thirty-two characters';
const SITE = 'https://studio.example';
const alma = { issuer: 'https://idp.example', subject: 'alma', sessionId: 'browser-1' };
const session: SiteSession = { token: 'token-of-alma-0123456789', userId: 24, login: 'alma', since: '2026-05-01' };
const noon = new Date('2026-05-01T12:00:00Z');

describe.each(databases)('a person’s own session on the site, in $name', ({ open }) => {
  let database: Database;
  let now = noon;
  const store = (secrets = [OLD], siteUrl = SITE) =>
    createSiteSessions({ db: database.db, now: () => now, secrets, siteUrl, maxAgeSeconds: 3600 });
  const stored = async (): Promise<readonly string[]> => {
    const { rows } = await sql<{ sealed: string }>`select sealed from site_sessions order by sealed`.execute(
      database.db,
    );
    return rows.map(({ sealed }) => sealed);
  };
  beforeEach(async () => {
    now = noon;
    database = await open();
  });

  it('is found by its person in the same browser session, and is unreadable in the database', async () => {
    await store().keep(alma, session);
    expect(await store().find(alma)).toEqual(session);
    const text = JSON.stringify(await Promise.all([stored(), sql`select * from site_sessions`.execute(database.db)]));
    for (const secret of [session.token, alma.sessionId, alma.subject]) expect(text).not.toContain(secret);
  });

  it.each([
    ['another person', { ...alma, subject: 'bob' }],
    ['the same name at another provider', { ...alma, issuer: 'https://evil.example' }],
    ['the same person in another browser', { ...alma, sessionId: 'browser-2' }],
  ])('is nothing to %s, also when its row is moved there', async (_who, other) => {
    await store().keep(alma, session);
    expect(await store().find(other)).toBeUndefined();
    await store().keep(other, { ...session, token: 'another' });
    const [mine = '', theirs = ''] = await stored();
    await sql`update site_sessions set sealed = case sealed when ${mine} then ${theirs} else ${mine} end`.execute(
      database.db,
    );
    expect(await store().find(alma)).toBeUndefined();
    expect(await store().find(other)).toBeUndefined();
  });

  it('is for one site alone: with another address configured it does not open', async () => {
    await store().keep(alma, session);
    expect(await store([OLD], 'https://other.example').find(alma)).toBeUndefined();
  });

  it('opens with an old secret, and is sealed with the newest then', async () => {
    await store([OLD]).keep(alma, session);
    expect(await store([NEW, OLD]).find(alma)).toEqual(session);
    expect(await store([NEW]).find(alma)).toEqual(session);
    expect(await store([OLD]).find(alma)).toBeUndefined();
  });

  it('lives on while it is used, and ends with the browser session', async () => {
    await store().keep(alma, session);
    now = new Date(noon.getTime() + 3_500_000);
    expect(await store().find(alma)).toEqual(session);
    now = new Date(now.getTime() + 3_500_000);
    expect(await store().find(alma)).toEqual(session);
    now = new Date(now.getTime() + 3_600_000);
    expect(await store().find(alma)).toBeUndefined();
    expect(await store().prune()).toBe(1);
    expect(await stored()).toEqual([]);
  });

  it('is forgotten here, for the whole browser session, or everywhere, and the copies of its runs with it', async () => {
    const elsewhere = { ...alma, sessionId: 'browser-2' };
    const runs = ['run-1', 'run-2'];
    const keepAll = async (): Promise<void> => {
      for (const [at, holder] of [alma, elsewhere].entries()) {
        await store().keep(holder, session);
        await store().keepForRun(database.db, runs[at]!, holder, session);
      }
    };
    const left = async () =>
      Promise.all([
        ...[alma, elsewhere].map(async (holder) => (await store().find(holder)) !== undefined),
        ...runs.map(async (run) => (await store().findForRun(run, alma)) !== undefined),
      ]);
    await keepAll();
    expect(await store().forget({ ...alma, subject: 'bob' })).toBe(false);
    expect(await left()).toEqual([true, true, true, true]);
    expect(await store().forget(alma)).toBe(true);
    expect(await left()).toEqual([false, true, false, true]);
    await store().forgetSession('browser-2');
    expect(await left()).toEqual([false, false, false, false]);
    await keepAll();
    expect(await store().forgetPerson(alma)).toBe(2);
    expect(await left()).toEqual([false, false, false, false]);
  });

  it('has a copy for a run, which opens for that run and its person alone', async () => {
    await store().keepForRun(database.db, 'run-1', alma, session);
    await store().keepForRun(database.db, 'run-2', alma, { ...session, token: 'other' });
    expect(await store().findForRun('run-1', alma)).toEqual(session);
    expect(await store().findForRun('run-1', { ...alma, subject: 'bob' })).toBeUndefined();
    expect(await store().findForRun('run-3', alma)).toBeUndefined();
    await sql`update run_sessions set sealed = (select sealed from run_sessions where run_id = 'run-1')`.execute(
      database.db,
    );
    expect(await store().findForRun('run-2', alma)).toBeUndefined();
    await store().forgetRun(database.db, 'run-1');
    expect(await store().findForRun('run-1', alma)).toBeUndefined();
  });
});

describe.each(databases)('an approval that is waited for, in $name', ({ open }) => {
  let database: Database;
  let now = noon;
  const approvals = (secrets = [OLD]) => createApprovals({ db: database.db, now: () => now, secrets });
  const request = { id: 'request-id-that-collects', url: `${SITE}/app_session_request/request-id-that-collects` };
  const waiting: Approval = {
    id: 'first',
    state: 'waiting',
    request,
    reference: 'K7Q2-9FMD',
    expiresAt: new Date(noon.getTime() + 300_000),
  };
  beforeEach(async () => {
    now = noon;
    database = await open();
    await approvals().begin(alma, 'launch 1', waiting);
  });

  it('is found by whom it is for and what it is about, and its request is unreadable in the database', async () => {
    expect(await approvals().find(alma, 'launch 1')).toEqual(waiting);
    expect(await approvals().find(alma, 'launch 2')).toBeUndefined();
    expect(await approvals().find({ ...alma, sessionId: 'browser-2' }, 'launch 1')).toBeUndefined();
    expect(await approvals().find({ ...alma, subject: 'bob' }, 'launch 1')).toBeUndefined();
    const { rows } = await sql`select * from site_approvals`.execute(database.db);
    expect(JSON.stringify(rows)).not.toContain(request.id);
  });

  it('ends once, without its request, and nothing follows from a later word', async () => {
    expect(await approvals().end('first', 'denied')).toBe(true);
    expect(await approvals().end('first', 'approved')).toBe(false);
    expect(await approvals().find(alma, 'launch 1')).toEqual({ ...waiting, state: 'denied', request: undefined });
  });

  it('that was asked for anew is another, and the earlier one says nothing any more', async () => {
    await approvals().begin(alma, 'launch 1', { ...waiting, id: 'second' });
    expect(await approvals().end('first', 'approved')).toBe(false);
    expect(await approvals().find(alma, 'launch 1')).toMatchObject({ id: 'second', state: 'waiting' });
  });

  it('is polled by one process at a time, and taken over from one that is gone', async () => {
    const soon = () => new Date(now.getTime() + 10_000);
    expect(await approvals().takePoll('first', 'a', soon())).toBe(true);
    expect(await approvals().takePoll('first', 'b', soon())).toBe(false);
    expect(await approvals().takePoll('first', 'a', soon())).toBe(true);
    now = new Date(noon.getTime() + 10_001);
    expect(await approvals().takePoll('first', 'b', soon())).toBe(true);
    expect(await approvals().takePoll('first', 'a', soon())).toBe(false);
    await approvals().end('first', 'approved');
    expect(await approvals().takePoll('first', 'b', soon())).toBe(false);
  });

  it('is forgotten with its browser session or its person: what the site answers then leads to nothing', async () => {
    await approvals().begin({ ...alma, sessionId: 'browser-2' }, 'launch 1', { ...waiting, id: 'second' });
    await approvals().forgetSession('browser-1');
    expect(await approvals().end('first', 'approved')).toBe(false);
    expect(await approvals().takePoll('first', 'a', now)).toBe(false);
    await approvals().forgetPerson(alma);
    expect(await approvals().end('second', 'approved')).toBe(false);
  });

  it('is pruned a day after it ended', async () => {
    now = new Date(noon.getTime() + 24 * 3_600_000);
    expect(await approvals().prune()).toBe(0);
    now = new Date(now.getTime() + 300_001);
    expect(await approvals().prune()).toBe(1);
  });
});
