/** How slow a site is, and how it writes the time. */

/** Measured on a live site: about 300 ms a call, and 58 ms more for every row a call writes. */
export const CALL_MS = 300;
export const ROW_MS = 58;
/** Event log rows can be read a little after their write. */
export const EVENT_MS = 350;

export function sleep(milliseconds: number): Promise<void> {
  return milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve();
}

/** `2024-05-01T12:00:00Z`: second precision, as everywhere on the site. */
export function timestamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}
