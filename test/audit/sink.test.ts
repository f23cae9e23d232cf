/** The second sink, with real files, pipes and addresses, some of which fail. */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { addressTarget, createSink, fileTarget } from '../../src/audit/sink.ts';
import type { Sink, SinkTarget } from '../../src/audit/sink.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import { databases } from '../support/databases.ts';
import { until } from '../support/until.ts';
import { startCollector, type Collector } from './collector.ts';

let folder: string;
let collector: Collector;
const sinks: Sink[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-sink-'));
  collector = await startCollector();
});
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
  await collector.close();
  await rm(folder, { recursive: true });
});

/** Numbers of the records in a collector's lines, which must all be whole. */
const sequencesIn = (text: string): readonly number[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { event: { sequence: number } }).event.sequence);
const upTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1);
const read = (path: string) => readFileSync(path, 'utf8');

describe.each(databases)('the second sink of a log in $name', ({ open }) => {
  const start = async (target: SinkTarget, { url, owner = 'a' }: { url?: string; owner?: string } = {}) => {
    const database = await open(url);
    const troubles: unknown[] = [];
    let now = Date.now();
    const sink = createSink({
      db: database.db.$extendTables<AuditTables>(),
      target,
      owner,
      now: () => new Date(now),
      onTrouble: (_name, error) => troubles.push(error),
    });
    sinks.push(sink);
    const log = createAuditLog({ database, now: () => new Date(), onCommitted: sink.wake });
    const append = (count: number) => log.append(Array.from({ length: count }, () => loggedOut({})));
    return { database, url: database.url, log, sink, append, troubles, later: (ms: number) => (now += ms) };
  };
  const reached = (sink: Sink, seq: number) => until(() => sink.status().forwardedUpTo === seq);

  it('writes every record, in order, to a file for our account alone', async () => {
    const path = join(folder, 'ecs.jsonl');
    const { append, sink } = await start(fileTarget(path));
    await append(3);
    await reached(sink, 3);
    await append(450);
    await reached(sink, 453);
    expect(sequencesIn(read(path))).toEqual(upTo(453));
    expect(execFileSync('stat', ['-c', '%a', path]).toString().trim()).toBe('600');
  });

  it('goes on where it stopped, also behind half a line of a process that was killed', async () => {
    const path = join(folder, 'ecs.jsonl');
    const first = await start(fileTarget(path));
    await first.append(2);
    await reached(first.sink, 2);
    await first.sink.close();
    await first.append(2);
    appendFileSync(path, '{"event":{"sequen');
    const second = await start(fileTarget(path), { url: first.url, owner: 'b' });
    await reached(second.sink, 4);
    const lines = read(path).split('\n');
    expect(lines[2]).toBe('{"event":{"sequen');
    expect(sequencesIn(lines.toSpliced(2, 1).join('\n'))).toEqual([1, 2, 3, 4]);
  });

  it('begins at the first record when it is pointed elsewhere', async () => {
    const first = await start(fileTarget(join(folder, 'one')));
    await first.append(3);
    await reached(first.sink, 3);
    const second = await start(fileTarget(join(folder, 'two')), { url: first.url });
    await reached(second.sink, 3);
    expect(sequencesIn(read(join(folder, 'two')))).toEqual([1, 2, 3]);
  });

  it('posts lines to a collector, with the credentials of its address and without them in its name', async () => {
    const target = addressTarget(collector.url);
    expect(target.name).not.toContain('hunter2');
    const { append, sink } = await start(target);
    await append(201);
    await reached(sink, 201);
    expect(collector.bodies.flatMap(sequencesIn)).toEqual(upTo(201));
    expect(collector.headers[0]).toMatchObject({
      'content-type': 'application/x-ndjson',
      authorization: `Basic ${Buffer.from('reporter:hunter2').toString('base64')}`,
    });
  });

  it.each([500, 404, 302] as const)('keeps everything while the collector answers %i', async (status) => {
    collector.answer = status;
    const { append, sink, troubles } = await start(addressTarget(collector.url));
    await append(2);
    await until(() => sink.status().trouble);
    expect(troubles).toHaveLength(1);
    expect(String(troubles[0])).not.toContain('hunter2');
    // Appending goes on.
    await append(2);
    collector.answer = 200;
    await reached(sink, 4);
    expect(sink.status()).not.toHaveProperty('trouble');
    expect([...new Set(collector.bodies.flatMap(sequencesIn))]).toEqual([1, 2, 3, 4]);
  });

  it('never holds up an append while a collector says nothing, and stops all the same', async () => {
    collector.answer = 'hang';
    const { append, log, sink } = await start(addressTarget(collector.url));
    for (let round = 0; round < 5; round += 1) await append(10);
    expect(await log.verify()).toMatchObject({ intact: true, size: 50 });
    await until(() => collector.hanging > 0);
    await sink.close();
    expect(sink.status()).toMatchObject({ forwardedUpTo: 0 });
  });

  it('waits for the reader of a pipe, then for a pipe that is full, and never cuts a line in two', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const { append, log, sink } = await start(fileTarget(path));
    await append(5);
    // Nobody reads: an open pipe would wait for ever.
    await until(() => sink.status().trouble);
    // Somebody opens it and does not read: the pipe holds 64 kB and is then full.
    const reader = spawn('sh', ['-c', 'exec 3<"$0"; read go; cat <&3', path], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      let received = '';
      reader.stdout.on('data', (chunk) => (received += String(chunk)));
      await append(600);
      await until(() => sink.status().trouble === undefined || (sink.status().forwardedUpTo ?? 0) > 0);
      // The log does not wait for it.
      await append(5);
      expect(await log.verify()).toMatchObject({ intact: true, size: 610 });
      expect(sink.status().forwardedUpTo).toBeLessThan(610);
      reader.stdin.write('go\n');
      await reached(sink, 610);
      await until(() => received.split('\n').length === 611);
      expect(sequencesIn(received)).toEqual(upTo(610));
    } finally {
      reader.kill('SIGKILL');
    }
  });

  it('is fed by one of several processes, and by another when that one is gone', async () => {
    const path = join(folder, 'ecs.jsonl');
    const one = await start(fileTarget(path), { owner: 'one' });
    await one.append(1);
    await reached(one.sink, 1);
    const two = await start(fileTarget(path), { url: one.url, owner: 'two' });
    await two.append(1);
    await until(() => one.log.read(2));
    one.sink.wake();
    await reached(one.sink, 2);
    expect(two.sink.status()).not.toHaveProperty('forwardedUpTo');
    // The first dies without a word; its right to the sink expires.
    two.later(61_000);
    await two.append(1);
    await reached(two.sink, 3);
    // It was not dead after all, and finds out before it writes a line twice.
    one.later(61_000);
    await one.append(1);
    two.sink.wake();
    await until(() => sequencesIn(read(path)).length >= 4);
    expect(sequencesIn(read(path))).toEqual([1, 2, 3, 4]);
  });

  it('reports a disk that is gone once, and recovers', async () => {
    const { append, sink, troubles } = await start(fileTarget(join(folder, 'later', 'ecs.jsonl')));
    await append(1);
    await until(() => sink.status().trouble);
    execFileSync('mkdir', [join(folder, 'later')]);
    await reached(sink, 1);
    expect(troubles).toHaveLength(1);
  });

  it('does not take a folder for a file', async () => {
    writeFileSync(join(folder, 'x'), '');
    const { append, sink } = await start(fileTarget(folder));
    await append(1);
    await until(() => sink.status().trouble);
  });
});
