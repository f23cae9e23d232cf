/**
 * The one shape of every error that a person may see. Each thing a caller may treat differently has its own class;
 * callers look at `code` or the class, never at the text.
 */
export abstract class ServiceError extends Error {
  /** Stable, part of the contract: `ami_stale`, `sudo_flag_off` … */
  abstract readonly code: string;
  /** HTTP status of the answer. */
  abstract readonly status: number;
  /** What the person can do next, in plain words, safe to show. */
  abstract readonly remedy: string;
}
