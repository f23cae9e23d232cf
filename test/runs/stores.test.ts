import { describe, expect, it } from '@jest/globals';
import { createAuditLog } from '../../src/audit/log.ts';
import type { Change, Plan } from '../../src/actions/plan.ts';
import { createConfirmRun, type Confirmation } from '../../src/runs/confirm.ts';
import { createPlanStore } from '../../src/runs/plan-store.ts';
import { createRunStore } from '../../src/runs/run-store.ts';
import { databases, type TestDatabases } from '../support/databases.ts';

const NOW = new Date('2026-05-01T12:00:00.000Z');
const now = () => NOW;

describe.each(databases)('plans in $name', ({ open }) => {
  it('are found by their launch and digest, and by nothing else', async () => {
    const plans = createPlanStore((await open()).db);
    const plan = planOf(1, 2);
    const digest = await plans.save('launch', plan, NOW);
    expect(await plans.find('launch', digest)).toEqual(plan);
    for (const [launch, other] of [
      ['launch', 'x'],
      ['launch', ''],
      ['other', digest],
    ] as const) {
      expect(await plans.find(launch, other)).toBeUndefined();
    }
  });

  it('are replaced by the next preview, unless it shows the same', async () => {
    const plans = createPlanStore((await open()).db);
    const first = await plans.save('launch', planOf(1), NOW);
    expect(await plans.save('launch', planOf(1), NOW)).toBe(first);
    const second = await plans.save('launch', planOf(2), NOW);
    expect(second).not.toBe(first);
    expect(await plans.find('launch', first)).toBeUndefined();
    expect(await plans.find('launch', second)).toEqual(planOf(2));
  });
});

describe.each(databases)('a confirmation in $name', ({ open }) => {
  it('is a run and the record of what it intends, in one commit', async () => {
    const { confirmRun, runs, audit } = await parts(open);
    const { run, isNew } = await confirmRun(confirmationOf('launch', 1, 2));
    expect(isNew).toBe(true);
    expect(run).toMatchObject({ launchId: 'launch', status: 'running', createdAt: NOW });
    expect((await runs.rows(run.id)).map(({ progress }) => progress)).toEqual(['waiting', 'waiting']);
    const { records } = await audit.search({ runId: run.id });
    expect(records.map(({ content }) => content.type)).toEqual(['changes.intended', 'run.confirmed']);
    expect(records[0]?.content.details?.['rows']).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  it('is neither when one of them cannot be kept', async () => {
    const { confirmRun, runs, audit, db } = await parts(open);
    await db.schema.dropTable('run_changes').execute();
    await expect(confirmRun(confirmationOf('launch', 1))).rejects.toThrow();
    expect(await runs.findByLaunch('launch')).toBeUndefined();
    expect((await audit.search({})).records).toEqual([]);
  });

  it('again, or many times at once, answers with the first run', async () => {
    const { confirmRun, audit } = await parts(open);
    const all = await Promise.all(Array.from({ length: 10 }, () => confirmRun(confirmationOf('launch', 1))));
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
    expect((await confirmRun(confirmationOf('launch', 9))).isNew).toBe(false);
    expect((await audit.search({ type: 'run.confirmed' })).records).toHaveLength(1);
  });

  it('keeps thousands of rows, in order', async () => {
    const { confirmRun, runs } = await parts(open);
    const ids = Array.from({ length: 5000 }, (_, index) => index + 1);
    const { run } = await confirmRun(confirmationOf('launch', ...ids));
    expect((await runs.rows(run.id)).map(({ change }) => change.id)).toEqual(ids);
  });
});

describe.each(databases)('runs in $name', ({ open }) => {
  it('say which rows were being sent, what became of them, and whether the run is over', async () => {
    const { confirmRun, runs, db } = await parts(open);
    const { run } = await confirmRun(confirmationOf('launch', 1, 2, 3));
    await runs.markRows(db, run.id, [0, 1]);
    await runs.markRows(db, run.id, []);
    await runs.settle(db, run.id, new Map([[0, { outcome: 'refused', detail: 'no', siteErrorId: 'e' }]]));
    expect(await runs.rows(run.id)).toMatchObject([
      { position: 0, progress: 'refused', detail: 'no', siteErrorId: 'e' },
      { position: 1, progress: 'sending', detail: undefined },
      { position: 2, progress: 'waiting' },
    ]);
    expect(await runs.abandoned()).toEqual([run.id]);
    await runs.finish(db, run.id, 'finished');
    expect(await runs.abandoned()).toEqual([]);
    expect(await runs.find(run.id)).toMatchObject({ status: 'finished', finishedAt: NOW });
    expect(await runs.find('another')).toBeUndefined();
  });
});

async function parts(open: TestDatabases['open']) {
  const database = await open();
  const audit = createAuditLog({ database, now });
  const runs = createRunStore(database.db, now);
  let ids = 0;
  const confirmRun = createConfirmRun({ audit, runs, scriptName: 'understudy', randomId: () => `run-${++ids}` });
  return { db: database.db, audit, runs, confirmRun };
}

function planOf(...ids: readonly number[]): Plan {
  return { changes: ids.map(changeOf), untouched: [] };
}

function changeOf(id: number): Change {
  const fields = [{ field: 'sg_status_list', before: 'rev', after: 'apr' }];
  return { kind: 'update', entityType: 'Version', id, name: `v${id}`, fields };
}

function confirmationOf(launchId: string, ...ids: readonly number[]): Confirmation {
  return {
    launchId,
    actionId: 'approve',
    actor: { id: 24, login: 'artist', name: 'Alma Ortiz', issuer: 'https://idp', subject: 'person-artist' },
    plan: planOf(...ids),
    digest: 'd',
    context: {
      title: 'Approve',
      entityType: 'Version',
      project: undefined,
      referrerPath: undefined,
      untouched: [],
      reference: 'AAAA-BBBB-CC',
      clientAddress: undefined,
    },
  };
}
