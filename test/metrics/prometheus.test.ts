import { describe, expect, it } from '@jest/globals';
import type { Readings } from '../../src/metrics/meter.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createPrometheus } from '../../src/metrics/prometheus.ts';

const READINGS: Readings = {
  runsInProgress: 2,
  runsWaiting: 3,
  database: { active: 4, idle: 5, waiting: 6 },
  shotgrid: { inFlight: 7, waiting: 8 },
  isReadOnly: true,
  actionsOff: 1,
};
const read = () => Promise.resolve(READINGS);

/** Samples by name and labels, as they stand in the text. */
async function samples(exposed: Promise<{ readonly text: string }>): Promise<ReadonlyMap<string, number>> {
  const lines = (await exposed).text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('the figures', () => {
  it('keep to the conventions: a prefix, base units, and _total for what only grows', async () => {
    const { text } = await createPrometheus(read).expose();
    const types = [...text.matchAll(/^# TYPE (understudy_\S+) (\w+)$/gm)];
    expect(types.length).toBeGreaterThan(12);
    for (const [, name = '', type] of types) {
      expect(name).toMatch(/^understudy_[a-z]+(?:_[a-z]+)*$/);
      expect([name, type === 'counter']).toEqual([name, name.endsWith('_total')]);
      expect([name, type === 'histogram']).toEqual([name, name.endsWith('_seconds')]);
      expect(text).toMatch(new RegExp(`^# HELP ${name} .+\\.$`, 'm'));
    }
  });

  it('count what happened, seconds for milliseconds, each attempt after the first as a retry', async () => {
    const prometheus = createPrometheus(read);
    prometheus.clickReceived('light');
    prometheus.refused('ami_stale');
    prometheus.runConfirmed('undo');
    prometheus.rowSettled('unknown');
    prometheus.runFinished('success');
    prometheus.shotgridCalled({ operation: 'search', status: 503, ms: 30, attempt: 1 });
    prometheus.shotgridCalled({ operation: 'search', status: undefined, ms: 60, attempt: 2 });
    prometheus.idpCalled({ ms: 40, isAnswered: false });
    prometheus.auditAppended({ ms: 2, records: 5, isDone: true });
    prometheus.auditAppended({ ms: 2, records: 5, isDone: false });
    const found = await samples(prometheus.expose());
    expect(Object.fromEntries(found)).toMatchObject({
      'understudy_clicks_total{payload="light"}': 1,
      'understudy_clicks_total{payload="full"}': 0,
      'understudy_refusals_total{code="ami_stale"}': 1,
      'understudy_refusals_total{code="audit_unavailable"}': 0,
      'understudy_runs_confirmed_total{origin="undo"}': 1,
      'understudy_rows_total{outcome="unknown"}': 1,
      'understudy_runs_finished_total{outcome="success"}': 1,
      'understudy_shotgrid_call_duration_seconds_sum{operation="search",status="5xx"}': 0.03,
      'understudy_shotgrid_call_duration_seconds_count{operation="search",status="none"}': 1,
      'understudy_shotgrid_retries_total{operation="search"}': 1,
      'understudy_idp_call_duration_seconds_sum{result="failed"}': 0.04,
      'understudy_audit_append_duration_seconds_count{result="failed"}': 1,
      understudy_audit_records_total: 5,
      understudy_runs_waiting: 3,
      'understudy_database_connections{state="idle"}': 5,
      'understudy_shotgrid_calls{state="waiting"}': 8,
      understudy_read_only: 1,
    });
  });

  it('never grow by what somebody makes up', async () => {
    const prometheus = createPrometheus(read);
    const known = (await samples(prometheus.expose())).size;
    for (let at = 0; at < 200; at += 1) {
      prometheus.refused(`"} 1\nevil{a="${at}`);
      prometheus.rowSettled('x'.repeat(100 + at));
      prometheus.shotgridCalled({ operation: `/entity/${at}`, status: 200, ms: 1, attempt: 1 });
    }
    const found = await samples(prometheus.expose());
    expect(found.get('understudy_refusals_total{code="other"}')).toBe(200);
    expect(found.size - known).toBeLessThan(25);
    expect([...found.keys()].join()).not.toContain('evil');
  });

  it('leave out what cannot be read now, rather than tell what was', async () => {
    let isAway = false;
    const prometheus = createPrometheus(() => (isAway ? Promise.reject(new Error('away')) : read()));
    expect((await samples(prometheus.expose())).get('understudy_runs_waiting')).toBe(3);
    isAway = true;
    const found = await samples(prometheus.expose());
    expect(
      [...found.keys()].filter((key) => /^understudy_(?:runs_|read_only|database_|shotgrid_calls)/.test(key)),
    ).toEqual([]);
    expect(found.has('process_resident_memory_bytes')).toBe(true);
  });

  it('begin when somebody first looks', async () => {
    const metrics = createMetrics({ read });
    const { meter } = metrics;
    meter.refused('ami_stale');
    const [first] = await Promise.all([samples(metrics.expose()), metrics.expose()]);
    expect(first.get('understudy_refusals_total{code="ami_stale"}')).toBe(0);
    meter.refused('ami_stale');
    expect((await samples(metrics.expose())).get('understudy_refusals_total{code="ami_stale"}')).toBe(1);
  });
});
