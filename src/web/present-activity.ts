/**
 * The picture above the audit log: stacked bars over time, drawn as shapes of an SVG without a single style of its own, so that
 * a strict content security policy lets it be. Each bar leads to its own span of time. Pure.
 */
import type { Activity } from '../audit/activity.ts';
import type { BarUnit } from '../audit/activity-bars.ts';
import type { AuditOutcome } from '../audit/event.ts';
import type { Texts } from '../texts/texts.ts';

/** From the bottom of a bar upwards: what needs attention sits on top, where it is seen. */
const STACK: readonly AuditOutcome[] = ['success', 'intended', 'unknown', 'refused', 'failed'];

export type PresentedBar = {
  /** Where the bar begins; bars are one wide. */
  readonly x: number;
  readonly href: string;
  /** `2026-01-05: 120 records, 3 refused`. */
  readonly title: string;
  readonly label: string;
  readonly total: number;
  readonly parts: readonly { readonly outcome: AuditOutcome; readonly y: number; readonly height: number }[];
  /** `117 success, 3 refused`. */
  readonly counts: string;
};

export type PresentedActivity = {
  readonly total: number;
  readonly unit: BarUnit;
  readonly bars: readonly PresentedBar[];
  readonly highest: string;
  readonly outcomes: readonly { readonly outcome: AuditOutcome; readonly count: string; readonly href: string }[];
  readonly first: string;
  readonly last: string;
};

/** Height of the drawing; its width is the number of bars. */
const HEIGHT = 100;
/** Three refusals among ten thousand clicks are still seen. */
const LEAST_HEIGHT = 2.5;

/** @param hrefOf - The page's address with these parts of the filter changed. */
export function presentActivity(
  { t, number }: Texts,
  activity: Activity,
  hrefOf: (changes: Readonly<Record<string, string>>) => string,
): PresentedActivity {
  const { bars, unit } = activity;
  const totals = bars.map(({ counts }) => sum(Object.values(counts)));
  const most = Math.max(1, ...totals);
  const presented = bars.map((bar, x): PresentedBar => {
    const counts = STACK.flatMap((outcome) => {
      const count = bar.counts[outcome] ?? 0;
      return count === 0 ? [] : [{ outcome, count }];
    });
    const label = labelOf(bar.from, unit);
    const total = totals[x] ?? 0;
    const countsText = counts.map(({ outcome, count }) => t('audit.howMany', { count, what: outcome })).join(', ');
    return {
      x,
      href: hrefOf({ from: bar.from.toISOString(), to: bar.to.toISOString() }),
      title: t('audit.bar', { time: label, total, counts: countsText }),
      label,
      total,
      parts: stack(counts, most),
      counts: countsText,
    };
  });
  return {
    total: activity.total,
    unit,
    bars: presented,
    highest: number(Math.max(0, ...totals)),
    outcomes: STACK.flatMap((outcome) => {
      const count = sum(bars.map(({ counts }) => counts[outcome] ?? 0));
      return count === 0 ? [] : [{ outcome, count: number(count), href: hrefOf({ outcome }) }];
    }),
    first: presented[0]?.label ?? '',
    last: presented.at(-1)?.label ?? '',
  };
}

function stack(
  counts: readonly { readonly outcome: AuditOutcome; readonly count: number }[],
  most: number,
): PresentedBar['parts'] {
  const heights = counts.map(({ count }) => Math.max(LEAST_HEIGHT, (count / most) * HEIGHT));
  // Small parts were made visible at the cost of the others, never of the frame.
  const scale = Math.min(1, HEIGHT / Math.max(1, sum(heights)));
  let top = HEIGHT;
  return counts.map(({ outcome }, index) => {
    const height = rounded((heights[index] ?? 0) * scale);
    top = rounded(top - height);
    return { outcome, y: Math.max(0, top), height };
  });
}

function labelOf(from: Date, unit: BarUnit): string {
  const text = from.toISOString();
  switch (unit) {
    case 'month':
      return text.slice(0, 7);
    case 'day':
      return text.slice(0, 10);
    case 'hour':
    case 'minute':
      return text.slice(0, 16).replace('T', ' ');
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
