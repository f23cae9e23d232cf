/** Search, picture and export in a log of a million records, as the pages ask for them. */
import { csvLines } from '../../src/audit/export-csv.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { AuditLog } from '../../src/audit/log.ts';
import { readContent } from '../../src/audit/record.ts';
import type { AuditFilter, PageOfRecords } from '../../src/audit/search-filter.ts';
import { openDatabase } from '../../src/database/open.ts';
import { fillLog, FIRST_CLICK } from './million-records.ts';
import { quantile } from './statistics.ts';
import type { Row } from './table.ts';

const RECORDS = 1_000_000;
const ROUNDS = 8;
const MOST_P95_MS = 100;
const DAY = 86_400_000;

const day = (n: number): Date => new Date(FIRST_CLICK + n * DAY);

/** One question of every kind that the page can ask, easy and hard. */
const QUESTIONS: Readonly<Record<string, AuditFilter & PageOfRecords>> = {
  'no filter': {},
  'no filter, in the middle': { beforeSeq: 500_000 },
  person: { person: 'person7' },
  'person and a day': { person: 'person7', from: day(300), to: day(301) },
  'a day': { from: day(200), to: day(201) },
  'a month, refused': { from: day(100), to: day(130), outcome: 'refused' },
  'common and rare': { realActor: 'understudy', code: 'ami_stale' },
  'two that never meet': { type: 'plan.made', outcome: 'refused' },
  'person, action, outcome': { person: 'person14', actionId: 'action10', outcome: 'failed' },
  row: { entity: { type: 'Version', id: 7_001 } },
  'row and field': { entity: { type: 'Version', id: 7_001 }, field: 'sg_status_list' },
  'field and person': { field: 'description', person: 'person21' },
  'word of nearly all': { text: 'hsm' },
  'rare word': { text: 'hsm 0017' },
  'beginning of a word, and person': { text: 'v01', person: 'person7' },
  project: { projectName: 'Project 3' },
  reference: { reference: 'REF-77777' },
  'client address': { clientAddress: '10.0.1.33' },
  'not there': { person: 'nobody' },
};

/** @param name - Of the database, for the table. */
export async function measureSearch(name: string, databaseUrl: string): Promise<readonly Row[]> {
  const database = await openDatabase(databaseUrl);
  const log = createAuditLog({ database, now: () => new Date() });
  try {
    await fillLog(database, RECORDS);
    const started = performance.now();
    await log.search({ limit: 1 });
    const perSecond = RECORDS / ((performance.now() - started) / 1000);
    return [
      {
        what: `audit index, ${name}: filled`,
        measured: `${Math.round(perSecond).toLocaleString('en')} records/s`,
        budget: '',
      },
      await timed(`audit search in 1 million records, ${name}: p95`, MOST_P95_MS, (filter) => log.search(filter)),
      await timed(`  picture and counts, ${name}: p95`, undefined, (filter) => log.activity(filter)),
      await exported(name, log),
    ];
  } finally {
    await log.close();
    await database.close();
  }
}

async function timed(
  what: string,
  mostMs: number | undefined,
  ask: (filter: AuditFilter) => Promise<unknown>,
): Promise<Row> {
  const all: number[] = [];
  let slowest = { question: '', ms: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [question, filter] of Object.entries(QUESTIONS)) {
      const started = performance.now();
      await ask(filter);
      const ms = performance.now() - started;
      all.push(ms);
      if (round > 0 && ms > slowest.ms) slowest = { question, ms };
    }
  }
  const p95 = quantile(
    all.sort((a, b) => a - b),
    0.95,
  );
  const measured = `${p95.toFixed(0)} ms (slowest: ${slowest.question}, ${slowest.ms.toFixed(0)} ms)`;
  if (mostMs === undefined) return { what, measured, budget: '' };
  return { what, measured, budget: `< ${mostMs} ms`, met: p95 < mostMs };
}

/** All of it as a spreadsheet, part by part as the page sends it. */
async function exported(name: string, log: AuditLog): Promise<Row> {
  const started = performance.now();
  let records = 0;
  let bytes = 0;
  let mostMb = 0;
  const before = process.memoryUsage().rss;
  for await (const part of log.stream({})) {
    records += part.length;
    bytes += part.map((record) => csvLines({ ...record, content: readContent(record) })).join('').length;
    mostMb = Math.max(mostMb, (process.memoryUsage().rss - before) / 1024 / 1024);
  }
  const perSecond = records / ((performance.now() - started) / 1000);
  return {
    what: `audit export of ${records.toLocaleString('en')} records as CSV, ${name}`,
    measured: `${Math.round(perSecond).toLocaleString('en')} records/s, ${(bytes / 1e6).toFixed(0)} MB of text, ${mostMb.toFixed(0)} MB more memory`,
    budget: '',
  };
}
