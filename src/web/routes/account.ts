/** The account page: who this server takes the person for, and where they are signed in. Of the person alone, never framed. */
import { Router, type Request, type Response } from 'express';
import type { Identity } from '../../login/identity.ts';
import { LoginRequiredError } from '../errors.ts';
import { wantsJson, type Respond } from '../respond.ts';
import { identityOf, type Csrf } from '../viewer.ts';

export type AccountDeps = {
  readonly respond: Respond;
  readonly csrf: Csrf;
};

export function accountRoutes(deps: AccountDeps): Router {
  const router = Router();

  router.get('/account', (request, response) => {
    const identity = requirePerson(request, response);
    if (identity === undefined) return;
    const { name, login, email, issuer, roles } = identity;
    deps.respond(request, response, {
      page: 'account',
      model: {
        title: 'Your account',
        section: 'account',
        style: 'account.css',
        csrf: deps.csrf.sessionToken(request),
        person: { name, login, email, provider: new URL(issuer).host, roles: roles.map((role) => ROLES[role]) },
      },
      json: { name, login, email: email ?? null, issuer, roles },
    });
  });

  return router;
}

const ROLES: Readonly<Record<Identity['roles'][number], string>> = {
  user: 'may use the menu items',
  admin: 'administers this server',
  auditor: 'reads the audit log',
};

/** Undefined once the answer is given: nobody is signed in, and the person is sent to do so. */
function requirePerson(request: Request, response: Response): Identity | undefined {
  const identity = identityOf(request);
  if (identity !== undefined) return identity;
  if (wantsJson(request)) throw new LoginRequiredError();
  response.redirect(303, `/login?return_to=${encodeURIComponent('/account')}`);
  return undefined;
}
