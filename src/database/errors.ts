/** What a caller can learn when the database does not answer. */
import { ServiceError } from '../errors.ts';

/** The database cannot be opened, reached or used; `cause` says why and is for the log only. */
export class DatabaseUnavailableError extends ServiceError {
  override readonly name = 'DatabaseUnavailableError';
  readonly code = 'store_unavailable';
  readonly status = 503;
  readonly remedy =
    'Nothing was changed. Try again in a minute; if it stays, tell whoever runs this server that its database does not answer.';
  constructor(what: string, options?: ErrorOptions) {
    super(`The database ${what}.`, options);
  }
}
