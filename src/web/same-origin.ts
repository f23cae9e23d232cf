/** State changes only on requests from our own pages: what the browser itself says of a request, before any token is looked at. */
import type { RequestHandler } from 'express';
import { CsrfInvalidError } from '../session/errors.ts';

/** Browsers that send neither header are left to the CSRF token. */
export function requireSameOrigin(publicUrl: string): RequestHandler {
  return function checkSameOrigin(request, _response, next) {
    const site = request.get('sec-fetch-site');
    const origin = request.get('origin');
    if ((site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== publicUrl)) {
      throw new CsrfInvalidError();
    }
    next();
  };
}
