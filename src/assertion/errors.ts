/** What a person hears when another service cannot be told who they are. */
import { ServiceError } from '../errors.ts';

/** No assertion can be made now; `cause` says why and is for the log only. */
export class AssertionUnavailableError extends ServiceError {
  override readonly name = 'AssertionUnavailableError';
  readonly code = 'proof_unavailable';
  readonly status = 503;
  readonly remedy = 'Nothing was changed. Try again in a minute; if it lasts, tell your administrators.';
  constructor(options?: ErrorOptions) {
    super('This server cannot prove to the service behind this action who you are.', options);
  }
}
