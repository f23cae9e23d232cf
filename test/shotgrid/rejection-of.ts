import type { ServiceError } from '../../src/errors.ts';

/** What a function threw, or undefined. */
export function rejectionOf(act: () => unknown): ServiceError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as ServiceError;
  }
}
