/** The vocabulary of the audit log: what came of a click in ShotGrid. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { ROWS_PER_RECORD, refused, event, inParts, type Refusal } from './compose.ts';

/** A click whose form was verified. */
export type ReceivedClick = {
  readonly entityType?: string | undefined;
  readonly selectedIds: readonly number[];
  /** How many rows the page listed. */
  readonly listed: number;
  readonly payload: 'full' | 'light';
  readonly title?: string | undefined;
  readonly pageId?: number | undefined;
};

/** What an unverified form said of itself: all of it may be a lie. */
export type ClaimedClick = {
  readonly entityType?: string | undefined;
  readonly selected?: number | undefined;
  readonly bytes?: number | undefined;
};

/** A verified click became a launch. All selected rows are named, {@link ROWS_PER_RECORD} × 10 a record. */
export function clickReceived(context: AuditContext, click: ReceivedClick): readonly AuditEvent[] {
  const { selectedIds, ...described } = click;
  return inParts(selectedIds, ROWS_PER_RECORD * 10).map(({ items, ...part }) =>
    event('click.received', 'success', context, { ...described, selected: selectedIds.length, ...part, ids: items }),
  );
}

/** A click was not accepted: signature, age, replay, wrong site, malformed, too large, unknown action. */
export function clickRefused(context: AuditContext, refusal: Refusal, claimed: ClaimedClick = {}): AuditEvent {
  return refused('click.refused', context, refusal, claimed);
}

/** A launch was opened by somebody or somewhere it does not belong to, or too late. */
export function launchRefused(context: AuditContext, refusal: Refusal): AuditEvent {
  return refused('launch.refused', context, refusal);
}

/** A click made in ShotGrid's overlay goes on in a window of its own, of the same person. */
export function launchMoved(context: AuditContext): AuditEvent {
  return event('launch.moved', 'success', context);
}
