/** What can be wrong with the secret tokens of menu items, as people are told. No message holds a token. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** The file of secret tokens cannot be read or trusted: no click can be verified by it. */
export class TokensUnavailableError extends ServiceError {
  override readonly name = 'TokensUnavailableError';
  readonly code = 'ami_tokens_unavailable';
  readonly status = 503;
  /** For the command line; the log has it as the cause. */
  readonly reason: string;

  constructor(reason: string) {
    super(said('explanation.tokensUnavailable'), said('remedy.tokensUnavailable'), { cause: new Error(reason) });
    this.reason = reason;
  }
}
