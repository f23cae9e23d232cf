/**
 * A click as a file: the fields that a site sends, by name and decoded, signature included. What `understudy action try` takes.
 * A field's text is in the file as it was sent; the secret that signed it is not.
 */
import type { Launch } from './launch.ts';

export function recordedClick(launch: Launch): Readonly<Record<string, string>> {
  return Object.fromEntries(launch.method === 'POST' ? launch.fields : new URL(launch.url).searchParams);
}
