import { describe, expect, it } from '@jest/globals';
import { barsOf } from '../../src/audit/activity-bars.ts';
import type { Activity } from '../../src/audit/activity.ts';
import { presentActivity } from '../../src/web/present-activity.ts';
import { LANGUAGES } from '../../src/texts/languages.ts';
import { createTexts } from '../../src/texts/texts.ts';

const texts = createTexts(LANGUAGES)([]);
const hrefOf = (changes: Readonly<Record<string, string>>) => `/audit?${new URLSearchParams(changes).toString()}`;

/** Of the drawing, as the page's viewBox has it. */
const HEIGHT = 100;

function present(counts: readonly Activity['bars'][number]['counts'][]) {
  const from = new Date('2026-01-05T00:00Z');
  const bars = barsOf(from, new Date(from.getTime() + counts.length * 86_400_000), 'day').map((bar, at) => ({
    ...bar,
    counts: counts[at] ?? {},
  }));
  const actors = { isComplete: true, list: [] };
  return presentActivity(texts, { total: 1_234, isComplete: true, unit: 'day', bars, actors }, hrefOf);
}

describe('the picture of activity', () => {
  it('is as high as the most, and each bar leads to its own day', () => {
    const { bars, highest, first, last, total } = present([{ success: 100 }, {}, { success: 40, failed: 10 }]);
    expect([highest, first, last, total]).toEqual(['100', '2026-01-05', '2026-01-07', 1_234]);
    expect(bars[0]).toMatchObject({ parts: [{ outcome: 'success', y: 0, height: HEIGHT }], total: 100 });
    expect(bars[1]).toMatchObject({ parts: [], title: '2026-01-06: no records' });
    expect(bars[2]).toMatchObject({
      title: '2026-01-07: 50 records, 40 success, 10 failed',
      parts: [
        { outcome: 'success', y: 60, height: 40 },
        { outcome: 'failed', y: 50, height: 10 },
      ],
    });
    expect(new URL(bars[0]!.href, 'http://x').searchParams.get('to')).toBe('2026-01-06T00:00:00.000Z');
  });

  it('shows one failure among a hundred thousand, within its frame', () => {
    const { bars, highest } = present([{ success: 100_000, failed: 1, refused: 1, unknown: 1, intended: 1 }]);
    expect(highest).toBe('100,004');
    const [bar] = bars;
    expect(bar!.title).toMatch(/^2026-01-05: 100,004 records, 100,000 success, 1 intended, /);
    for (const { height, y } of bar!.parts) {
      expect(height).toBeGreaterThan(2);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y + height).toBeLessThanOrEqual(HEIGHT + 0.05);
    }
  });

  it('counts each outcome over all bars, and leads to it', () => {
    const { outcomes } = present([{ success: 2, refused: 1 }, { success: 3 }]);
    expect(outcomes).toEqual([
      { outcome: 'success', count: '5', href: '/audit?outcome=success' },
      { outcome: 'refused', count: '1', href: '/audit?outcome=refused' },
    ]);
  });

  it('of nothing is empty', () => {
    const actors = { isComplete: true, list: [] };
    const nothing = presentActivity(texts, { total: 0, isComplete: true, unit: 'day', bars: [], actors }, hrefOf);
    expect(nothing).toMatchObject({ bars: [], highest: '0', outcomes: [], first: '', last: '' });
  });
});
