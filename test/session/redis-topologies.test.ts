import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cookie } from 'express-session';
import type { SessionData } from 'express-session';
import { findRedis } from '../../infra/install/find-program.mjs';
import { createRedisStore } from '../../src/session/redis-store.ts';
import type { SessionStore } from '../../src/session/store.ts';
import { freePort } from '../support/free-port.ts';
import { describeWithRedis } from '../support/redis.ts';
import { startOwnRedis } from '../support/redis-server.ts';
import { spawnService } from '../support/spawn-service.ts';
import { until } from './until.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A redis-server with these settings beside the usual ones. */
async function startServer(args: (port: number, folder: string) => readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-redis-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const service = await spawnService({
    program: findRedis() ?? 'redis-server',
    args: (port) => args(port, folder),
    answers: (port) => command(port, (client) => client.ping()),
    stopSignal: 'SIGKILL',
  });
  cleanups.push(() => service.stop());
  return service.port;
}

async function command(port: number, send: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await send(client);
  } finally {
    // Not quit: a sentinel does not know it.
    client.disconnect();
  }
}

async function open(url: string): Promise<SessionStore> {
  const store = createRedisStore({ url, maxAgeSeconds: 60, now: () => new Date(), onError: () => undefined });
  cleanups.push(() => store.close());
  await until(() => store.check());
  return store;
}

/** Writes a session and reads it back. */
async function roundTrip({ store }: SessionStore, id: string): Promise<unknown> {
  const session: SessionData = { identity: id, cookie: new Cookie() };
  await new Promise<void>((resolve, reject) =>
    store.set(id, session, (error: unknown) => (error instanceof Error ? reject(error) : resolve())),
  );
  return new Promise((resolve) => store.get(id, (_, read) => resolve(read?.identity)));
}

describeWithRedis('sessions in several Redis servers', () => {
  it('follow what the sentinels call the master', async () => {
    const master = await startOwnRedis();
    cleanups.push(() => master.remove());
    const masterPort = new URL(master.url).port;
    const folder = await mkdtemp(join(tmpdir(), 'understudy-sentinel-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, `sentinel monitor studio 127.0.0.1 ${masterPort} 1\n`);
    const port = await startServer((chosen) => [file, '--sentinel', '--port', String(chosen), '--bind', '127.0.0.1']);
    const store = await open(`redis+sentinel://127.0.0.1:1,127.0.0.1:${port}/studio/3`);
    expect(await roundTrip(store, 'artist')).toBe('artist');
    await command(Number(masterPort), async (client) => {
      await client.select(3);
      expect(await client.keys('*')).toEqual(['understudy:session:artist']);
    });
  });

  it('spread over a cluster', async () => {
    const bus = await freePort();
    const port = await startServer((chosen, folder) => [
      ...['--port', String(chosen), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      // A node alone never learns its own address from others.
      ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-port', String(bus)],
    ]);
    await command(port, (client) => client.cluster('ADDSLOTSRANGE', 0, 16_383));
    const store = await open(`redis+cluster://127.0.0.1:${port}`);
    for (const id of ['artist', 'manager', 'auditor']) expect(await roundTrip(store, id)).toBe(id);
  });
});
