import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { RateLimitedError } from '../../../src/web/errors.ts';
import { createBodyBudget } from '../../../src/web/limits/body-budget.ts';

const MB = 1024 * 1024;

function send(budget: ReturnType<typeof createBodyBudget>, length: string | undefined, ip = '192.0.2.1') {
  const response = new EventEmitter();
  const request = { ip, get: () => length } as unknown as Request;
  let isTaken = false;
  void budget(request, response as unknown as Response, () => (isTaken = true));
  return { isTaken, end: () => response.emit('close') };
}

describe('large forms on their way in', () => {
  it('share a budget, half of which one address may have, until each is answered', () => {
    const budget = createBodyBudget({ allBytes: 20 * MB, largestBytes: 5 * MB });
    const first = send(budget, String(5 * MB));
    send(budget, String(5 * MB));
    expect(() => send(budget, String(MB))).toThrow(RateLimitedError);
    send(budget, String(5 * MB), '192.0.2.2');
    send(budget, String(5 * MB), '192.0.2.2');
    expect(() => send(budget, String(MB), '192.0.2.3')).toThrow(RateLimitedError);
    first.end();
    expect(send(budget, String(5 * MB), '192.0.2.3').isTaken).toBe(true);
  });

  it('never keep a small one out', () => {
    const budget = createBodyBudget({ allBytes: 10 * MB, largestBytes: 5 * MB });
    send(budget, String(5 * MB));
    for (let n = 0; n < 100; n += 1) expect(send(budget, '60000').isTaken).toBe(true);
  });

  it.each([undefined, 'x', '1e99', '99999999999999999999', '6000000'])(
    'count as the largest when they announce %j',
    (length) => {
      const budget = createBodyBudget({ allBytes: 10 * MB, largestBytes: 5 * MB });
      send(budget, length);
      expect(() => send(budget, String(MB))).toThrow(RateLimitedError);
    },
  );
});
