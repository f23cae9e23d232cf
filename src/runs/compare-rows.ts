/** What the site says now against what was planned: decides, row by row, whether a change may still be written. Pure. */
import { isSameValue, type Change, type FieldValue } from '../actions/plan.ts';
import type { RowOutcome } from './outcome.ts';

/** Fields of a row as just read; undefined when the row is not there for this person. */
export type CurrentFields = Readonly<Record<string, unknown>> | undefined;

/**
 * Before the write. Undefined: write it.
 *
 * A row that somebody changed since the preview is left alone: the person confirmed another change than this would be.
 */
export function settleBeforeWrite(change: Change, current: CurrentFields): RowOutcome | undefined {
  switch (change.kind) {
    case 'create':
      return undefined;
    case 'delete':
      return current === undefined ? { outcome: 'already_so' } : undefined;
    case 'revive':
      return current === undefined ? undefined : { outcome: 'already_so' };
    case 'update':
      return settleUpdate(change, current);
  }
}

function settleUpdate(change: Change, current: CurrentFields): RowOutcome | undefined {
  if (current === undefined) return { outcome: 'failed', detail: 'The row is not there any more.' };
  if (holds(change, current, 'after')) return { outcome: 'already_so' };
  if (holds(change, current, 'before')) return undefined;
  return { outcome: 'failed', detail: 'Somebody changed this row since the preview, so it was left alone.' };
}

/**
 * After a write whose fate is not known, or one that an earlier process had begun.
 *
 * `untouched` is only a snapshot: the site may still be at work on what it was sent, so the caller has to say `unknown`
 * unless it knows that nothing is under way any more.
 */
export function readBack(change: Change, current: CurrentFields): 'applied' | 'untouched' | 'different' {
  // Whether a row was created cannot be seen from the row: it has no id yet.
  if (change.kind === 'create') return 'different';
  if (change.kind === 'delete') return current === undefined ? 'applied' : 'untouched';
  if (change.kind === 'revive') return current === undefined ? 'untouched' : 'applied';
  if (current === undefined) return 'different';
  if (holds(change, current, 'after')) return 'applied';
  return holds(change, current, 'before') ? 'untouched' : 'different';
}

/** A site's answer to a write that does not show the value asked for: dropped or altered without a word. */
export function firstDifference(change: Change, answered: Readonly<Record<string, unknown>>): string | undefined {
  return change.fields.find(
    ({ field, after }) => Object.hasOwn(answered, field) && !isStoredAs(answered[field] as FieldValue, after),
  )?.field;
}

/** Whether what the site shows is what was written: it trims text, and gives a float back as text. */
export function isStoredAs(stored: FieldValue, written: FieldValue): boolean {
  if (isSameValue(stored, written)) return true;
  if (typeof stored === 'string' && typeof written === 'number') return stored !== '' && Number(stored) === written;
  return typeof written === 'string' && isSameValue(stored, written.trim());
}

function holds(change: Change, current: Readonly<Record<string, unknown>>, side: 'before' | 'after'): boolean {
  return change.fields.every((field) =>
    isStoredAs((Object.hasOwn(current, field.field) ? current[field.field] : null) as FieldValue, field[side]),
  );
}
