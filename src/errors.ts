/**
 * The one shape of every error that a person may see. Each thing a caller may treat differently has its own class;
 * callers look at `code` or the class, never at the text.
 */
import { inEnglish, type Said } from './texts/said.ts';

export abstract class ServiceError extends Error {
  /** Stable, part of the contract: `ami_stale`, `sudo_flag_off` … */
  abstract readonly code: string;
  /** HTTP status of the answer. */
  abstract readonly status: number;
  /** What happened and why, and what the person can do next, for a page to say in their language. */
  readonly said: { readonly message: Said; readonly remedy: Said };
  /** What the person can do next, in plain English, safe to show; as `message` is. */
  readonly remedy: string;

  constructor(message: Said, remedy: Said, options?: ErrorOptions) {
    super(inEnglish(message), options);
    this.said = { message, remedy };
    this.remedy = inEnglish(remedy);
  }
}
