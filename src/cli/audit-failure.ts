/** What the audit commands say when they could not do what they were asked to. */
import { ServiceError } from '../errors.ts';

/** Never one of a command's own answers, such as "broken". */
export const NOT_DONE = 2;

/** The cause is for the person at this terminal, who runs the server; a database's own words hold no password. */
export function describeFailure(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof ServiceError)) {
    return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
  }
  const cause = error.cause instanceof Error ? ` ${error.cause.message}` : '';
  return { code: error.code, message: `${error.message}${cause}` };
}
