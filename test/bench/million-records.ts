/**
 * A long log, made up but shaped like a studio's: clicks of a few rows through a year and a half, most of them confirmed, some
 * refused. Sealed as the log seals, and written in large transactions, since nobody waits for these.
 */
import type { Kysely } from 'kysely';
import type { AuditContext, AuditedChange, AuditEvent } from '../../src/audit/event.ts';
import { clickReceived, clickRefused } from '../../src/audit/events/clicks.ts';
import { planMade } from '../../src/audit/events/plans.ts';
import { changesIntended, changesPerformed, runConfirmed, runFinished } from '../../src/audit/events/runs.ts';
import { NO_HASH, sealRecord } from '../../src/audit/record.ts';
import type { SealedRecord } from '../../src/audit/record.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import type { Database } from '../../src/database/open.ts';

const RECORDS_PER_TRANSACTION = 2_000;
const PEOPLE = 120;
const ACTIONS = 12;
const PROJECTS = 15;
/** Between two clicks: a million records reach over a year and a half. */
const PACE_MS = 280_000;
export const FIRST_CLICK = Date.UTC(2025, 0, 6, 8);

/** Appends at least `count` records to an empty log. */
export async function fillLog(database: Database, count: number): Promise<void> {
  const db = database.db.$extendTables<AuditTables>();
  let head = { seq: 0, hash: NO_HASH };
  let waiting: SealedRecord[] = [];
  for (let click = 0; head.seq < count; click += 1) {
    const time = new Date(FIRST_CLICK + click * PACE_MS);
    for (const event of eventsOf(click)) {
      const record = sealRecord(event, head, time);
      waiting.push(record);
      head = record;
    }
    if (waiting.length < RECORDS_PER_TRANSACTION && head.seq < count) continue;
    await write(db, waiting);
    waiting = [];
  }
}

async function write(db: Kysely<AuditTables>, records: readonly SealedRecord[]): Promise<void> {
  const { seq, hash } = records.at(-1) ?? { seq: 0, hash: NO_HASH };
  await db.transaction().execute(async (transaction) => {
    for (let start = 0; start < records.length; start += 1_000) {
      await transaction
        .insertInto('audit_records')
        .values(records.slice(start, start + 1_000))
        .execute();
    }
    await transaction.updateTable('audit_head').set({ seq, hash }).execute();
  });
}

function eventsOf(click: number): readonly AuditEvent[] {
  const context: AuditContext = {
    reference: `REF-${click}`,
    clientAddress: `10.0.${click % 4}.${click % 200}`,
    person: { login: `person${(click * 7) % PEOPLE}`, id: 1_000 + ((click * 7) % PEOPLE), proven: true },
    realActor: { type: 'ApiUser', name: 'understudy' },
    subject: { issuer: 'https://idp.example', subject: `subject${(click * 7) % PEOPLE}` },
    actionId: `action${(click * 5) % ACTIONS}`,
    launchId: `launch-${click}`,
    project: { id: 100 + (click % PROJECTS), name: `Project ${click % PROJECTS}` },
  };
  if (click % 20 === 0) return [clickRefused(context, { code: click % 40 === 0 ? 'ami_stale' : 'ami_replayed' })];
  const rows = Array.from({ length: 1 + (click % 5) }, (_, at) => change(click * 3 + at));
  const running = { ...context, runId: `run-${click}` };
  return [
    ...clickReceived(context, {
      entityType: 'Version',
      selectedIds: rows.map(({ id }) => id ?? 0),
      listed: 300,
      payload: 'full',
      title: 'All Versions',
    }),
    planMade(context, { digest: `digest-${click}`, changes: rows.length, untouched: 0 }),
    runConfirmed(running, { digest: `digest-${click}` }),
    ...changesIntended(running, rows),
    ...changesPerformed(
      running,
      rows.map(({ entityType, id, name, fields }, position) => ({
        position,
        entityType,
        id,
        name,
        fields,
        outcome: click % 50 === 1 ? 'failed' : 'done',
      })),
    ),
    runFinished(running, { counts: { done: rows.length } }),
  ];
}

function change(at: number): AuditedChange {
  const id = 6_000 + (at % 200_000);
  const shot = String(id % 4_000).padStart(4, '0');
  return {
    kind: 'update',
    entityType: at % 4 === 0 ? 'Task' : 'Version',
    id,
    name: `HSM_${id % 90}_${shot}_anm_v${String(id % 40).padStart(3, '0')}`,
    fields: [{ field: at % 3 === 0 ? 'description' : 'sg_status_list', before: 'rev', after: 'apr' }],
  };
}
