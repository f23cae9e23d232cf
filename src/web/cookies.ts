/** Reading our own cookies. How they are set is in `session/middleware.ts`. */
import type { Request } from 'express';

const MAX_HEADER = 32 * 1024;

/** Cookies of a request by name; the first of several with one name counts, as the browser's most specific. */
export function readCookies(request: Request): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  const header = request.headers.cookie ?? '';
  if (header.length > MAX_HEADER) return cookies;
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim();
    if (equals > 0 && !cookies.has(name)) cookies.set(name, part.slice(equals + 1).trim());
  }
  return cookies;
}
