/**
 * Whether a request comes from inside ShotGrid's overlay: an iframe in a page of another site, where ordinary cookies do not
 * live. There, cookies of our own names live instead, and none of them is ever read or set anywhere else. Pure.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** What cookies of a frame are called before their own name; `__Host-` comes before that. */
export const FRAME_PREFIX = 'frame-';

const FRAME_COOKIE = /(?:^|;\s*)(?:__Host-)?frame-(?:session|launch\.[\w-]+)=/;
const ORDINARY_SESSION = /(?:^|;\s*)(?:__Host-)?session=/;

/**
 * A page says so by `Sec-Fetch-Dest`. What a page loads (a stream, a download) does not: it belongs to the frame when it brings
 * cookies of a frame alone, which a browser keeps apart for each site that frames us.
 *
 * @see Fetch Metadata Request Headers, `Sec-Fetch-Dest`; Cookies Having Independent Partitioned State (CHIPS).
 */
export function isFramed({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  const destination = headers['sec-fetch-dest'];
  if (destination === 'iframe' || destination === 'frame') return true;
  if (destination === 'document') return false;
  const cookies = headers.cookie ?? '';
  return FRAME_COOKIE.test(cookies) && !ORDINARY_SESSION.test(cookies);
}
