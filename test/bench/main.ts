/**
 * `npm run bench`: what the server promises, measured on this machine in one run against its peer. Prints a table and
 * always ends well: a slow machine is not a wrong program. `npm run bench -- clicks memory` measures only those.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startStudio } from '../../infra/studio/start.ts';
import { hasPostgres, startOwnPostgres } from '../support/postgres.ts';
import { measureAudit } from './audit-rows.ts';
import { measureClicks } from './click-rows.ts';
import { measureIdentities } from './identity-rows.ts';
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
/** In this order; each may be asked for by name. */
const groups: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  start: async () => [await measureStart(surroundings)],
  memory: () => measureMemory(surroundings),
  runs: async () => [...(await measureRuns(folder)), await measureLargeRun(folder)],
  identities: measureIdentities,
  clicks: () =>
    onBoth(
      () => measureClicks(surroundings, 'SQLite'),
      (urlOf) => measureClicks(surroundings, 'PostgreSQL', { ours: urlOf('ours'), bare: urlOf('bare') }),
    ),
  audit: () =>
    onBoth(
      () => measureAudit(folder, 'SQLite'),
      (urlOf) => measureAudit(folder, 'PostgreSQL', urlOf('ours')),
    ),
  // Making a million records takes some minutes.
  search: () =>
    onBoth(
      () => measureSearch('SQLite', `file:${join(folder, 'million.db')}`),
      (urlOf) => measureSearch('PostgreSQL', urlOf('ours')),
    ),
};

try {
  const asked = process.argv.slice(2);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(groups)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    say(`${name} …`);
    rows.push(...(await measure()));
  }
  console.log(`\n${formatTable(rows)}\n`);
} finally {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
}

/** The same on SQLite and, where it is installed, on a PostgreSQL of its own that keeps what it says. */
async function onBoth(
  onSqlite: () => Promise<readonly Row[]>,
  onPostgres: (urlOf: (database: string) => string) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows = await onSqlite();
  if (!hasPostgres()) return rows;
  const postgres = await startOwnPostgres({ durable: true });
  try {
    const client = new pg.Client(postgres.url());
    await client.connect();
    for (const name of ['ours', 'bare']) await client.query(`create database ${name}`);
    await client.end();
    return [...rows, ...(await onPostgres((database) => postgres.url(database)))];
  } finally {
    await postgres.stop();
  }
}

/** On standard error, so that the table alone can be kept. */
function say(what: string): void {
  process.stderr.write(`${what}\n`);
}
