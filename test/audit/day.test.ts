import { describe, expect, it } from '@jest/globals';
import { countDay, type DayRecord } from '../../src/audit/day.ts';
import { clickReceived, clickRefused } from '../../src/audit/events/clicks.ts';
import { planMade } from '../../src/audit/events/plans.ts';
import { changesPerformed, runConfirmed } from '../../src/audit/events/runs.ts';
import { loginSucceeded } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { databases } from '../support/databases.ts';

const NOW = new Date('2026-05-02T12:30:00.000Z');

function record(type: string, time: string, more: Partial<DayRecord> = {}): DayRecord {
  return { type, time, outcome: 'success', code: null, launch_id: 'a', action_id: 'approve', ...more };
}

const count = (records: readonly DayRecord[], waitsForPeople: readonly string[] = []) =>
  countDay(records, NOW, new Set(waitsForPeople));

describe('the last day', () => {
  it('is 24 whole hours, of which the last is under way', () => {
    const { hours } = count([]);
    expect(hours).toHaveLength(24);
    expect(hours[0]?.from).toEqual(new Date('2026-05-01T13:00:00Z'));
    expect(hours.at(-1)).toMatchObject({
      from: new Date('2026-05-02T12:00:00Z'),
      to: new Date('2026-05-02T13:00:00Z'),
    });
  });

  it('counts each click, run and refusal in its hour, and nothing that is older', () => {
    const day = count([
      record('click.received', '2026-05-01T12:59:59.999Z', { launch_id: 'old' }),
      record('click.received', '2026-05-01T13:00:00.000Z'),
      record('click.received', '2026-05-01T13:00:00.000Z'),
      record('click.refused', '2026-05-02T12:10:00.000Z', { outcome: 'refused', code: 'ami_stale', launch_id: null }),
      record('run.confirmed', '2026-05-02T12:20:00.000Z'),
    ]);
    expect(day).toMatchObject({ clicks: 1, runs: 1, refusals: 1 });
    expect(day.hours[0]).toMatchObject({ clicks: 1, runs: 0 });
    expect(day.hours.at(-1)).toMatchObject({ clicks: 0, runs: 1, refusals: 1 });
  });

  it('tells how long 95 of 100 waited from click to first preview, in the hour of the click', () => {
    const records = Array.from({ length: 100 }, (_one, at) => {
      const launch = { launch_id: `l${at}` };
      const seconds = String(Math.floor((at + 1) / 2)).padStart(2, '0');
      const millis = at % 2 === 0 ? '500' : '000';
      return [
        record('click.received', '2026-05-02T11:59:00.000Z', launch),
        record('plan.made', `2026-05-02T11:59:${seconds}.${millis}Z`, launch),
        record('plan.made', '2026-05-02T12:29:00.000Z', launch),
      ];
    }).flat();
    const day = count(records);
    expect(day.hours.at(-2)?.previewP95Ms).toBe(day.previewP95Ms);
    expect(day.previewP95Ms).toBe(47_500);
    expect(day.hours.at(-1)?.previewP95Ms).toBeUndefined();
  });

  it('does not call it waiting when a person had to sign in or to answer first', () => {
    const clicked = record('click.received', '2026-05-02T12:00:00.000Z');
    const shown = record('plan.made', '2026-05-02T12:01:00.000Z');
    expect(count([clicked, shown]).previewP95Ms).toBe(60_000);
    expect(count([clicked, record('login.succeeded', '2026-05-02T12:00:50.000Z'), shown]).previewP95Ms).toBeUndefined();
    expect(count([clicked, shown], ['approve']).previewP95Ms).toBeUndefined();
    expect(count([shown]).previewP95Ms).toBeUndefined();
  });
});

describe.each(databases)('the last day in $name', ({ open }) => {
  it('is read from the log, rows of runs apart', async () => {
    const database = await open();
    let time = NOW.getTime() - 2 * 86_400_000;
    const log = createAuditLog({ database, now: () => new Date(time) });
    const at = (iso: string): void => {
      time = new Date(iso).getTime();
    };
    const click = { selectedIds: [1], listed: 1, payload: 'full' } as const;
    await log.append(clickReceived({ launchId: 'old' }, click));
    at('2026-05-02T11:00:00Z');
    await log.append(
      clickReceived({ launchId: 'a', actionId: 'approve' }, { ...click, selectedIds: Array<number>(2_001).fill(1) }),
    );
    at('2026-05-02T11:00:02Z');
    await log.append(planMade({ launchId: 'a', actionId: 'approve' }, { digest: 'd', changes: 1, untouched: 0 }));
    await log.append(clickReceived({ launchId: 'b' }, click));
    await log.append(loginSucceeded({ launchId: 'b' }, { roles: ['user'] }));
    await log.append([
      runConfirmed({ launchId: 'a', runId: 'r' }, { digest: 'd' }),
      ...changesPerformed({ runId: 'r' }, [{ position: 0, entityType: 'Version', outcome: 'refused' }]),
      clickRefused({}, { code: 'ami_stale' }),
    ]);
    at(NOW.toISOString());
    const day = await log.day(new Set());
    expect(day).toMatchObject({ clicks: 2, runs: 1, refusals: 1, previewP95Ms: 2_000, isComplete: true });
    expect(day.hours.at(-2)).toMatchObject({ clicks: 2, previewP95Ms: 2_000 });
    await log.close();
  });

  it('is empty when there is nothing', async () => {
    const log = createAuditLog({ database: await open(), now: () => NOW });
    expect(await log.day(new Set())).toMatchObject({ clicks: 0, runs: 0, refusals: 0, previewP95Ms: undefined });
    await log.close();
  });
});
