import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, judge, retryAfterMs } from '../../src/shotgrid/retry.ts';
import type { Delivery, Lost } from '../../src/shotgrid/transport.ts';

const arrived = (status: number, more: { retryAfter?: string; text?: string } = {}): Delivery => ({
  arrived: true,
  status,
  retryAfter: more.retryAfter,
  text: more.text ?? '<html>Bad Gateway</html>',
});
const lost = (reason: Lost['reason'], sent: boolean): Delivery => ({ arrived: false, reason, sent, failure: reason });
const ENVELOPE = '{"errors":[{"status":503}]}';

describe('asking again', () => {
  it.each([
    ['read', 429, {}, 'again'],
    ['read', 502, {}, 'again'],
    ['read', 503, {}, 'again'],
    ['read', 504, {}, 'again'],
    ['read', 500, {}, 'unavailable'],
    ['write', 429, {}, 'again'],
    ['write', 503, { retryAfter: '1' }, 'again'],
    ['write', 503, { text: ENVELOPE }, 'again'],
    ['write', 503, {}, 'unknown'],
    ['write', 502, { retryAfter: '1' }, 'unknown'],
    ['write', 502, { text: ENVELOPE }, 'unknown'],
    ['write', 504, {}, 'unknown'],
    ['write', 500, { text: ENVELOPE }, 'unknown'],
    ['write', 408, {}, 'unknown'],
    ['write', 400, {}, 'answer'],
    ['write', 401, {}, 'answer'],
    ['write', 302, {}, 'answer'],
    ['write', 200, {}, 'answer'],
  ] as const)('after a %s answered %i %j: %s', (kind, status, more, verdict) => {
    expect(judge(kind, arrived(status, more)).is).toBe(verdict);
  });

  it.each([
    ['read', 'connection', true, 'again'],
    ['read', 'connection', false, 'again'],
    ['read', 'timed_out', true, 'unavailable'],
    ['read', 'too_large', true, 'unavailable'],
    ['read', 'aborted', true, 'aborted'],
    ['write', 'connection', false, 'again'],
    ['write', 'connection', true, 'unknown'],
    ['write', 'timed_out', false, 'unavailable'],
    ['write', 'timed_out', true, 'unknown'],
    ['write', 'too_large', true, 'unknown'],
    ['write', 'aborted', true, 'unknown'],
    ['write', 'aborted', false, 'aborted'],
    ['write', 'busy', false, 'unavailable'],
    ['write', 'closed', false, 'unavailable'],
  ] as const)('after a %s lost by %s (sent: %s): %s', (kind, reason, sent, verdict) => {
    expect(judge(kind, lost(reason, sent)).is).toBe(verdict);
  });

  it('never sends a write again that may have reached the site, but for a refusal that proves itself', () => {
    const delivery = fc.oneof(
      fc.record({
        arrived: fc.constant(true as const),
        status: fc.integer({ min: 200, max: 599 }),
        retryAfter: fc.option(fc.constant('3'), { nil: undefined }),
        text: fc.constantFrom('', ENVELOPE, '<html>', '{}'),
      }),
      fc.record({
        arrived: fc.constant(false as const),
        sent: fc.constant(true),
        reason: fc.constantFrom('aborted', 'timed_out', 'busy', 'closed', 'connection', 'too_large'),
        failure: fc.string(),
      }),
    );
    fc.assert(
      fc.property(delivery, (one) => {
        if (judge('write', one).is !== 'again') return;
        expect(one.arrived && (one.status === 429 || one.status === 503)).toBe(true);
        if (one.arrived && one.status === 503) expect(one.retryAfter ?? one.text).toMatch(/3|errors/);
      }),
    );
  });
});

describe('waiting', () => {
  const now = new Date('2024-05-01T12:00:00Z');

  it.each([
    ['5', 5000],
    ['0', 0],
    [' 2 ', 2000],
    ['Wed, 01 May 2024 12:00:07 GMT', 7000],
    ['Wed, 01 May 2024 11:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e9', undefined],
    ['soon', undefined],
    ['', undefined],
    ['99999999999999', undefined],
    ['Wed, 99 Foo', undefined],
  ])('reads Retry-After %j as %j ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it('spreads over a span that doubles', () => {
    const wait = (attempt: number, random: number): number =>
      backoffMs({ attempt, retryAfter: undefined, now, random: () => random });
    expect([wait(1, 0), wait(1, 0.5), wait(2, 0.5), wait(3, 0.5)]).toEqual([0, 250, 500, 1000]);
    expect(wait(30, 0.5)).toBe(5000);
  });

  it('waits at least as long as the site asks, but never more than half a minute for it', () => {
    const wait = (retryAfter: string): number => backoffMs({ attempt: 1, retryAfter, now, random: () => 0 });
    expect(wait('4')).toBe(4000);
    expect(wait('86400')).toBe(30_000);
  });
});
