import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { freePort, freePorts } from './free-port.ts';

it('is given out once, and none that somebody listens on', async () => {
  const first = await freePort();
  const busy = createServer().listen(first + 1, '127.0.0.1');
  await once(busy, 'listening');
  try {
    const row = await freePorts(3);
    expect([row, row + 1, row + 2]).not.toContain(first);
    expect([row, row + 1, row + 2]).not.toContain(first + 1);
    expect(await freePort()).not.toBe(row + 2);
  } finally {
    busy.close();
  }
});

it('is none that the kernel would give to a connection', async () => {
  for (const port of await Promise.all(Array.from({ length: 50 }, freePort))) {
    expect(port).toBeGreaterThan(1_023);
    expect(port).toBeLessThan(32_768);
  }
});
