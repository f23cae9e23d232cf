/** The refusals of the audit log. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** A record could not be made durable, or the log cannot be read. Whatever depends on the record must not happen. */
export class AuditUnavailableError extends ServiceError {
  override readonly name = 'AuditUnavailableError';
  readonly code = 'audit_unavailable';
  readonly status = 503;
  constructor(what: 'written' | 'read', options?: ErrorOptions) {
    const message = said(what === 'written' ? 'explanation.logNotWritten' : 'explanation.logNotRead');
    super(message, said('remedy.logUnavailable'), options);
  }
}
