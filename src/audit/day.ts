/**
 * The last 24 hours by the hour: clicks, runs, refusals, and how long people wait between click and preview. Counted from
 * the newest records; the counting itself is pure.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { AuditTables } from './tables.ts';

export type DayFigures = {
  readonly clicks: number;
  readonly runs: number;
  /** Everything that was refused or failed with a code of its own; rows of runs are not among them. */
  readonly refusals: number;
  /** Milliseconds in which 95 of 100 previews were there; undefined without any. */
  readonly previewP95Ms: number | undefined;
};

export type Day = DayFigures & {
  /** 24, oldest first; the last one is under way. */
  readonly hours: readonly (DayFigures & { readonly from: Date; readonly to: Date })[];
  /** False: only the newest `MOST_RECORDS` records are counted. */
  readonly isComplete: boolean;
};

/** One record, as far as it is counted. */
export type DayRecord = {
  /** RFC 3339. */
  readonly time: string;
  readonly type: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly launch_id: string | null;
  readonly action_id: string | null;
};

const HOURS = 24;
const HOUR_MS = 3_600_000;
const MOST_RECORDS = 100_000;

/** @param waitsForPeople - Actions that ask something first: how long that takes is nobody's waiting. */
export async function readDay(db: Kysely<AuditTables>, now: Date, waitsForPeople: ReadonlySet<string>): Promise<Day> {
  const from = firstHour(now);
  const [span, head] = await Promise.all([
    db
      .selectFrom('audit_hours')
      .select(({ fn }) => fn.min('first_seq').as('first'))
      .where('hour', '>=', from.toISOString().slice(0, 13))
      .executeTakeFirstOrThrow(),
    db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow(),
  ]);
  const first = (span.first as number | null) ?? head.seq + 1;
  const cut = head.seq - MOST_RECORDS;
  const { rows } = await sql<DayRecord>`
    select time, type, outcome, code, launch_id, action_id from audit_index
    where seq >= ${Math.max(first, cut)} and time >= ${from.toISOString()}
      and (type in ('click.received', 'plan.made', 'run.confirmed', 'login.succeeded', 'login.failed')
        or (code is not null and outcome in ('refused', 'failed')))
    order by seq`.execute(db);
  return { ...countDay(rows, now, waitsForPeople), isComplete: first >= cut };
}

/** @param records - In order; what is older than the 24 hours is left out. */
export function countDay(
  records: readonly DayRecord[],
  now: Date,
  waitsForPeople: ReadonlySet<string>,
): Omit<Day, 'isComplete'> {
  const start = firstHour(now).getTime();
  const hours = Array.from({ length: HOURS }, () => ({ clicks: 0, runs: 0, refusals: 0, waits: [] as number[] }));
  const waits = waitsOf(records, waitsForPeople);
  for (const [at, record] of records.entries()) {
    const hour = hours[Math.floor((new Date(record.time).getTime() - start) / HOUR_MS)];
    if (hour === undefined) continue;
    // A click of very many rows is told in parts; each launch is one click.
    if (record.type === 'click.received' && waits.clickAt.get(record.launch_id) === at) hour.clicks += 1;
    else if (record.type === 'run.confirmed') hour.runs += 1;
    else if (record.code !== null) hour.refusals += 1;
    const wait = waits.byClick.get(at);
    if (wait !== undefined) hour.waits.push(wait);
  }
  return {
    ...sumOf(hours),
    hours: hours.map((hour, at) => ({
      ...sumOf([hour]),
      from: new Date(start + at * HOUR_MS),
      to: new Date(start + (at + 1) * HOUR_MS),
    })),
  };
}

type Waits = {
  /** Where the first record of a launch's click is. */
  readonly clickAt: ReadonlyMap<string | null, number>;
  /** By the place of the click: milliseconds until its first preview. */
  readonly byClick: ReadonlyMap<number, number>;
};

/** A click in whose course somebody signed in waited for a person, and is left out like those of actions that ask. */
function waitsOf(records: readonly DayRecord[], waitsForPeople: ReadonlySet<string>): Waits {
  const clickAt = new Map<string | null, number>();
  const byClick = new Map<number, number>();
  const leftOut = new Set<string | null>();
  for (const [at, { type, time, launch_id: launch, action_id: action }] of records.entries()) {
    if (type === 'click.received') {
      if (!clickAt.has(launch)) clickAt.set(launch, at);
    } else if (type.startsWith('login.')) leftOut.add(launch);
    else if (type === 'plan.made') {
      const click = clickAt.get(launch);
      const clicked = click === undefined ? undefined : records[click];
      if (click === undefined || clicked === undefined || byClick.has(click) || leftOut.has(launch)) continue;
      leftOut.add(launch);
      if (action !== null && waitsForPeople.has(action)) continue;
      byClick.set(click, Math.max(0, new Date(time).getTime() - new Date(clicked.time).getTime()));
    }
  }
  return { clickAt, byClick };
}

type Counted = { readonly clicks: number; readonly runs: number; readonly refusals: number; readonly waits: number[] };

function sumOf(hours: readonly Counted[]): DayFigures {
  const total = (name: 'clicks' | 'runs' | 'refusals'): number => hours.reduce((sum, hour) => sum + hour[name], 0);
  return {
    clicks: total('clicks'),
    runs: total('runs'),
    refusals: total('refusals'),
    previewP95Ms: p95(hours.flatMap(({ waits }) => waits)),
  };
}

/** By nearest rank. */
function p95(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];
}

/** The beginning of the oldest of 24 whole hours of UTC, of which the last holds `now`. */
function firstHour(now: Date): Date {
  return new Date((Math.floor(now.getTime() / HOUR_MS) - HOURS + 1) * HOUR_MS);
}
