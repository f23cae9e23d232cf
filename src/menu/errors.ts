/** What can be wrong with the secret tokens of menu items, as people are told. No message holds a token. */
import { ServiceError } from '../errors.ts';

/** The file of secret tokens cannot be read or trusted: no click can be verified by it. */
export class TokensUnavailableError extends ServiceError {
  override readonly name = 'TokensUnavailableError';
  readonly code = 'ami_tokens_unavailable';
  readonly status = 503;
  readonly remedy =
    'Tell the people who run this server: the file that MENU_TOKENS_FILE names must be readable by its account and by nobody else (mode 0600), and be as "understudy menu" wrote it.';
  /** For the command line; the log has it as the cause. */
  readonly reason: string;

  constructor(reason: string) {
    super('The secret tokens of the menu items cannot be read.', { cause: new Error(reason) });
    this.reason = reason;
  }
}
