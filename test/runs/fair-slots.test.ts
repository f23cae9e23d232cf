import { describe, expect, it } from '@jest/globals';
import { createFairSlots } from '../../src/runs/fair-slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('are never more than there are', async () => {
    const slots = createFairSlots(2);
    const held = await Promise.all([slots.take('a', never), slots.take('a', never)]);
    let third = false;
    const waiting = slots.take('a', never).then((release) => {
      third = true;
      return release;
    });
    await Promise.resolve();
    expect([third, slots.taken]).toEqual([false, 2]);
    held[0]?.();
    // Giving back twice gives nothing.
    held[0]?.();
    (await waiting)?.();
    held[1]?.();
    expect(slots.taken).toBe(0);
  });

  it('go to runs in turns: a small run waits for one batch of a large one', async () => {
    const slots = createFairSlots(1);
    const order: string[] = [];
    const first = await slots.take('large', never);
    const take = async (run: string): Promise<void> => {
      const release = await slots.take(run, never);
      order.push(run);
      release?.();
    };
    const all = [...Array.from({ length: 5 }, () => take('large')), take('small'), take('small'), take('third')];
    first?.();
    await Promise.all(all);
    expect(order).toEqual(['large', 'small', 'third', 'large', 'small', 'large', 'large', 'large']);
  });

  it('are not kept by whoever gave up waiting', async () => {
    const slots = createFairSlots(1);
    const release = await slots.take('a', never);
    const patience = new AbortController();
    const gaveUp = slots.take('b', patience.signal);
    const stayed = slots.take('c', never);
    patience.abort();
    expect(await gaveUp).toBeUndefined();
    expect(await slots.take('b', patience.signal)).toBeUndefined();
    release?.();
    (await stayed)?.();
    expect(slots.taken).toBe(0);
  });
});
