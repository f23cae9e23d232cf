/** The plan that tries again what a run did not do, from how its rows are now. Pure. */
import { isLink, linksOf, listChange } from '../actions/links.ts';
import { isSameValue, type Change, type FieldChange, type FieldValue, type Plan } from '../actions/plan.ts';
import type { UntouchedRow } from '../actions/plan.ts';
import type { OutcomeWord } from './outcome.ts';
import type { RunRow } from './row-store.ts';

const AGAIN: readonly OutcomeWord[] = ['refused', 'failed', 'not_done', 'unknown'];

/**
 * Rows that were refused, failed, not reached, or whose fate is unknown. What is already so now is left alone; a create whose
 * fate is unknown is never proposed again.
 *
 * @param current - By position: the row's fields now; absent when it is not there for this person.
 */
export function planRetry(
  rows: readonly RunRow[],
  current: ReadonlyMap<number, Readonly<Record<string, unknown>>>,
): Plan {
  const changes: Change[] = [];
  const untouched: UntouchedRow[] = [];
  for (const { position, change, progress } of rows) {
    if (!AGAIN.includes(progress as OutcomeWord)) continue;
    if (change.kind === 'create') {
      if (progress !== 'unknown') changes.push(change);
      continue;
    }
    const again = proposeAgain(change, current.get(position));
    if (typeof again !== 'string') changes.push(again);
    else untouched.push({ entityType: change.entityType, id: change.id, name: change.name, reason: again });
  }
  return { changes, untouched };
}

function proposeAgain(
  change: Exclude<Change, { readonly kind: 'create' }>,
  current: Readonly<Record<string, unknown>> | undefined,
): Change | 'already_so' | 'not_found' {
  switch (change.kind) {
    case 'delete':
      return current === undefined ? 'already_so' : change;
    case 'revive':
      return current === undefined ? change : 'already_so';
    case 'update': {
      if (current === undefined) return 'not_found';
      const fields = change.fields.flatMap((field) => {
        const now = (Object.hasOwn(current, field.field) ? current[field.field] : null) as FieldValue;
        return fieldAgain(field, now) ?? [];
      });
      return fields.length === 0 ? 'already_so' : { ...change, fields };
    }
  }
}

/** Adding to a list adds to what is in it now. */
function fieldAgain(field: FieldChange, now: FieldValue): FieldChange | undefined {
  const { send } = field;
  if (send !== undefined && send !== null && typeof send === 'object' && !Array.isArray(send) && !isLink(send)) {
    const { multi_entity_update_mode: mode, value } = send as Readonly<Record<string, FieldValue>>;
    if (mode === 'add' || mode === 'remove') return listChange(field.field, now, mode, linksOf(value));
  }
  return isSameValue(now, field.after) ? undefined : { ...field, before: now };
}
