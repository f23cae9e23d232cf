/** Why a session cannot be asked for in the person's browser. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** The site has its app session launcher switched off, or is older than it. */
export class AppSessionsOffError extends ServiceError {
  override readonly name = 'AppSessionsOffError';
  readonly code = 'approval_off';
  readonly status = 403;
  constructor() {
    super(said('explanation.approvalOff'), said('remedy.approvalOff'));
  }
}
