import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { barsOf, PREFIX_LENGTH, unitFor } from '../../src/audit/activity-bars.ts';

const MOST_BARS = 200;

const time = (text: string): Date => new Date(text);

describe('the bars of a span of time', () => {
  it.each([
    ['2026-01-01T00:00Z', '2026-01-01T03:00Z', 'minute', 180],
    ['2026-01-01T00:00Z', '2026-01-02T00:00Z', 'hour', 24],
    ['2026-01-01T00:00Z', '2026-01-31T00:00Z', 'day', 30],
    ['2024-01-15T00:00Z', '2026-01-01T00:00Z', 'month', 24],
    ['2024-02-28T12:00Z', '2024-03-05T00:00Z', 'day', 6],
  ] as const)('from %s to %s are %s: %i', (from, to, unit, count) => {
    expect(unitFor(time(from), time(to))).toBe(unit);
    expect(barsOf(time(from), time(to), unit)).toHaveLength(count);
  });

  it('touch each other, cover the span and are named by the times in them', () => {
    const instant = fc.integer({ min: Date.UTC(2000), max: Date.UTC(2100) });
    const length = fc.integer({ min: 1, max: 90 * 24 * 3_600_000 });
    fc.assert(
      fc.property(instant, length, (start, ms) => {
        const [from, to] = [new Date(start), new Date(start + ms)];
        const unit = unitFor(from, to);
        const bars = barsOf(from, to, unit);
        expect(bars.length).toBeLessThanOrEqual(MOST_BARS);
        expect(bars[0]!.from <= from && bars.at(-1)!.to >= to).toBe(true);
        for (const [index, bar] of bars.entries()) {
          expect(bar.to).toEqual(bars[index + 1]?.from ?? bar.to);
          expect(bar.from.toISOString().slice(0, PREFIX_LENGTH[unit])).toBe(bar.key);
          expect(new Date(bar.to.getTime() - 1).toISOString().slice(0, PREFIX_LENGTH[unit])).toBe(bar.key);
        }
      }),
    );
  });

  it('are the newest when there are too many', () => {
    const bars = barsOf(time('1970-01-01T00:00Z'), time('2026-01-01T00:00Z'), 'month');
    expect([bars.length, bars.at(-1)?.key]).toEqual([MOST_BARS, '2025-12']);
  });
});
