/** Appending and checking the audit log against what the bare database and plain SHA-256 do with the same bytes. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { clickReceived } from '../../src/audit/events/clicks.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { NO_HASH } from '../../src/audit/record.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import { openDatabase } from '../../src/database/open.ts';
import { quantile } from './statistics.ts';
import type { Row } from './table.ts';

/** Records a commit: as many requests arrive together. */
const GROUP = 100;
const GROUPS = 60;
const ALONE = 300;
const RECORDS_TO_VERIFY = 200_000;
const LEAST_OF_BARE = 0.3;
const LEAST_OF_SHA256 = 0.4;
const MOST_P99_MS = 5;

const event = clickReceived(
  {
    reference: 'K7Q2-9FMD-AB',
    requestId: '0b9d6bcd-6d4b-4c6e-9f0e-3f6f7c1f2a11',
    clientAddress: '192.0.2.7',
    person: { login: 'artist', id: 12, proven: false },
    realActor: { type: 'ApiUser', name: 'understudy' },
    actionId: 'approve',
    launchId: 'abcdefghijklmnopqrstuv',
  },
  { entityType: 'Version', selectedIds: [6933, 6934, 6935], listed: 60, payload: 'full' },
);

/** @param url - Of an empty database; a new SQLite file in `folder` when absent. */
export async function measureAudit(folder: string, name: string, url?: string): Promise<readonly Row[]> {
  const database = await openDatabase(url ?? `file:${join(folder, 'audit.db')}`);
  const log = createAuditLog({ database, now: () => new Date() });
  try {
    await sql`create table bare (seq integer primary key, hash text not null, line text not null)`.execute(database.db);
    const [{ line } = { line: '' }] = await log.append(event);
    const db = database.db.$extendTables<{ bare: AuditTables['audit_records'] }>();
    let seq = 0;
    const bare = async (count: number) => {
      const rows = Array.from({ length: count }, () => ({ seq: (seq += 1), hash: NO_HASH, line }));
      await db.transaction().execute((transaction) => transaction.insertInto('bare').values(rows).execute());
    };
    const rows: Row[] = [];
    for (const [what, size, rounds] of [
      ['one by one', 1, ALONE],
      [`${GROUP} at a time`, GROUP, GROUPS],
    ] as const) {
      const times: number[] = [];
      const bareTimes: number[] = [];
      let ours = 0;
      let theirs = 0;
      // In turns, so that whatever else the machine does falls on both.
      for (let round = 0; round < rounds; round += 1) {
        const began = performance.now();
        await Promise.all(
          Array.from({ length: size }, async () => {
            await log.append(event);
            times.push(performance.now() - began);
          }),
        );
        ours += performance.now() - began;
        const bareBegan = performance.now();
        await bare(size);
        bareTimes.push(performance.now() - bareBegan);
        theirs += bareTimes.at(-1) ?? 0;
      }
      const rate = (ms: number) => (rounds * size * 1000) / ms;
      const ratio = theirs / ours;
      const p99 = p99Of(times);
      rows.push(
        {
          what: `audit append, ${what}, ${name}`,
          measured: `${ratio.toFixed(2)} of the bare database (${count(rate(ours))} of ${count(rate(theirs))}/s)`,
          budget: `>= ${LEAST_OF_BARE}`,
          met: ratio >= LEAST_OF_BARE,
        },
        {
          what: `audit append p99, ${what}, ${name}`,
          measured: `${p99.toFixed(1)} ms (bare commit ${p99Of(bareTimes).toFixed(1)} ms)`,
          budget: `< ${MOST_P99_MS} ms`,
          met: p99 < MOST_P99_MS,
        },
      );
    }
    return [...rows, await measureVerify()];
  } finally {
    await log.close();
    await database.close();
  }

  async function measureVerify(): Promise<Row> {
    const many = Array.from({ length: 1_000 }, () => event).flat();
    let size = 0;
    while (size < RECORDS_TO_VERIFY) size = (await log.append(many)).at(-1)?.seq ?? Infinity;
    const { rows } = await sql<{ line: string }>`select line from audit_records order by seq limit 50000`.execute(
      database.db,
    );
    const bytes = rows.map(({ line }) => Buffer.from(`understudy audit record v1\n${NO_HASH}\n${line}`));
    const began = performance.now();
    const result = await log.verify();
    const ours = size / (performance.now() - began);
    if (!result.intact) throw new Error(`the log is broken at ${result.brokenAt}`);
    const plainBegan = performance.now();
    for (const one of bytes) createHash('sha256').update(one).digest('hex');
    const plain = bytes.length / (performance.now() - plainBegan);
    return {
      what: `audit verify, ${count(size)} records, ${name}`,
      measured: `${(ours / plain).toFixed(2)} of plain SHA-256 (${count(ours * 1000)} of ${count(plain * 1000)}/s)`,
      budget: `>= ${LEAST_OF_SHA256}`,
      met: ours / plain >= LEAST_OF_SHA256,
    };
  }
}

function p99Of(times: readonly number[]): number {
  return quantile(
    [...times].sort((a, b) => a - b),
    0.99,
  );
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}
