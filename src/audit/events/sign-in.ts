/** The vocabulary of the audit log: who signed in and out, and how. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { refused, event, type Refusal } from './compose.ts';

/** The identity provider named a person. */
export function loginSucceeded(context: AuditContext, login: { readonly roles: readonly string[] }): AuditEvent {
  return event('login.succeeded', 'success', context, { roles: login.roles });
}

/** A sign-in did not lead to a person; `reason` tells why. */
export function loginFailed(context: AuditContext, refusal: Refusal): AuditEvent {
  return event('login.failed', 'failed', context, { reason: refusal.reason }, refusal.code);
}

/** A window gave its sign-in to the frame in ShotGrid's page that had opened it: the frame has a session from here on. */
export function loginHandedOver(context: AuditContext): AuditEvent {
  return event('login.handed_over', 'success', context);
}

export function loggedOut(context: AuditContext): AuditEvent {
  return event('logout', 'success', context);
}

/** A person, on their account page, ended sessions of theirs in other browsers; each is said as what it was. */
export function sessionsEnded(
  context: AuditContext,
  ended: { readonly sessions: readonly { readonly browser: string; readonly signedInAt: string }[] },
): AuditEvent {
  return event('sessions.ended', 'success', context, ended);
}

/** The identity provider said that a person, or one session of theirs, is over; what that ended here. */
export function backChannelLogout(
  context: AuditContext,
  ended: {
    readonly by: 'sid' | 'subject';
    /** Logins of the sessions that were ended. */
    readonly people: readonly string[];
    readonly sessions: number;
    readonly launches: number;
    readonly runs: number;
  },
): AuditEvent {
  return event('logout.back_channel', 'success', context, ended);
}

/** Somebody who is not the identity provider, or is not to be believed, asked for a logout. */
export function logoutRefused(context: AuditContext, refusal: Refusal): AuditEvent {
  return refused('logout.refused', context, refusal);
}
