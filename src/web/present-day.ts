/** The last 24 hours as a drawing: bars for what happened in each hour, and below them how long people waited. Pure. */
import type { Day, DayFigures } from '../audit/day.ts';
import type { Texts } from '../texts/texts.ts';

export type DayBar = {
  /** Where its hour begins; hours are one wide. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly kind: 'clicks' | 'runs' | 'refusals' | 'wait';
};

export type PresentedDay = {
  readonly figures: Figures;
  readonly hours: readonly (Figures & { readonly x: number; readonly label: string; readonly title: string })[];
  readonly bars: readonly DayBar[];
  readonly waits: readonly DayBar[];
  /** What the tallest bar stands for. */
  readonly most: number;
  readonly longest: string;
  readonly first: string;
  readonly last: string;
  readonly isEmpty: boolean;
  readonly isComplete: boolean;
};

type Figures = Readonly<Record<'clicks' | 'runs' | 'refusals' | 'wait', string>>;

/** Height of each drawing; its width is 24. */
const HEIGHT = 100;
/** One refusal beside a thousand clicks is still seen. */
const LEAST_HEIGHT = 3;
const KINDS = ['clicks', 'runs', 'refusals'] as const;
const BAR_WIDTH = 0.26;

export function presentDay(texts: Texts, day: Day): PresentedDay {
  const { hours } = day;
  const most = Math.max(0, ...hours.flatMap((hour) => KINDS.map((kind) => hour[kind])));
  const longest = Math.max(0, ...hours.map(({ previewP95Ms }) => previewP95Ms ?? 0));
  const labels = hours.map(({ from }) => from.toISOString().slice(0, 16).replace('T', ' '));
  return {
    figures: figuresOf(texts, day),
    hours: hours.map((hour, x) => {
      const label = labels[x] ?? '';
      return { ...figuresOf(texts, hour), x, label, title: titleOf(texts, label, hour) };
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
    most,
    longest: secondsText(texts, longest),
    first: labels[0] ?? '',
    last: labels.at(-1) ?? '',
    isEmpty: day.clicks + day.runs + day.refusals === 0,
    isComplete: day.isComplete,
  };
}

function figuresOf(texts: Texts, { clicks, runs, refusals, previewP95Ms }: DayFigures): Figures {
  return {
    clicks: texts.number(clicks),
    runs: texts.number(runs),
    refusals: texts.number(refusals),
    wait: previewP95Ms === undefined ? '–' : secondsText(texts, previewP95Ms),
  };
}

function titleOf(texts: Texts, hour: string, { clicks, runs, refusals, previewP95Ms }: DayFigures): string {
  const counts = { hour, clicks, runs, refusals };
  if (previewP95Ms === undefined) return texts.t('admin.hourTitle', counts);
  return texts.t('admin.hourTitleWithWait', { ...counts, wait: secondsText(texts, previewP95Ms) });
}

/** `0.25 s`, `12 s`. */
function secondsText({ t }: Texts, ms: number): string {
  return t(ms < 10_000 ? 'admin.hundredths' : 'admin.seconds', { seconds: ms / 1000 });
}

function heightOf(value: number, most: number): number {
  return value === 0 ? 0 : rounded(Math.max(LEAST_HEIGHT, (value / most) * HEIGHT));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
