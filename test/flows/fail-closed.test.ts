/**
 * No record, no change, under faults that are real: a disk that is full, a file that is locked, gone or may only be read, a
 * database that restarts in the middle of a run, a collector that takes nothing.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import type { Answer } from '../support/answer.ts';
import { createAuditor, expectUnchanged } from '../support/auditor.ts';
import { createPerson, type Fields, type Person } from '../support/person.ts';
import { hasPostgres, startOwnPostgres, type Postgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const UNAVAILABLE = { status: 503, code: expect.stringMatching(/^(audit|store)_unavailable$/) };

type Prepared = { readonly artist: Person; readonly preview: Answer; readonly form: Fields };

/** A preview that waits to be confirmed, and a click that waits to be sent. */
async function prepare(server: TestServer): Promise<Prepared> {
  server.studio.site.reset();
  const artist = createPerson(server, 'artist');
  const preview = await artist.follow(await artist.click([6933, 6934]));
  return { artist, preview, form: await artist.formFor([6935]) };
}

async function ready(server: TestServer): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, text: await response.text() };
}

/** Whatever is tried is refused with a page that says why, and nothing changes on the site. */
async function expectClosed(server: TestServer, { artist, preview, form }: Prepared): Promise<void> {
  const { site } = server.studio;
  const before = site.snapshot();
  const confirmed = await artist.confirm(preview);
  expect({ status: confirmed.status, code: confirmed.code }).toEqual(UNAVAILABLE);
  expect(confirmed.text).toMatch(/Nothing was changed/);
  const clicked = await artist.send(form);
  expect({ status: clicked.status, code: clicked.code }).toEqual(UNAVAILABLE);
  // A refusal is still a refusal, with its own page.
  const forged = await artist.send(form.map(([name, value]) => [name, name === 'signature' ? '0'.repeat(40) : value]));
  expect({ status: forged.status, code: forged.code }).toEqual({ status: 401, code: 'ami_signature_invalid' });
  const readiness = await ready(server);
  expect(readiness.status).toBe(503);
  expect(readiness.text).toContain('"audit":{"ok":false');
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(performed(server)).toEqual([]);
  expectUnchanged(site.snapshot(), before);
}

/** Batches that were carried out; a preview asks with one that is never. */
const performed = (server: TestServer) =>
  server.studio.site.calls.filter(({ path, status }) => path.includes('_batch') && status === 200);

/** A run of 60 rows, confirmed, with its first batch on its way: three batches, one after the other, each slow. */
async function beginRun(server: TestServer): Promise<{ readonly artist: Person; readonly confirmed: Answer }> {
  const { site } = server.studio;
  site.reset();
  const ids = Array.from({ length: 60 }, (_, index) => 6933 + index);
  for (const id of ids) site.setField('Version', id, 'sg_status_list', 'rev');
  const artist = createPerson(server, 'artist');
  const preview = await artist.follow(await artist.click(ids));
  const before = site.calls.length;
  site.inject({ kind: 'slow', path: '_batch', delayMs: 1_000, count: 50 });
  const confirmed = await artist.confirm(preview);
  expect(confirmed.status).toBe(303);
  await until(() => site.calls.slice(before).some(({ path }) => path.includes('_batch')));
  return { artist, confirmed };
}

const THREE_BATCHES = { RUN_BATCH_ROWS: '20', RUN_CONCURRENCY: '1' };
const changed = (server: TestServer) =>
  server.studio.site.rows('Version').filter((row) => row['sg_status_list'] === 'apr').length;
const troubles = (server: TestServer) => server.lines.filter((line) => line.includes('a run has trouble')).length;

/** The same confirmation and the same click work as soon as the fault is over, and the log is whole. */
async function expectOpen(server: TestServer, { artist, preview }: Prepared): Promise<void> {
  await until(async () => (await ready(server)).status === 200);
  expect(await artist.finish(await artist.confirm(preview))).toMatchObject({ counts: { done: 2 } });
  expect(await createAuditor(server).verify()).toMatchObject({ intact: true });
}

describe('a log in SQLite', () => {
  let folder: string;
  let server: TestServer;
  const path = () => join(folder, 'test.db');
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-closed-'));
    // Waiting for the lock takes longer than a click stays fresh.
    server = await startTestServer({ databaseUrl: `file:${path()}`, environment: { AMI_MAX_AGE_SECONDS: '600' } });
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('that another process holds locked closes everything, until it lets go', async () => {
    const prepared = await prepare(server);
    const other = new BetterSqlite(path());
    other.exec('begin immediate');
    try {
      await expectClosed(server, prepared);
    } finally {
      other.exec('rollback');
      other.close();
    }
    await expectOpen(server, prepared);
  }, 90_000);

  it.each(['', '-wal'])('whose file%s is moved away closes everything, until it is back', async (suffix) => {
    const prepared = await prepare(server);
    await rename(path() + suffix, `${path()}.away`);
    await expectClosed(server, prepared);
    await rename(`${path()}.away`, path() + suffix);
    await expectOpen(server, prepared);
  });
});

/** Takes a disk of its own, which only root can make. */
const canMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();
const describeWithDisk = canMount ? describe : describe.skip;
if (!canMount) {
  (process.env['CI'] === 'true' ? it : it.skip)('a full disk: needs the right to mount a tmpfs', () =>
    Promise.reject(new Error('cannot mount')),
  );
}

