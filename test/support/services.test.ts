import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startOwnPostgres } from './postgres.ts';
import { startOwnRedis } from './redis-server.ts';
import { describeWithRedis, freshRedisUrl } from './redis.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function connect(url: string): Redis {
  const client = new Redis(url, { retryStrategy: () => 20 });
  client.on('error', () => undefined);
  cleanups.push(() => client.quit());
  return client;
}

describeWithRedis('redis for tests', () => {
  it('gives every caller an empty database of its own', async () => {
    const [one, two] = [connect(await freshRedisUrl()), connect(await freshRedisUrl())];
    await one.set('key', 'mine');
    expect(await two.get('key')).toBeNull();
    expect(await one.dbsize()).toBe(1);
  });

  it('can be stopped and comes back on the same port, empty', async () => {
    const redis = await startOwnRedis();
    cleanups.push(() => redis.remove());
    const client = connect(redis.url);
    await client.set('key', 'value');
    await redis.stop();
    await redis.restart();
    expect(await client.get('key')).toBeNull();
  });
});

const describeWithPostgres = process.env['UNDERSTUDY_TEST_POSTGRES_URL'] === undefined ? describe.skip : describe;
describeWithPostgres('postgres for tests', () => {
  it('keeps what was committed across a crash', async () => {
    const postgres = await startOwnPostgres();
    cleanups.push(() => postgres.stop());
    const query = async (sql: string): Promise<unknown[]> => {
      const client = new pg.Client(postgres.url());
      client.on('error', () => undefined);
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(sql);
      await client.end();
      return rows;
    };
    await query('create table kept as select 1 as one');
    await postgres.crash();
    await postgres.restart();
    expect(await query('select one from kept')).toEqual([{ one: 1 }]);
  });
});
