/** A cap on batches under way, given out run by run in turns: a run of 3 rows waits for one batch of a run of 5,000, not for all of them. */

export type FairSlots = {
  /** Resolves with the function that gives the slot back; undefined when the signal came first. */
  take(runId: string, signal: AbortSignal): Promise<(() => void) | undefined>;
  readonly taken: number;
};

/** At most `size` slots are out at any time. */
export function createFairSlots(size: number): FairSlots {
  // In order of turns: a Map keeps the order of insertion.
  const waiting = new Map<string, (() => void)[]>();
  let taken = 0;

  function occupy(): () => void {
    taken += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      taken -= 1;
      serveNext();
    };
  }

  function serveNext(): void {
    const [turn] = waiting;
    if (turn === undefined) return;
    const [runId, queue] = turn;
    waiting.delete(runId);
    const first = queue.shift();
    // A run that wants more goes to the end of the line.
    if (queue.length > 0) waiting.set(runId, queue);
    first?.();
  }

  return {
    get taken() {
      return taken;
    },
    async take(runId, signal) {
      if (signal.aborted) return undefined;
      if (taken < size) return occupy();
      return new Promise((resolve) => {
        const queue = waiting.get(runId) ?? [];
        const served = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve(occupy());
        };
        const onAbort = (): void => {
          const at = queue.indexOf(served);
          if (at >= 0) queue.splice(at, 1);
          if (queue.length === 0 && waiting.get(runId) === queue) waiting.delete(runId);
          resolve(undefined);
        };
        queue.push(served);
        waiting.set(runId, queue);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
