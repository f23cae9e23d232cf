/**
 * The meter in Prometheus: names end in their unit, counters in `_total`, and no label takes what people can make up. Labels
 * tell kinds of things apart, never persons, rows or clicks.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Meter, Readings } from './meter.ts';

export type Prometheus = Meter & {
  /** Everything in the text format. */
  expose(): Promise<{ readonly type: string; readonly text: string }>;
};

const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const APPEND_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
/** Those that the alerts ask for. */
const WATCHED_CODES = [
  'ami_signature_invalid',
  'ami_stale',
  'audit_unavailable',
  'idp_unavailable',
  'shotgrid_unavailable',
  'store_unavailable',
  'sudo_refused_by_site',
  'unexpected',
];
const ROW_OUTCOMES = ['done', 'already_so', 'refused', 'failed', 'unknown', 'not_done'];
/** A label that somebody could fill from outside would grow without end. */
const LABEL = /^[a-z][a-z0-9_]{0,39}$/;

/** @param read - May reject: then what it would have told is left out of that answer. */
export function createPrometheus(read: () => Promise<Readings>): Prometheus {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });

  const clicks = new Counter({
    name: 'understudy_clicks_total',
    help: 'Clicks that became a launch, by kind of payload.',
    labelNames: ['payload'],
    registers,
  });
  const refusals = new Counter({
    name: 'understudy_refusals_total',
    help: 'Refusals and failures that somebody was shown, by code.',
    labelNames: ['code'],
    registers,
  });
  const confirmed = new Counter({
    name: 'understudy_runs_confirmed_total',
    help: 'Runs that were confirmed, by what they came from.',
    labelNames: ['origin'],
    registers,
  });
  const finished = new Counter({
    name: 'understudy_runs_finished_total',
    help: 'Runs that came to their end here, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const rows = new Counter({
    name: 'understudy_rows_total',
    help: 'Rows of runs that were settled here, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const shotgrid = new Histogram({
    name: 'understudy_shotgrid_call_duration_seconds',
    help: 'Time of each attempt to call ShotGrid, by operation and class of status; none: no answer.',
    labelNames: ['operation', 'status'],
    buckets: CALL_SECONDS,
    registers,
  });
  const retries = new Counter({
    name: 'understudy_shotgrid_retries_total',
    help: 'Attempts to call ShotGrid beyond the first, by operation.',
    labelNames: ['operation'],
    registers,
  });
  const idp = new Histogram({
    name: 'understudy_idp_call_duration_seconds',
    help: 'Time of each request to the identity provider, by whether it was answered.',
    labelNames: ['result'],
    buckets: CALL_SECONDS,
    registers,
  });
  const appends = new Histogram({
    name: 'understudy_audit_append_duration_seconds',
    help: 'Time until records were durable in the audit log, or failed to become so.',
    labelNames: ['result'],
    buckets: APPEND_SECONDS,
    registers,
  });
  const records = new Counter({
    name: 'understudy_audit_records_total',
    help: 'Records that this server added to the audit log.',
    registers,
  });

  // From the first reading on: of what begins with 1 nobody can see that it grew.
  for (const payload of ['full', 'light']) clicks.inc({ payload }, 0);
  for (const code of WATCHED_CODES) refusals.inc({ code }, 0);
  for (const outcome of ROW_OUTCOMES) rows.inc({ outcome }, 0);
  for (const result of ['done', 'failed']) appends.zero({ result });
  for (const result of ['answered', 'failed']) idp.zero({ result });

  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });
  const inProgress = gauge('understudy_runs_in_progress', 'Runs that this server performs now.');
  const waiting = gauge('understudy_runs_waiting', 'Confirmed runs that no server performs yet.');
  const connections = gauge('understudy_database_connections', 'Connections to PostgreSQL; none with SQLite.', [
    'state',
  ]);
  const queued = gauge('understudy_database_waiting', 'Queries that wait for a connection to PostgreSQL.');
  const calls = gauge('understudy_shotgrid_calls', 'Calls to ShotGrid under way, and waiting for their turn.', [
    'state',
  ]);
  const readOnly = gauge('understudy_read_only', '1 while an administrator lets nothing be changed.');
  const actionsOff = gauge('understudy_actions_off', 'Actions that an administrator has switched off.');

  async function readNow(): Promise<void> {
    for (const one of [inProgress, waiting, connections, queued, calls, readOnly, actionsOff]) one.reset();
    const now = await read().catch(() => undefined);
    for (const [one, value] of [
      [inProgress, now?.runsInProgress],
      [waiting, now?.runsWaiting],
      [queued, now?.database?.waiting],
      [readOnly, now && Number(now.isReadOnly)],
      [actionsOff, now?.actionsOff],
    ] as const) {
      if (value === undefined) one.remove();
      else one.set(value);
    }
    if (now === undefined) return;
    if (now.database !== undefined) {
      connections.set({ state: 'active' }, now.database.active);
      connections.set({ state: 'idle' }, now.database.idle);
    }
    calls.set({ state: 'in_flight' }, now.shotgrid.inFlight);
    calls.set({ state: 'waiting' }, now.shotgrid.waiting);
  }

  return {
    clickReceived: (payload) => clicks.inc({ payload }),
    refused: (code) => refusals.inc({ code: label(code) }),
    runConfirmed: (origin) => confirmed.inc({ origin }),
    runFinished: (outcome) => finished.inc({ outcome: label(outcome) }),
    rowSettled: (outcome) => rows.inc({ outcome: label(outcome) }),
    shotgridCalled({ operation, status, ms, attempt }) {
      const labels = {
        operation: label(operation),
        status: status === undefined ? 'none' : `${Math.floor(status / 100)}xx`,
      };
      shotgrid.observe(labels, ms / 1000);
      if (attempt > 1) retries.inc({ operation: label(operation) });
    },
    idpCalled: ({ ms, isAnswered }) => idp.observe({ result: isAnswered ? 'answered' : 'failed' }, ms / 1000),
    auditAppended({ ms, records: count, isDone }) {
      appends.observe({ result: isDone ? 'done' : 'failed' }, ms / 1000);
      if (isDone) records.inc(count);
    },
    async expose() {
      await readNow();
      return { type: register.contentType, text: await register.metrics() };
    },
  };
}

function label(text: string): string {
  return LABEL.test(text) ? text : 'other';
}
