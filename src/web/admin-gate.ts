/** Who may see the administrators' pages. */
import type { NextFunction, Request, Response } from 'express';
import type { Identity } from '../login/identity.ts';
import { LoginRequiredError } from './errors.ts';
import { wantsJson } from './respond.ts';
import { identityOf, requireRole } from './viewer.ts';

/** In front of every page below /admin. */
export function requireAdmin(request: Request, response: Response, next: NextFunction): void {
  if (identityOf(request) === undefined && !wantsJson(request)) {
    // What a form asked for is asked for again, by a person who is known then.
    const back = request.method === 'GET' ? request.originalUrl : '/admin';
    response.redirect(303, `/login?return_to=${encodeURIComponent(back)}`);
    return;
  }
  adminOf(request);
  next();
}

/** @throws {@link LoginRequiredError}, {@link RoleRequiredError}. */
export function adminOf(request: Request): Identity {
  const identity = identityOf(request);
  if (identity === undefined) throw new LoginRequiredError();
  requireRole(identity, 'admin', 'explanation.administratorsOnly');
  return identity;
}
