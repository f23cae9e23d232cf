/** What a person hears when another service cannot be told who they are. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** No assertion can be made now; `cause` says why and is for the log only. */
export class AssertionUnavailableError extends ServiceError {
  override readonly name = 'AssertionUnavailableError';
  readonly code = 'proof_unavailable';
  readonly status = 503;
  constructor(options?: ErrorOptions) {
    super(said('explanation.proofUnavailable'), said('remedy.proofUnavailable'), options);
  }
}
