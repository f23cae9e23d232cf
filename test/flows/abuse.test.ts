/**
 * Ten minutes' worth of abuse in half of one, against the real server in a process of its own: more than an address may ask in ten
 * minutes, slow senders, hoarded connections and streams, oversized headers. People who work meanwhile notice nothing but a busy server.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServerProcess, type ServerProcess } from '../../infra/studio/server-process.ts';
import { newSecret, startStudio, type Studio } from '../../infra/studio/start.ts';
import type { Answer } from '../support/answer.ts';
import { createPerson, type Person, type RunJson } from '../support/person.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { dawdle, flood, hoardStreams, type Counts, type Target } from './abuse/attackers.ts';

/** Of one address in a minute; a flood below is more than ten minutes of it. */
const PER_ADDRESS = 600;
const FLOOD = PER_ADDRESS * 11;

let folder: string;
let studio: Studio;
let server: ServerProcess;
let target: Target;
let url: string;
let databaseUrl: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-abuse-'));
  const port = await freePort();
  url = `http://localhost:${port}`;
  target = { port };
  databaseUrl = `file:${join(folder, 'test.db')}`;
  studio = await startStudio({ server: url });
  server = startServerProcess(
    {
      ...studio.environment,
      PUBLIC_URL: url,
      PORT: String(port),
      SESSION_SECRETS: newSecret(),
      DATABASE_URL: databaseUrl,
      RUN_BATCH_ROWS: '1',
      RUN_CONCURRENCY: '1',
      RATE_LIMIT_ADDRESS: String(PER_ADDRESS),
      RATE_LIMIT_PERSON: '100000',
      // The machine that is flooded is the one that floods: a click may wait here, and is honest all the same.
      AMI_MAX_AGE_SECONDS: '60',
      SLOW_SENDER_SECONDS: '1',
      MAX_CONNECTIONS: '400',
      LOG_LEVEL: 'silent',
      NODE_OPTIONS: `--expose-gc --import=${fileURLToPath(new URL('./abuse/memory.mjs', import.meta.url))}`,
      MEMORY_ASKED: join(folder, 'memory'),
    },
    join(folder, 'server.log'),
  );
  await server.ready(60_000);
}, 90_000);
afterAll(async () => {
  await server.stop();
  await studio.close();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

describe('ten minutes of abuse', () => {
  it('end with the server answering honest clicks, and its memory as before', async () => {
    // The code is compiled and the caches are filled by what the abuse will need as well.
    const person = () => createPerson({ url, studio }, 'artist');
    await workAsUsual(person());
    await abuse();
    const before = await memory();

    const abused = abuse();
    const waited: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const from = performance.now();
      await workAsUsual(person());
      waited.push(performance.now() - from);
    }
    const [clicks, lightClicks, logins, pages, large, slow, streams] = await abused;
    // What an address may do in a minute was done, and all the rest was refused.
    expect(refusedOf(clicks)).toBeGreaterThan(FLOOD - PER_ADDRESS);
    expect(refusedOf(lightClicks)).toBeGreaterThan(200);
    expect(refusedOf(logins)).toBeGreaterThan(200);
    expect(refusedOf(pages)).toBeGreaterThan(FLOOD / 3 - PER_ADDRESS - 1);
    // Whoever is still sending when they are refused may see the connection end before they read why.
    expect((large[431] ?? 0) + (large[0] ?? 0)).toBe(50);
    expect(large[431]).toBeGreaterThan(40);
    // Everybody slow was cut off: that they are all told of is that they came back at all.
    expect(slow.length).toBeGreaterThan(200);
    expect(streams[200]).toBeLessThanOrEqual(12);
    expect(streams[429]).toBeGreaterThan(20);
    // As long as proxies wait for an answer.
    expect(Math.max(...waited)).toBeLessThan(60_000);

    await workAsUsual(person());
    // What is on its way out is let go of first.
    const after = await until(async () => {
      const left = await memory();
      return left < before * 1.2 ? left : undefined;
    }, 15_000);
    expect(after).toBeLessThan(before * 1.2);

    const auditor = createPerson({ url, studio }, 'auditor');
    await auditor.visit('/audit');
    const found = await auditor.json('/audit?type=limit.met');
    const { total } = found.json as { readonly total: number };
    expect(total).toBeGreaterThan(3);
    expect(total).toBeLessThan(60);
  }, 120_000);
});

/** A click, a sign-in, a preview, a run: what the server is for. */
async function workAsUsual(artist: Person): Promise<void> {
  studio.site.setField('Version', 6933, 'sg_status_list', 'rev');
  const confirmed = await artist.confirm(await artist.follow(await artist.click([6933])));
  expect((await finish(artist, confirmed)).counts).toMatchObject({ done: 1 });
}

async function abuse(): Promise<readonly [Counts, Counts, Counts, Counts, Counts, readonly string[], Counts]> {
  const host = `Host: localhost:${target.port}\r\n`;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const slow = Promise.all([
    dawdle(target, '127.0.0.20', 60, '', ''),
    dawdle(target, '127.0.0.21', 60, `GET / HTTP/1.1\r\n${host}X: `, 'x'),
    dawdle(
      target,
      '127.0.0.22',
      60,
      `POST /ami/approve HTTP/1.1\r\n${host}Content-Type: ${form['content-type']}\r\nContent-Length: 5000000\r\n\r\nx`,
      '',
    ),
    dawdle(target, '127.0.0.23', 30, `POST /logout HTTP/1.1\r\n${host}Content-Length: 5000\r\n\r\n`, 'x'),
  ]);
  return Promise.all([
    flood(target, '127.0.0.10', FLOOD, {
      method: 'POST',
      path: '/ami/approve',
      headers: form,
      body: `user_login=artist&signature=${'0'.repeat(40)}&ids=${'1,'.repeat(2_000)}`,
    }),
    flood(target, '127.0.0.11', 300, { path: '/ami/approve?event_log_entry_id=1&user_login=artist' }),
    flood(target, '127.0.0.12', 300, { path: '/login' }),
    flood(target, '127.0.0.13', FLOOD / 3, { path: '/runs/AAAAAAAAAAAAAAAAAAAAAA' }),
    flood(target, '127.0.0.14', 50, { path: '/', headers: { cookie: 'x'.repeat(40_000) } }),
    slow.then((all) => all.flat()),
    hoard(),
  ]);
}

/** Somebody signed in follows a run that goes on in far more windows than they have. */
async function hoard(): Promise<Counts> {
  const manager = createPerson({ url, studio }, 'manager');
  const ids = Array.from({ length: 12 }, (_, at) => 6940 + at);
  for (const id of ids) studio.site.setField('Version', id, 'sg_status_list', 'rev');
  const preview = await manager.follow(await manager.click(ids));
  studio.site.inject({ kind: 'slow', path: '_batch', delayMs: 400, count: 12 });
  const confirmed = await manager.confirm(preview);
  const cookie = manager.jar.header(new URL(url));
  const path = `${confirmed.location!.pathname}/events`;
  const { counts, end } = await hoardStreams(target, path, cookie, 40);
  await finish(manager, confirmed);
  end();
  return counts;
}

/** Everybody honest has one address here, and looks no more often than a page would. */
async function finish(person: Person, confirmed: Answer): Promise<RunJson> {
  for (let looks = 0; looks < 100; looks += 1) {
    const run = (await person.json(confirmed.location!.pathname)).json as RunJson;
    if (run.finished) return run;
    await delay(250);
  }
  throw new Error('a run does not end');
}

function refusedOf(counts: Counts): number {
  return counts[429] ?? 0;
}

/** Bytes that the server cannot do without. */
async function memory(): Promise<number> {
  const asked = join(folder, 'memory');
  await rm(`${asked}.answer`, { force: true });
  writeFileSync(asked, '');
  await until(() => existsSync(`${asked}.answer`), 30_000);
  return Number(readFileSync(`${asked}.answer`, 'utf8'));
}
