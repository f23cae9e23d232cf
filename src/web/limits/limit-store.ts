/** Counts by key in windows of time, for express-rate-limit: by a clock that is given, and in memory that does not grow with the flood. */
import type { Store } from 'express-rate-limit';

export type LimitStore = Store & {
  /** Forgets windows that are over. */
  prune(): void;
  readonly size: number;
};

/** Some 3 MB. Beyond it the oldest windows are forgotten: whoever has so many addresses is not stopped by counting them. */
const MOST_KEYS = 20_000;

export function createLimitStore(deps: {
  readonly now: () => Date;
  readonly windowMs: number;
  readonly mostKeys?: number;
}): LimitStore {
  const { now, windowMs, mostKeys = MOST_KEYS } = deps;
  /** In the order in which windows began, so that the first to end stand first. */
  const windows = new Map<string, { hits: number; readonly endsAt: number }>();

  function prune(): void {
    const at = now().getTime();
    for (const [key, { endsAt }] of windows) {
      if (endsAt > at) return;
      windows.delete(key);
    }
  }

  return {
    localKeys: true,
    increment(key) {
      const at = now().getTime();
      let window = windows.get(key);
      if (window === undefined || window.endsAt <= at) {
        windows.delete(key);
        if (windows.size >= mostKeys) prune();
        if (windows.size >= mostKeys) windows.delete(windows.keys().next().value ?? key);
        window = { hits: 0, endsAt: at + windowMs };
        windows.set(key, window);
      }
      window.hits += 1;
      return { totalHits: window.hits, resetTime: new Date(window.endsAt) };
    },
    decrement(key) {
      const window = windows.get(key);
      if (window !== undefined && window.hits > 0) window.hits -= 1;
    },
    resetKey: (key) => void windows.delete(key),
    prune,
    get size() {
      return windows.size;
    },
  };
}
