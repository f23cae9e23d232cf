/** How a span of time is cut into bars: whole months, days, hours or minutes of UTC, so that each bar is a span too. Pure. */

export type BarUnit = 'month' | 'day' | 'hour' | 'minute';

/** Of an RFC 3339 time, as many characters as name its month, day, hour or minute. */
export const PREFIX_LENGTH: Readonly<Record<BarUnit, number>> = { month: 7, day: 10, hour: 13, minute: 16 };

export type BarSpan = {
  /** The time's first {@link PREFIX_LENGTH} characters. */
  readonly key: string;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
};

const HOUR_MS = 3_600_000;
/** A picture shows no more bars than this: what lies before is cut off, and said to be. */
const MOST_BARS = 200;

/** The unit in which a span gives bars that can still be told apart. */
export function unitFor(from: Date, to: Date): BarUnit {
  const hours = (to.getTime() - from.getTime()) / HOUR_MS;
  if (hours > 92 * 24) return 'month';
  if (hours > 3 * 24) return 'day';
  return hours > 3 ? 'hour' : 'minute';
}

/** The bars that a span touches, oldest first, of {@link MOST_BARS} the newest. `to` is exclusive. */
export function barsOf(from: Date, to: Date, unit: BarUnit): readonly BarSpan[] {
  const bars: BarSpan[] = [];
  for (let end = next(start(new Date(Math.max(to.getTime() - 1, from.getTime())), unit), unit); end > from;) {
    const begin = start(new Date(end.getTime() - 1), unit);
    bars.push({ key: begin.toISOString().slice(0, PREFIX_LENGTH[unit]), from: begin, to: end });
    if (bars.length === MOST_BARS) break;
    end = begin;
  }
  return bars.reverse();
}

function start(time: Date, unit: BarUnit): Date {
  const text = time.toISOString().slice(0, PREFIX_LENGTH[unit]);
  return new Date(`${text}${'0000-01-01T00:00'.slice(PREFIX_LENGTH[unit])}:00.000Z`);
}

function next(begin: Date, unit: BarUnit): Date {
  switch (unit) {
    case 'month':
      return new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + 1));
    case 'day':
      return new Date(begin.getTime() + 24 * HOUR_MS);
    case 'hour':
      return new Date(begin.getTime() + HOUR_MS);
    case 'minute':
      return new Date(begin.getTime() + HOUR_MS / 60);
  }
}
