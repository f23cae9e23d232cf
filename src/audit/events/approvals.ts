/** The vocabulary of the audit log: people who act by their own session in ShotGrid. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { refused, event, type Refusal } from './compose.ts';

/** The site is about to be asked to let the person approve in their browser that this server acts by their own session. */
export function approvalAsked(context: AuditContext): AuditEvent {
  return event('approval.asked', 'intended', context);
}

/** The person approved: their own session is kept here, sealed, until it is forgotten. It is in no record. */
export function approvalGiven(context: AuditContext): AuditEvent {
  return event('approval.given', 'success', context);
}

/** Nothing came of it, or nothing that may be kept. `approvedBy` is the login that the site named, where there is one. */
export function approvalRefused(
  context: AuditContext,
  refusal: Refusal & { readonly approvedBy?: string | undefined },
): AuditEvent {
  return refused('approval.refused', context, refusal, { approvedBy: refusal.approvedBy });
}

/** The person's own session was forgotten: because they said so, or, with a refusal, because the site does not take it any more. */
export function approvalEnded(context: AuditContext, refusal?: Refusal): AuditEvent {
  if (refusal === undefined) return event('approval.ended', 'success', context);
  return event('approval.ended', 'refused', context, { reason: refusal.reason }, refusal.code);
}
