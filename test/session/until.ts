import { setTimeout as delay } from 'node:timers/promises';

/** Waits for something to succeed, at most 15 seconds; then it fails as that did. */
export async function until<T>(work: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 15_000; ;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}
