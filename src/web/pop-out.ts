/** The window that a frame in ShotGrid's page opens to sign in in, since identity providers are not framed: its addresses, and the tie to its opener. */
import type { Response } from 'express';

const POP_OUT = /^\/pop-out\/([\w-]{22})\?t=([\w.-]{1,64})$/;

/** @param ticket - See `session/hand-overs`. */
export function popOutPath(launchId: string, ticket: string): string {
  return `/pop-out/${launchId}?t=${ticket}`;
}

/** Launch and ticket of a pop-out's address; undefined for any other path. */
export function parsePopOutPath(path: string): { readonly launchId: string; readonly ticket: string } | undefined {
  const [, launchId, ticket] = POP_OUT.exec(path) ?? [];
  return launchId === undefined || ticket === undefined ? undefined : { launchId, ticket };
}

/**
 * Leaves the window its opener: a browser cuts the tie at the first answer, redirects included, with a stricter policy than
 * the opener's page. What an opener of another site can do with the window (close it, load something else) it can do with any.
 *
 * @see HTML, "Cross-origin opener policies".
 */
export function keepOpener(response: Response): void {
  response.set('Cross-Origin-Opener-Policy', 'unsafe-none');
}
