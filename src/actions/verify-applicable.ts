/** Whether an action is for what was selected. Pure. */
import type { AmiPayload } from '../ami/payload.ts';
import type { ActionDefinition } from './definition.ts';
import { ActionNotApplicableError } from './errors.ts';

/** @throws {@link ActionNotApplicableError} for rows of another type, or too many of them. */
export function verifyApplicable(
  action: Pick<ActionDefinition, 'title' | 'entityTypes' | 'maxRows'>,
  payload: Pick<AmiPayload, 'entityType' | 'selectedIds'>,
): void {
  if (payload.entityType !== undefined && !action.entityTypes.includes(payload.entityType)) {
    throw new ActionNotApplicableError(
      `“${action.title}” is for ${action.entityTypes.join(', ')}, not for ${payload.entityType}.`,
      'Use it on a page that lists such rows, or ask your ShotGrid admin to narrow the menu item’s entity type.',
    );
  }
  if (payload.selectedIds.length > action.maxRows) {
    throw new ActionNotApplicableError(
      `“${action.title}” takes at most ${action.maxRows} rows at once; ${payload.selectedIds.length} were selected.`,
      'Select fewer rows and click again.',
    );
  }
}
