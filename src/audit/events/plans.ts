/** The vocabulary of the audit log: what an action proposed, and on whose word. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { event, type Refusal } from './compose.ts';

/** A preview is about to be checked with ShotGrid and shown: this many rows would change. `digest` names the exact plan. */
export function planMade(
  context: AuditContext,
  plan: { readonly digest: string; readonly changes: number; readonly untouched: number },
): AuditEvent {
  return event('plan.made', 'success', context, plan);
}

/** An action could not say what it would change. */
export function planFailed(context: AuditContext, refusal: Refusal): AuditEvent {
  return event('plan.failed', 'failed', context, { reason: refusal.reason }, refusal.code);
}

/** About to happen: the person is sealed for a worker, which acts as them for minutes. What it does is in ShotGrid's own log alone. */
export function handedOff(context: AuditContext): AuditEvent {
  return event('person.handed_off', 'success', context);
}

/**
 * Another service was about to be told who the person is: by an assertion of this server, whose `jti` is `id`, or by an
 * access token of the identity provider. The proof itself is in no record.
 */
export function proofGiven(
  context: AuditContext,
  proof: { readonly kind: string; readonly audience: string; readonly id?: string | undefined },
): AuditEvent {
  return event('proof.given', 'success', context, proof);
}
