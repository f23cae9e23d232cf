/** Memory for large forms that are on their way in: so much in all, and half of it for one address, however many send at once. */
import type { RequestHandler } from 'express';
import { RateLimitedError } from '../errors.ts';
import { addressKey } from './rate-limits.ts';

/** Forms of this size are always taken: there are only so many connections. */
const SMALL_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

/**
 * Holds a place of the size that a request announces, at most `largestBytes`, until it is answered; whoever announces none gets the
 * largest. The body reader sees to it that nobody sends more.
 */
export function createBodyBudget(options: {
  readonly allBytes: number;
  readonly largestBytes: number;
}): RequestHandler {
  const taken = new Map<string, number>();
  let all = 0;
  return function takePlace(request, response, next) {
    const announced = Number(request.get('content-length') ?? options.largestBytes);
    const bytes = Number.isSafeInteger(announced)
      ? Math.min(Math.max(announced, 0), options.largestBytes)
      : options.largestBytes;
    if (bytes <= SMALL_BYTES) {
      next();
      return;
    }
    const key = addressKey(request);
    const own = taken.get(key) ?? 0;
    if (all + bytes > options.allBytes || own + bytes > options.allBytes / 2) {
      throw new RateLimitedError({ limit: 'large forms', per: 'address', key, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    all += bytes;
    taken.set(key, own + bytes);
    response.once('close', () => {
      all -= bytes;
      const left = (taken.get(key) ?? bytes) - bytes;
      if (left > 0) taken.set(key, left);
      else taken.delete(key);
    });
    next();
  };
}
