/** The last 24 hours as a drawing: bars for what happened in each hour, and below them how long people waited. Pure. */
import type { Day, DayFigures } from '../audit/day.ts';
import { numberText } from './present-activity.ts';

export type DayBar = {
  /** Where its hour begins; hours are one wide. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly kind: 'clicks' | 'runs' | 'refusals' | 'wait';
};

export type PresentedDay = {
  readonly figures: Texts;
  readonly hours: readonly (Texts & { readonly x: number; readonly label: string; readonly title: string })[];
  readonly bars: readonly DayBar[];
  readonly waits: readonly DayBar[];
  /** What the tallest bar stands for. */
  readonly most: string;
  readonly longest: string;
  readonly first: string;
  readonly last: string;
  readonly isEmpty: boolean;
  readonly isComplete: boolean;
};

type Texts = Readonly<Record<'clicks' | 'runs' | 'refusals' | 'wait', string>>;

/** Height of each drawing; its width is 24. */
const HEIGHT = 100;
/** One refusal beside a thousand clicks is still seen. */
const LEAST_HEIGHT = 3;
const KINDS = ['clicks', 'runs', 'refusals'] as const;
const BAR_WIDTH = 0.26;

export function presentDay(day: Day): PresentedDay {
  const { hours } = day;
  const most = Math.max(0, ...hours.flatMap((hour) => KINDS.map((kind) => hour[kind])));
  const longest = Math.max(0, ...hours.map(({ previewP95Ms }) => previewP95Ms ?? 0));
  const labels = hours.map(({ from }) => from.toISOString().slice(0, 16).replace('T', ' '));
  return {
    figures: textsOf(day),
    hours: hours.map((hour, x) => {
      const texts = textsOf(hour);
      const wait = hour.previewP95Ms === undefined ? '' : `, preview after ${texts.wait}`;
      const label = labels[x] ?? '';
      return {
        ...texts,
        x,
        label,
        title: `${label}: ${texts.clicks} clicks, ${texts.runs} runs, ${texts.refusals} refusals${wait}`,
      };
    }),
    bars: hours.flatMap((hour, x) =>
      KINDS.flatMap((kind, at) => {
        const height = heightOf(hour[kind], most);
        if (height === 0) return [];
        return [{ x: rounded(x + 0.1 + at * BAR_WIDTH), y: HEIGHT - height, width: BAR_WIDTH, height, kind }];
      }),
    ),
    waits: hours.flatMap(({ previewP95Ms }, x) => {
      if (previewP95Ms === undefined) return [];
      const height = Math.max(LEAST_HEIGHT, heightOf(previewP95Ms, longest));
      return [{ x: x + 0.1, y: HEIGHT - height, width: 0.78, height, kind: 'wait' as const }];
    }),
    most: numberText(most),
    longest: secondsText(longest),
    first: labels[0] ?? '',
    last: labels.at(-1) ?? '',
    isEmpty: day.clicks + day.runs + day.refusals === 0,
    isComplete: day.isComplete,
  };
}

function textsOf({ clicks, runs, refusals, previewP95Ms }: DayFigures): Texts {
  return {
    clicks: numberText(clicks),
    runs: numberText(runs),
    refusals: numberText(refusals),
    wait: previewP95Ms === undefined ? '–' : secondsText(previewP95Ms),
  };
}

/** `0.25 s`, `12 s`. */
function secondsText(ms: number): string {
  return `${ms < 10_000 ? (ms / 1000).toFixed(2) : Math.round(ms / 1000)} s`;
}

function heightOf(value: number, most: number): number {
  return value === 0 ? 0 : rounded(Math.max(LEAST_HEIGHT, (value / most) * HEIGHT));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
