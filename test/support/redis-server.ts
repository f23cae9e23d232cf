/**
 * A redis-server of one's own for tests; its folder is temporary and goes with it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedis } from '../../infra/install/find-program.mjs';
import { spawnService } from './spawn-service.ts';

export type OwnRedis = {
  /** `redis://127.0.0.1:<port>/0`; the same after a restart. */
  readonly url: string;
  /** Ends the server; what it held is gone, as with a Redis without persistence. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  remove(): Promise<void>;
};

/** Starts a redis-server that belongs to the caller, who must `remove()` it. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const program = findRedis();
  if (program === undefined) throw new Error('redis-server is not installed: apt-get install redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'understudy-redis-'));
  const start = (port?: number) =>
    spawnService({
      program,
      args: (chosen) => ['--port', String(chosen), '--bind', '127.0.0.1', '--dir', folder, ...SETTINGS],
      answers,
      stopSignal: 'SIGKILL',
      ...(port === undefined ? {} : { port }),
    });
  let service = await start().catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url: `redis://127.0.0.1:${service.port}`,
    stop: () => service.stop(),
    restart: async () => {
      service = await start(service.port);
    },
    remove: async () => {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** No persistence; many logical databases, so that every test may have its own. */
const SETTINGS = ['--save', '', '--appendonly', 'no', '--databases', '10000'];

async function answers(port: number): Promise<void> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  await client.connect();
  await client.ping();
  // quit, because disconnect leaves a timer of two seconds behind.
  await client.quit();
}
