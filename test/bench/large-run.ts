/** A run of 5,000 rows with 40 columns from plan to end, over a site that answers at once; tells its own peak of memory. */
import process from 'node:process';
import type { Change } from '../../src/actions/plan.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createConfirmRun } from '../../src/runs/confirm.ts';
import { createPerformer } from '../../src/runs/performer.ts';
import { createPlanStore } from '../../src/runs/plan-store.ts';
import { createRunStore } from '../../src/runs/run-store.ts';
import type { Shotgrid, ShotgridClient } from '../../src/shotgrid/client.ts';
import { until } from '../support/until.ts';

const ROWS = 5_000;
const COLUMNS = 40;

const now = () => new Date();
const database = await openDatabase(process.argv[2] ?? '');
const audit = createAuditLog({ database, now });
const runs = createRunStore(database.db, now);
const plans = createPlanStore(database.db);

const before = Array.from(
  { length: COLUMNS },
  (_, column) => [`sg_column_${column}`, `value before ${column}`] as const,
);
const changes = Array.from({ length: ROWS }, (_, index): Change => ({
  kind: 'update',
  entityType: 'Version',
  id: index + 1,
  name: `version ${index + 1}`,
  fields: before.map(([field, value]) => ({ field, before: value, after: `${value}, now ${index}` })),
}));
const client = {
  rowsByIds: (type: string, ids: readonly number[]) =>
    Promise.resolve(ids.map((id) => ({ type, id, name: undefined, fields: Object.fromEntries(before) }))),
  batch: (requests: readonly { readonly entityType: string; readonly id: number; readonly data: object }[]) =>
    Promise.resolve(
      requests.map(({ entityType, id, data }) => ({
        operation: 'update',
        row: { type: entityType, id, name: undefined, fields: data },
      })),
    ),
} as unknown as ShotgridClient;

const plan = { changes, untouched: [] };
const digest = await plans.save('launch', plan, now());
const confirmRun = createConfirmRun({ audit, runs, scriptName: 'bench', randomId: () => 'run' });
await confirmRun({
  launchId: 'launch',
  actionId: 'bench',
  actor: { id: 1, login: 'bench', name: 'Bench', issuer: 'https://idp', subject: 'bench' },
  plan: (await plans.find('launch', digest)) ?? plan,
  digest,
  context: {
    title: 'Bench',
    entityType: 'Version',
    project: undefined,
    referrerPath: undefined,
    untouched: [],
    reference: 'bench',
    clientAddress: undefined,
  },
});
const performer = createPerformer({
  shotgrid: { asPerson: () => client } as unknown as Shotgrid,
  audit,
  runs,
  scriptName: 'bench',
  now,
  randomId: () => 'token',
  settings: { batchRows: 50, concurrency: 4, leaseSeconds: 60 },
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  onSettled: () => undefined,
  onTrouble: (_run, error) => {
    throw error;
  },
});
performer.start('run');
await until(async () => (await runs.find('run'))?.status === 'finished', 120_000);
process.send?.({ peakMb: process.resourceUsage().maxRSS / 1024, done: (await runs.counts('run')).done });
await performer.drain();
await audit.close();
await database.close();
process.disconnect();
