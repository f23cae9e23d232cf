/** Answers that stay open, such as a run's events: each holds a connection, so there is an end to them, for one person and in all. */
import { TooManyStreamsError } from '../errors.ts';

export type StreamSlots = {
  /**
   * A place for one more of `key`'s; to be given back by calling what is returned, once.
   *
   * @throws {@link TooManyStreamsError}
   */
  take(key: string): () => void;
};

export function createStreamSlots(most: { readonly inAll: number; readonly ofOne: number }): StreamSlots {
  const open = new Map<string, number>();
  let all = 0;
  return {
    take(key) {
      const own = open.get(key) ?? 0;
      if (all >= most.inAll || own >= most.ofOne) throw new TooManyStreamsError();
      all += 1;
      open.set(key, own + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        all -= 1;
        const left = (open.get(key) ?? 1) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      };
    },
  };
}