describeWithDisk('a log on a small disk', () => {
  let disk: string;
  let server: TestServer;
  const filler = () => join(disk, 'filler');
  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), 'understudy-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', disk]);
    server = await startTestServer({ databaseUrl: `file:${join(disk, 'test.db')}`, environment: THREE_BATCHES });
  });
  afterEach(async () => {
    await server.close();
    execFileSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true });
  });

  function fill(): void {
    for (const size of [65_536, 4_096]) {
      try {
        for (;;) appendFileSync(filler(), Buffer.alloc(size));
      } catch {
        // Full.
      }
    }
  }

  it('that is full closes everything, until there is room again', async () => {
    const prepared = await prepare(server);
    fill();
    await expectClosed(server, prepared);
    rmSync(filler());
    await expectOpen(server, prepared);
  });

  it('that fills up in the middle of a run holds the next rows back, and the run goes on when there is room', async () => {
    const { artist, confirmed } = await beginRun(server);
    fill();
    const before = troubles(server);
    await until(() => troubles(server) > before + 2);
    const held = changed(server);
    expect(held).toBeLessThan(60);
    await until(() => troubles(server) > before + 3);
    expect(changed(server)).toBe(held);
    rmSync(filler());
    server.studio.site.clearFaults();
    expect(await artist.finish(confirmed)).toMatchObject({ counts: { done: 60 } });
    expect(changed(server)).toBe(60);
    expect(await createAuditor(server).verify()).toMatchObject({ intact: true });
  }, 60_000);

  it('that may only be read does not let the server start, and says why', async () => {
    const prepared = await prepare(server);
    await server.drain();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await expect(server.start()).rejects.toMatchObject({ code: 'store_unavailable' });
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await server.start();
    await expectOpen(server, prepared);
  });
});

(hasPostgres() ? describe : describe.skip)('a log in PostgreSQL', () => {
  let postgres: Postgres;
  let server: TestServer;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    server = await startTestServer({ databaseUrl: postgres.url(), environment: THREE_BATCHES });
  });
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });

  async function administer(...statements: string[]): Promise<void> {
    const client = new pg.Client(postgres.url());
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  it('that may only be read, as after a fail-over, closes everything, until it may be written', async () => {
    const prepared = await prepare(server);
    await administer('alter system set default_transaction_read_only = on', 'select pg_reload_conf()');
    await until(async () => (await ready(server)).status === 503);
    await expectClosed(server, prepared);
    await administer(
      'set default_transaction_read_only = off',
      'alter system reset default_transaction_read_only',
      'select pg_reload_conf()',
    );
    await expectOpen(server, prepared);
  });

  it('that restarts in the middle of a run lets the run go on, and every row is written once', async () => {
    const { artist, confirmed } = await beginRun(server);
    const { site } = server.studio;
    const before = troubles(server);
    await postgres.crash();
    await until(() => troubles(server) > before);
    expect(changed(server)).toBeLessThan(60);
    site.clearFaults();
    await postgres.restart();
    await until(async () => (await ready(server)).status === 200);
    expect(await artist.finish(confirmed)).toMatchObject({ counts: { done: 60 } });
    const changes = site.eventLog().filter(({ attribute_name: field, meta }) => {
      return field === 'sg_status_list' && (meta as { new_value?: unknown }).new_value === 'apr';
    });
    expect(changes).toHaveLength(60);
    expect(await createAuditor(server).verify()).toMatchObject({ intact: true });
  }, 60_000);
});

describe('a second sink that takes nothing', () => {
  it('holds nobody up: a full pipe', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-pipe-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Holds the pipe open, fills it to the brim, and reads only when it is told to.
    const script = 'exec 3<>"$0"; head -c 65536 /dev/zero >&3; echo full; read go; exec cat <&3';
    const reader = spawn('sh', ['-c', script, pipe], { stdio: ['pipe', 'pipe', 'inherit'] });
    let server: TestServer | undefined;
    try {
      await once(reader.stdout, 'data');
      server = await startTestServer({ environment: { AUDIT_SINK_FILE: pipe } });
      const prepared = await prepare(server);
      await expectOpen(server, prepared);
      expect((await prepared.artist.click([6935])).status).toBe(303);
      let received = '';
      reader.stdout.on('data', (chunk) => (received += String(chunk)));
      reader.stdin.write('go\n');
      await until(() => received.includes('"action":"run.finished"'));
      const lines = received.replaceAll('\0', '').split('\n').slice(0, -1);
      expect(lines.map((line) => (JSON.parse(line) as { event: { sequence: number } }).event.sequence)).toEqual(
        lines.map((_, index) => index + 1),
      );
    } finally {
      await server?.close();
      reader.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

  it('holds nobody up: an address where nobody is, and a file in a folder that is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-nowhere-'));
    writeFileSync(join(folder, 'file'), '');
    const environment = {
      AUDIT_SINK_URL: 'http://user:hunter2hunter2@127.0.0.1:1/',
      AUDIT_SINK_FILE: join(folder, 'file', 'x'),
    };
    const server = await startTestServer({ environment });
    try {
      await expectOpen(server, await prepare(server));
      await until(() => server.lines.filter((line) => line.includes('wait for their second sink')).length === 2);
      expect(server.lines.join('')).not.toContain('hunter2');
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
