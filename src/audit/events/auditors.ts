/** The vocabulary of the audit log: what was done with the log itself. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { event } from './compose.ts';

/** An auditor looked for records. `filter` is what they asked for, as in the address bar. */
export function auditSearched(
  context: AuditContext,
  search: { readonly filter: Readonly<Record<string, string>>; readonly found: number },
): AuditEvent {
  return event('audit.searched', 'success', context, search);
}

/** An auditor opened one record. */
export function auditRecordRead(context: AuditContext, record: { readonly seq: number }): AuditEvent {
  return event('audit.record_read', 'success', context, record);
}

/** An auditor begins to take records away: durable before the first of them leaves. `filter` as in the address bar. */
export function auditExportStarted(
  context: AuditContext,
  wanted: { readonly format: string; readonly filter: Readonly<Record<string, string>>; readonly matching: number },
): AuditEvent {
  return event('audit.export_started', 'intended', context, wanted);
}

/** An export ended; `records` left the server, `complete` says whether they were all; `checkpoint` is the size of the one that covers them. */
export function auditExported(
  context: AuditContext,
  sent: {
    readonly format: string;
    readonly filter: Readonly<Record<string, string>>;
    readonly records: number;
    readonly complete: boolean;
    readonly checkpoint?: number | undefined;
  },
): AuditEvent {
  return event('audit.exported', sent.complete ? 'success' : 'failed', context, sent);
}

/** The log was compared with ShotGrid's event log; `findings` are lines of the report by kind. */
export function auditReconciled(
  context: AuditContext,
  compared: {
    readonly from: string;
    readonly to: string;
    readonly siteEvents: number;
    readonly findings: Readonly<Record<string, number>>;
  },
): AuditEvent {
  return event('audit.reconciled', 'success', context, compared);
}

/** Somebody had the chain checked. */
export function auditVerified(
  context: AuditContext,
  result: { readonly intact: boolean; readonly size?: number; readonly brokenAt?: number; readonly reason?: string },
): AuditEvent {
  return event('audit.verified', result.intact ? 'success' : 'failed', context, result);
}

/**
 * Records up to `lastSeq` are leaving the database for a file. The database lets go of exactly these, and only because
 * this record says so; `head` is the hash of the last of them, from which the chain goes on.
 */
export function auditArchived(
  context: AuditContext,
  archive: {
    readonly firstSeq: number;
    readonly lastSeq: number;
    readonly head: string;
    /** SHA-256 of the file, 64 lower-case hex digits. */
    readonly fileSha256: string;
    /** The system account that ran the command. */
    readonly operator?: string | undefined;
  },
): AuditEvent {
  return event('audit.archived', 'success', context, archive);
}
