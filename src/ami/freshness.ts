/** Whether a click is of now. The vendor's sample refuses only the old; a timestamp from the future is refused as well. */
import { said } from '../texts/said.ts';
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
  if (timestamp === undefined || timestamp === '')
    throw new AmiMalformedError(said('explanation.formLacksField', { field: 'timestamp' }));
  const clicked = parseUtc(timestamp);
  if (clicked === undefined) throw new AmiMalformedError(said('explanation.formNoTimestamp'));
  const ageMs = rules.now.getTime() - clicked.getTime();
  if (ageMs > rules.maxAgeSeconds * 1000) throw new AmiStaleError(said('explanation.clickTooOld'));
  if (ageMs < -rules.maxAgeSeconds * 1000) throw new AmiStaleError(said('explanation.clickFromFuture'));
}

/** The time that UTC text names, or undefined. 30 February is not a time, although Date would read it as 2 March. */
export function parseUtc(text: string): Date | undefined {
  const seconds = UTC_TEXT.exec(text)?.[1];
  if (seconds === undefined) return undefined;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(seconds) ? time : undefined;
}
