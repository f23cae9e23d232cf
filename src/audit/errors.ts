/** The refusals of the audit log. */
import { ServiceError } from '../errors.ts';

/** A record could not be made durable, or the log cannot be read. Whatever depends on the record must not happen. */
export class AuditUnavailableError extends ServiceError {
  override readonly name = 'AuditUnavailableError';
  readonly code = 'audit_unavailable';
  readonly status = 503;
  readonly remedy =
    'Nothing was changed by this step. Try again in a minute; if it stays, tell whoever runs this server that its audit log cannot be written or read.';
  constructor(what: 'written' | 'read', options?: ErrorOptions) {
    const consequence = what === 'written' ? ', and nothing is done without a record of it' : '';
    super(`The audit log cannot be ${what}${consequence}.`, options);
  }
}
