/**
 * `npm run bench`: what the server promises, measured on this machine in one run against its peer. Prints a table and
 * always ends well: a slow machine is not a wrong program.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startStudio } from '../../infra/studio/start.ts';
import { hasPostgres, startOwnPostgres } from '../support/postgres.ts';
import { measureAudit } from './audit-rows.ts';
import { measureClicks } from './click-rows.ts';
import { measureMemory } from './memory-rows.ts';
import { measureLargeRun, measureRuns } from './run-rows.ts';
import { measureSearch } from './search-rows.ts';
import { measureStart } from './start-row.ts';
import { formatTable, type Row } from './table.ts';
import type { Surroundings } from './understudy.ts';

const folder = await mkdtemp(join(tmpdir(), 'understudy-bench-'));
// No click reaches the studio: its menu items may point anywhere.
const studio = await startStudio({ server: 'http://localhost' });
const surroundings: Surroundings = { studio, folder };
try {
  const rows: Row[] = [];
  say('start …');
  rows.push(await measureStart(surroundings));
  say('memory …');
  rows.push(...(await measureMemory(surroundings)));
  say('runs …');
  rows.push(...(await measureRuns(folder)), await measureLargeRun(folder));
  say('clicks on SQLite …');
  rows.push(...(await measureClicks(surroundings, 'SQLite')));
  say('audit log on SQLite …');
  rows.push(...(await measureAudit(folder, 'SQLite')));
  say('a log of a million records on SQLite, some minutes …');
  rows.push(...(await measureSearch('SQLite', `file:${join(folder, 'million.db')}`)));
  if (hasPostgres()) {
    say('clicks and audit log on PostgreSQL …');
    rows.push(...(await measureOnPostgres(surroundings)));
  }
  console.log(`\n${formatTable(rows)}\n`);
} finally {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
}

async function measureOnPostgres(around: Surroundings): Promise<readonly Row[]> {
  const postgres = await startOwnPostgres({ durable: true });
  try {
    const client = new pg.Client(postgres.url());
    await client.connect();
    for (const name of ['ours', 'bare', 'audit', 'million']) await client.query(`create database ${name}`);
    await client.end();
    const urls = { ours: postgres.url('ours'), bare: postgres.url('bare') };
    return [
      ...(await measureClicks(around, 'PostgreSQL', urls)),
      ...(await measureAudit(around.folder, 'PostgreSQL', postgres.url('audit'))),
      ...(await measureSearch('PostgreSQL', postgres.url('million'))),
    ];
  } finally {
    await postgres.stop();
  }
}

/** On standard error, so that the table alone can be kept. */
function say(what: string): void {
  process.stderr.write(`${what}\n`);
}
