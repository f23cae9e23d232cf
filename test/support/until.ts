import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` finds something (anything but undefined or false) and answers with it; fails after ten seconds. */
export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    await delay(10);
  }
  throw new Error(`waited in vain: ${look.toString()}`);
}
