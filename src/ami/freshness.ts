/** Whether a click is of now. The vendor's sample refuses only the old; a timestamp from the future is refused as well. */
import { AmiMalformedError, AmiStaleError } from './errors.ts';

export type FreshnessRules = {
  readonly now: Date;
  /** Largest distance between the click and `now`, into the past and into the future. */
  readonly maxAgeSeconds: number;
};

const UTC_TEXT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z$/;

/**
 * Throws unless `timestamp` is UTC text (`2024-05-01T12:00:00Z`, a fraction allowed) within `maxAgeSeconds` of `now`.
 *
 * @throws {@link AmiMalformedError} when there is no timestamp, or it is no such text.
 * @throws {@link AmiStaleError} when it is too old or too far ahead.
 */
export function verifyFreshness(timestamp: string | undefined, rules: FreshnessRules): void {
  if (timestamp === undefined || timestamp === '') throw new AmiMalformedError('The form has no timestamp.');
  const clicked = parseUtc(timestamp);
  if (clicked === undefined) throw new AmiMalformedError('The timestamp is not a UTC time.');
  const ageMs = rules.now.getTime() - clicked.getTime();
  if (ageMs > rules.maxAgeSeconds * 1000) throw new AmiStaleError('The click is too old to be accepted.');
  if (ageMs < -rules.maxAgeSeconds * 1000) throw new AmiStaleError('The click is dated in the future.');
}

/** The time that UTC text names, or undefined. 30 February is not a time, although Date would read it as 2 March. */
export function parseUtc(text: string): Date | undefined {
  const seconds = UTC_TEXT.exec(text)?.[1];
  if (seconds === undefined) return undefined;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(seconds) ? time : undefined;
}
