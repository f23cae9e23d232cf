import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `look` finds something (anything but undefined or false) and answers with it; fails after ten seconds or `patienceMs`. */
export async function until<T>(look: () => T | Promise<T>, patienceMs = 10_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    await delay(10);
  }
  throw new Error(`waited in vain: ${look.toString()}`);
}
