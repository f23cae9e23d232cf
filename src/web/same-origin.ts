/** State changes only on requests from our own pages: what the browser itself says of a request, before any token is looked at. */
import type { RequestHandler } from 'express';
import { CsrfInvalidError } from '../session/errors.ts';

/**
 * Every browser says with a form where it comes from, by `Origin`, `Sec-Fetch-Site` or both; whoever says neither is none.
 * What is said must all be true of our own pages.
 */
export function requireSameOrigin(publicUrl: string): RequestHandler {
  return function checkSameOrigin(request, _response, next) {
    const site = request.get('sec-fetch-site');
    const origin = request.get('origin');
    const said = [
      ...(site === undefined ? [] : [site === 'same-origin']),
      ...(origin === undefined ? [] : [origin === publicUrl]),
    ];
    if (said.length === 0 || said.includes(false)) throw new CsrfInvalidError();
    next();
  };
}
