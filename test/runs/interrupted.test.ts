/** A run whose process was gone between sending and recording: the row itself says what became of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { createConfirmRun } from '../../src/runs/confirm.ts';
import { createFairSlots } from '../../src/runs/fair-slots.ts';
import type { Lease } from '../../src/runs/leases.ts';
import { performRun } from '../../src/runs/perform.ts';
import { createPerformer } from '../../src/runs/performer.ts';
import { createRunStore } from '../../src/runs/run-store.ts';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';
import { databases } from '../support/databases.ts';
import { until } from '../support/until.ts';

const [{ open }] = databases as [(typeof databases)[number]];
const now = () => new Date();

let site: Site;
let shotgrid: Shotgrid;
beforeAll(async () => {
  site = await startSite();
  const { scriptName, scriptKey, url: siteUrl } = site;
  shotgrid = createShotgrid({ siteUrl, scriptName, scriptKey, now });
});
beforeEach(() => site.reset());
afterAll(async () => {
  await shotgrid.close();
  await site.close();
});

/** A run over these Versions, `rev` → `apr`, of which those at `sending` were marked as being sent. */
async function runOf(ids: readonly number[], sending: readonly number[], login = 'artist') {
  for (const id of ids) site.setField('Version', id, 'sg_status_list', 'rev');
  const database = await open();
  const audit = createAuditLog({ database, now });
  const runs = createRunStore(database.db, now);
  const confirmRun = createConfirmRun({ audit, runs, scriptName: 'understudy', randomId: () => 'run' });
  await confirmRun({
    launchId: 'launch',
    actionId: 'approve',
    actor: { id: 24, login, name: login, issuer: 'https://idp', subject: `person-${login}` },
    digest: 'd',
    plan: {
      changes: ids.map((id) => ({
        kind: 'update',
        entityType: 'Version',
        id,
        name: `v${id}`,
        fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
      })),
      untouched: [],
    },
    context: {
      title: 'Approve',
      entityType: 'Version',
      project: undefined,
      referrerPath: undefined,
      untouched: [],
      reference: 'AAAA-BBBB-CC',
      clientAddress: undefined,
    },
  });
  await runs.markRows(database.db, 'run', sending);
  const lease: Lease = { runId: 'run', token: 'mine', seconds: 60 };
  const perform = async (signal = new AbortController().signal) => {
    await runs.takeLease(lease);
    await performRun(
      {
        shotgrid,
        audit,
        runs,
        scriptName: 'understudy',
        now,
        slots: createFairSlots(4),
        batchRows: 50,
        concurrency: 4,
        persistently: async (work) => {
          await work();
        },
        sleep: () => Promise.resolve(),
        onSettled: () => undefined,
      },
      lease,
      signal,
    );
  };
  return { runs, audit, perform };
}

const writes = () => site.eventLog().filter(({ attribute_name: field }) => field === 'sg_status_list').length;

describe('a row that was being sent when the server died', () => {
  it('is done when it shows the change, and is not written again', async () => {
    const { runs, perform } = await runOf([6933, 6934], [0, 1]);
    site.setField('Version', 6933, 'sg_status_list', 'apr');
    site.setField('Version', 6934, 'sg_status_list', 'apr');
    await perform();
    expect(await runs.rows('run')).toMatchObject([{ progress: 'done' }, { progress: 'done' }]);
    expect(writes()).toBe(0);
  });

  it('is written when it is as before', async () => {
    const { runs, perform } = await runOf([6933], [0]);
    await perform();
    expect(await runs.rows('run')).toMatchObject([{ progress: 'done' }]);
    expect(writes()).toBe(1);
  });

  it('is unknown when it holds something else: ours may have been there in between', async () => {
    const { runs, perform, audit } = await runOf([6933, 6934], [0]);
    site.setField('Version', 6933, 'sg_status_list', 'vwd');
    site.setField('Version', 6934, 'sg_status_list', 'vwd');
    await perform();
    expect(await runs.rows('run')).toMatchObject([{ progress: 'unknown' }, { progress: 'failed' }]);
    expect(writes()).toBe(0);
    expect((await audit.search({ type: 'run.finished' })).records[0]?.content.outcome).toBe('unknown');
  });

  it('is unknown when it cannot be read, and a row that was never sent has failed', async () => {
    const { runs, perform } = await runOf([6933, 6934], [0]);
    site.inject({ kind: 'blocked', path: '_search' });
    await perform();
    expect(await runs.rows('run')).toMatchObject([{ progress: 'unknown' }, { progress: 'failed' }]);
  });
});

describe('a run', () => {
  it('that is over is not performed again', async () => {
    const { perform } = await runOf([6933], []);
    await perform();
    site.setField('Version', 6933, 'sg_status_list', 'rev');
    await perform();
    expect(writes()).toBe(1);
  });

  it('is not begun when the server is stopping', async () => {
    const { runs, perform } = await runOf([6933], []);
    await perform(AbortSignal.abort());
    expect(await runs.find('run')).toMatchObject({ status: 'running' });
    expect(writes()).toBe(0);
  });

  it('is refused row by row when the flag is taken away before it begins', async () => {
    // Nobody has a token for this person yet.
    const { runs, perform } = await runOf([6933, 6934], [], 'manager');
    site.setFlag('manager', false);
    await perform();
    expect((await runs.rows('run')).map(({ progress }) => progress)).toEqual(['refused', 'refused']);
    expect(writes()).toBe(0);
  });
});

let tokens = 0;
const surroundings = () => ({
  scriptName: 'understudy',
  now,
  randomId: () => `token-${++tokens}`,
  settings: { batchRows: 50, concurrency: 4, leaseSeconds: 5 },
  sleep: (ms: number, signal: AbortSignal) =>
    delay(Math.min(ms, 50), undefined, { signal, ref: false }).catch(() => undefined),
  onSettled: () => undefined,
});

describe('the performer', () => {
  it('performs a run once, however often it is told to, and tries again what cannot be recorded', async () => {
    const { runs, audit } = await runOf([6933], []);
    const troubles: unknown[] = [];
    let failures = 3;
    const performer = createPerformer({
      shotgrid,
      audit: {
        ...audit,
        append: (events, options) =>
          failures-- > 0 ? Promise.reject(new Error('disk full')) : audit.append(events, options),
      },
      runs,
      ...surroundings(),
      onTrouble: (_run, error) => troubles.push(error),
    });
    performer.start('run');
    performer.start('run');
    await performer.resume();
    expect(performer.inProgress).toBe(1);
    await until(async () => (await runs.find('run'))?.status === 'finished');
    expect(troubles).toHaveLength(3);
    expect(writes()).toBe(1);
    await performer.drain();
  });

  it('takes nothing new once it drains', async () => {
    const { runs, audit } = await runOf([6933], []);
    const performer = createPerformer({
      shotgrid,
      audit,
      runs,
      ...surroundings(),
      onTrouble: () => undefined,
    });
    await performer.drain();
    performer.start('run');
    expect(performer.inProgress).toBe(0);
    expect(writes()).toBe(0);
  });
});
