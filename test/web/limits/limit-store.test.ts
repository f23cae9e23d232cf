import { describe, expect, it } from '@jest/globals';
import { createLimitStore } from '../../../src/web/limits/limit-store.ts';

describe('counts by key', () => {
  it('begin anew when their minute is over, each key by itself', async () => {
    let time = 0;
    const store = createLimitStore({ now: () => new Date(time), windowMs: 60_000 });
    expect(await store.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(60_000) });
    time = 30_000;
    expect(await store.increment('a')).toEqual({ totalHits: 2, resetTime: new Date(60_000) });
    expect(await store.increment('b')).toEqual({ totalHits: 1, resetTime: new Date(90_000) });
    time = 60_000;
    expect(await store.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(120_000) });
    expect(await store.increment('b')).toMatchObject({ totalHits: 2 });
  });

  it('take no more memory than they are given, however many keys there are, and give it back', () => {
    let time = 0;
    const store = createLimitStore({ now: () => new Date(time), windowMs: 60_000, mostKeys: 100 });
    for (let n = 0; n < 10_000; n += 1) {
      time += 1;
      void store.increment(`address-${n}`);
    }
    expect(store.size).toBe(100);
    time += 60_000;
    store.prune();
    expect(store.size).toBe(0);
  });

  it('treat a key like any other, whatever it is called', async () => {
    const store = createLimitStore({ now: () => new Date(0), windowMs: 1 });
    for (const key of ['__proto__', 'constructor', ''])
      expect(await store.increment(key)).toMatchObject({ totalHits: 1 });
  });
});
