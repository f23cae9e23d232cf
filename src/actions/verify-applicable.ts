/** Whether an action is for what was selected. Pure. */
import type { AmiPayload } from '../ami/payload.ts';
import { said } from '../texts/said.ts';
import type { ActionDefinition } from './definition.ts';
import { ActionNotApplicableError } from './errors.ts';

/** @throws {@link ActionNotApplicableError} for rows of another type, or too many of them. */
export function verifyApplicable(
  action: Pick<ActionDefinition, 'title' | 'entityTypes' | 'maxRows'>,
  payload: Pick<AmiPayload, 'entityType' | 'selectedIds'>,
): void {
  if (payload.entityType !== undefined && !action.entityTypes.includes(payload.entityType)) {
    throw new ActionNotApplicableError(
      said('explanation.actionOtherType', {
        action: action.title,
        types: action.entityTypes.join(', '),
        type: payload.entityType,
      }),
      said('remedy.actionOtherType'),
    );
  }
  if (payload.selectedIds.length > action.maxRows) {
    throw new ActionNotApplicableError(
      said('explanation.actionTooManyRows', {
        action: action.title,
        most: action.maxRows,
        count: payload.selectedIds.length,
      }),
      said('remedy.actionTooManyRows'),
    );
  }
}
