/**
 * Whether to ask again: pure decisions on one delivery, and how long to wait.
 * A read may always be asked again. A write only when it is certain that nothing was applied.
 */
import type { Delivery } from './transport.ts';
import type { UnavailableReason } from './errors.ts';
import { ownPath, parseJson } from './json.ts';

export type CallKind = 'read' | 'write';

/**
 * - `answer`: the site's answer, for the caller to judge.
 * - `again`: nothing was applied and another attempt may help; `reason` is what to say after the last one.
 * - `unavailable`: nothing was applied and another attempt would not help.
 * - `unknown`: a write that may have been applied.
 * - `aborted`: the caller gave up, and nothing was applied.
 */
export type Verdict =
  | { readonly is: 'answer' | 'unknown' | 'aborted' }
  | { readonly is: 'again' | 'unavailable'; readonly reason: UnavailableReason };

/** What a delivery means for a call of this kind. */
export function judge(kind: CallKind, delivery: Delivery): Verdict {
  if (!delivery.arrived) {
    if (kind === 'write' && delivery.sent) return { is: 'unknown' };
    switch (delivery.reason) {
      case 'aborted':
        return { is: 'aborted' };
      case 'connection':
        return { is: 'again', reason: 'unreachable' };
      case 'too_large':
        return { is: 'unavailable', reason: 'unreadable' };
      // A call that has used up its time is not given the same time again.
      case 'timed_out':
      case 'busy':
      case 'closed':
        return { is: 'unavailable', reason: delivery.reason };
    }
  }
  const { status } = delivery;
  if (status === 429) return { is: 'again', reason: 'rate_limited' };
  if (status < 500 && status !== 408) return { is: 'answer' };
  if (kind === 'write' && !(status === 503 && isProperRefusal(delivery))) return { is: 'unknown' };
  const passing = status === 502 || status === 503 || status === 504 || status === 408;
  return { is: passing ? 'again' : 'unavailable', reason: 'site_error' };
}

/**
 * A 503 that says so itself: with Retry-After, or in the site's error envelope. A bare 503 page may also come from
 * a proxy whose connection broke after it had passed the request on.
 */
function isProperRefusal(delivery: { readonly retryAfter: string | undefined; readonly text: string }): boolean {
  return delivery.retryAfter !== undefined || Array.isArray(ownPath(parseJson(delivery.text), 'errors'));
}

/** `attempt` counts from 1. */
export type Backoff = {
  readonly attempt: number;
  readonly retryAfter: string | undefined;
  readonly now: Date;
  /** From 0 to below 1. */
  readonly random: () => number;
};

const BASE_MS = 500;
const MAX_BACKOFF_MS = 10_000;
const MAX_RETRY_AFTER_MS = 30_000;

/** Milliseconds to wait: what the site asked for (at most 30 s), plus full jitter over a doubling span. */
export function backoffMs({ attempt, retryAfter, now, random }: Backoff): number {
  const span = Math.min(BASE_MS * 2 ** (attempt - 1), MAX_BACKOFF_MS);
  const asked = Math.min(retryAfterMs(retryAfter, now) ?? 0, MAX_RETRY_AFTER_MS);
  return Math.round(asked + random() * span);
}

/** Milliseconds from now, of a Retry-After header in seconds or as an HTTP date; undefined when it is neither. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse reads much that is no HTTP date ("-5" is the year 2001 to it): ask for the weekday first.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
