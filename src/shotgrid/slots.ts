/**
 * A cap on calls in flight, first come first served. A waiter can give up (signal) or be told to (time-out);
 * it has then certainly sent nothing.
 */

export type Slots = {
  /**
   * Resolves with the function that gives the slot back. The outcome is 'busy' after `waitMs` without a slot,
   * 'aborted' when the signal fires first.
   */
  take(waitMs: number, signal?: AbortSignal): Promise<'busy' | 'aborted' | (() => void)>;
  readonly inFlight: number;
  readonly waiting: number;
};

/** At most `size` slots are out at any time. */
export function createSlots(size: number): Slots {
  let inFlight = 0;
  const waiting = new Set<() => void>();

  function release(): void {
    inFlight -= 1;
    const [next] = waiting;
    next?.();
  }

  function occupy(): () => void {
    inFlight += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      release();
    };
  }

  return {
    get inFlight() {
      return inFlight;
    },
    get waiting() {
      return waiting.size;
    },
    async take(waitMs, signal) {
      if (signal?.aborted === true) return 'aborted';
      if (inFlight < size) return occupy();
      return new Promise((resolve) => {
        const settle = (outcome: 'busy' | 'aborted' | (() => void)): void => {
          waiting.delete(onFree);
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          resolve(outcome);
        };
        const onFree = (): void => settle(occupy());
        const onAbort = (): void => settle('aborted');
        const timer = setTimeout(() => settle('busy'), waitMs);
        waiting.add(onFree);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
