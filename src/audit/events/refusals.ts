/** The vocabulary of the audit log: who was turned away: as somebody else, as nobody to act for, or for what they asked. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { refused, event, type Refusal } from './compose.ts';

/** Click, identity provider and ShotGrid do not agree on who this is; `found` are the names they gave. */
export function identityRefused(
  context: AuditContext,
  refusal: Refusal,
  found: {
    readonly claimed?: string | undefined;
    readonly proven?: string | undefined;
    readonly site?: string | undefined;
  } = {},
): AuditEvent {
  return refused('identity.refused', context, refusal, found);
}

/** The person may not be acted for: the flag, the status, the policy, or ShotGrid itself says so. */
export function sudoRefused(
  context: AuditContext,
  refusal: Refusal & { readonly siteErrorId?: string | undefined },
): AuditEvent {
  return refused('sudo.refused', context, refusal, { siteErrorId: refusal.siteErrorId });
}

/** Somebody asked for a page that their groups do not open. */
export function roleRefused(
  context: AuditContext,
  asked: { readonly role: string; readonly path: string },
): AuditEvent {
  return refused('role.refused', context, { code: 'role_required' }, asked);
}

/** A form came without this browser's token, or from another site. */
export function csrfRefused(context: AuditContext, asked: { readonly path: string }): AuditEvent {
  return refused('csrf.refused', context, { code: 'csrf_invalid' }, asked);
}

/**
 * Somebody asked more often than anybody has to. The first refusal of a minute is recorded as it happens, with `seconds` 0; all of them
 * as one number when the minute is over.
 */
export function limitMet(
  context: AuditContext,
  met: { readonly limit: string; readonly per: string; readonly refused: number; readonly seconds: number },
): AuditEvent {
  return event('limit.met', 'refused', context, met, 'rate_limited');
}
