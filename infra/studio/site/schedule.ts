/**
 * A Task's `start_date`, `due_date` and `duration` are one triple: write one and the others follow over working days
 * (Monday to Friday, 480 minutes each). `null` for a date leaves the others.
 */
import type { Row, Store } from './store.ts';

const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 480;

export function reschedule(store: Store, task: Row, written: ReadonlySet<string>): void {
  const start = dateOf(task, 'start_date');
  const due = dateOf(task, 'due_date');
  const duration = task.values.get('duration');
  const days = typeof duration === 'number' ? Math.max(1, Math.ceil(duration / MINUTES_A_DAY)) : undefined;
  if (start !== undefined && due !== undefined && written.has('due_date')) {
    store.set(task, 'duration', workingDays(start, due) * MINUTES_A_DAY);
  } else if (start !== undefined && days !== undefined && (written.has('start_date') || written.has('duration'))) {
    store.set(task, 'due_date', text(addWorkingDays(start, days - 1)));
  }
}

function dateOf(task: Row, field: string): number | undefined {
  const value = task.values.get(field);
  return typeof value === 'string' ? Date.parse(value) : undefined;
}

function isWorkingDay(time: number): boolean {
  const day = new Date(time).getUTCDay();
  return day !== 0 && day !== 6;
}

function addWorkingDays(from: number, days: number): number {
  let at = from;
  for (let left = days; left > 0;) {
    at += DAY_MS;
    if (isWorkingDay(at)) left -= 1;
  }
  return at;
}

function workingDays(from: number, to: number): number {
  let count = 0;
  for (let at = from; at <= to; at += DAY_MS) if (isWorkingDay(at)) count += 1;
  return count;
}

function text(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
