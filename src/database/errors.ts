/** What a caller can learn when the database does not answer. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

const MESSAGES = {
  no_answer: 'explanation.databaseNoAnswer',
  not_opened: 'explanation.databaseNotOpened',
  url_strange: 'explanation.databaseUrlStrange',
} as const;

/** The database cannot be opened, reached or used; `cause` says why and is for the log only. */
export class DatabaseUnavailableError extends ServiceError {
  override readonly name = 'DatabaseUnavailableError';
  readonly code = 'store_unavailable';
  readonly status = 503;
  constructor(why: keyof typeof MESSAGES, options?: ErrorOptions) {
    super(said(MESSAGES[why]), said('remedy.databaseUnavailable'), options);
  }
}
