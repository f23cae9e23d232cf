/**
 * The databases that a suite runs on, for `describe.each(databases)('sessions in $name', ({ open }) => …)`. Importing
 * this where PostgreSQL is not installed adds a suite that says so: skipped, or failing with CI=true.
 */
import { afterAll, afterEach, beforeEach, describe, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../src/database/open.ts';
import type { Database, OpenOptions } from '../../src/database/open.ts';
import { SHARED_POSTGRES } from './shared-services.ts';

export type TestDatabases = {
  readonly name: string;
  readonly dialect: 'sqlite' | 'postgres';
  /**
   * Opens a fresh migrated database, or one more time the one at `url`. It is closed and removed after the test, or
   * after the file when opened in `beforeAll`.
   */
  readonly open: (url?: string, options?: OpenOptions) => Promise<Database & { readonly url: string }>;
  /** URL of a fresh database without tables, removed like those of `open`. */
  readonly create: () => Promise<string>;
};

const sqlite: TestDatabases = {
  name: 'SQLite',
  dialect: 'sqlite',
  open: openWith(createMigratedFile, { migrate: false }),
  create: createFile,
};
const postgres: TestDatabases = {
  name: 'PostgreSQL',
  dialect: 'postgres',
  open: openWith(createMigratedPostgres, { migrate: false }),
  create: () => createPostgres('template0'),
};

/** Every installed kind of database. */
export const databases: readonly TestDatabases[] =
  process.env[SHARED_POSTGRES] === undefined ? [sqlite] : [sqlite, postgres];

if (databases.length < 2) {
  const report = process.env['CI'] === 'true' ? describe : describe.skip;
  report('the same on PostgreSQL', () => {
    it('needs PostgreSQL, which is not installed: apt-get install postgresql', () => Promise.reject(new Error()));
  });
}

type Cleanup = () => Promise<unknown>;
const afterThisTest: Cleanup[] = [];
const afterThisFile: Cleanup[] = [];
let cleanups = afterThisFile;

beforeEach(() => {
  cleanups = afterThisTest;
});
afterEach(async () => {
  cleanups = afterThisFile;
  await runAll(afterThisTest);
});
afterAll(() => runAll(afterThisFile));

/** Last opened, first closed: a database goes before the file it is in. */
async function runAll(list: Cleanup[]): Promise<void> {
  for (const cleanup of list.splice(0).reverse()) await cleanup();
}

function openWith(create: () => Promise<string>, fresh: OpenOptions): TestDatabases['open'] {
  return async (url, options) => {
    const known = url ?? (await create());
    const database = await openDatabase(known, { ...(url === undefined ? fresh : {}), ...options });
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= database.close());
    cleanups.push(close);
    return { ...database, close, url: known };
  };
}

async function createFile(): Promise<string> {
  return `file:${await pathIn(cleanups)}`;
}

/** A file in a folder of its own. */
async function pathIn(list: Cleanup[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-database-'));
  list.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'test.db');
}

let migratedFile: Promise<string> | undefined;

/** A copy of a file that is migrated once for all tests of a test file. */
async function createMigratedFile(): Promise<string> {
  const path = await pathIn(cleanups);
  await copyFile(await (migratedFile ??= migrateFile()), path);
  return `file:${path}`;
}

async function migrateFile(): Promise<string> {
  const path = await pathIn(afterThisFile);
  await (await openDatabase(`file:${path}`)).close();
  return path;
}

const TEMPLATE = 'understudy_template';

let migratedPostgres: Promise<void> | undefined;

/** A copy of a database that is migrated once a run: a copy takes a tenth of the time of the migrations. */
async function createMigratedPostgres(): Promise<string> {
  await (migratedPostgres ??= migratePostgres());
  return createPostgres(TEMPLATE);
}

async function migratePostgres(): Promise<void> {
  const client = await connect();
  try {
    // Jest's workers share the server: one makes the template, the others wait for it.
    await client.query('select pg_advisory_lock(1)');
    const { rowCount } = await client.query(`select from pg_database where datname = '${TEMPLATE}'`);
    if (rowCount !== 0) return;
    await client.query('drop database if exists being_migrated with (force)');
    await client.query('create database being_migrated template template0');
    await (await openDatabase(postgresUrl('being_migrated'))).close();
    await client.query(`alter database being_migrated rename to ${TEMPLATE}`);
  } finally {
    await client.end();
  }
}

async function createPostgres(template: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const { client, strategy } = await (maintenance ??= startMaintenance());
  await client.query(`create database ${name} template ${template} ${strategy}`);
  cleanups.push(() => client.query(`drop database if exists ${name} with (force)`));
  return postgresUrl(name);
}

type Maintenance = { readonly client: pg.Client; readonly strategy: string };

let maintenance: Promise<Maintenance> | undefined;

/** One connection for all tests of a test file. */
async function startMaintenance(): Promise<Maintenance> {
  const client = await connect();
  afterThisFile.push(() => client.end());
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  // Before 15 there was no other strategy; the one by default since then takes three times as long, and to drop it, five.
  return { client, strategy: Number(rows[0]!.server_version_num) < 150_000 ? '' : 'strategy file_copy' };
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client(postgresUrl('postgres'));
  await client.connect();
  return client;
}

function postgresUrl(database: string): string {
  const url = new URL(process.env[SHARED_POSTGRES] ?? '');
  url.pathname = `/${database}`;
  return url.href;
}
