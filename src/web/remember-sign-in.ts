/** The session of somebody who has just signed in, by whatever way. */
import type { Request } from 'express';
import type { Identity } from '../login/identity.ts';
import { renewSession } from '../session/middleware.ts';
import { randomSecret } from '../session/secret.ts';
import { browserKind } from './browser-kind.ts';
import type { SealedTokens } from './sign-in-tokens.ts';
import { identityOf, isSamePerson } from './viewer.ts';

/**
 * A new session id for whoever was not signed in, or as somebody else. Where another tab has just signed in the same
 * person, its session goes on: a new id would make that tab's forms worthless.
 */
export async function rememberSignIn(
  request: Request,
  identity: Identity,
  { tokens = {}, at }: { readonly tokens?: Partial<SealedTokens>; readonly at: Date },
): Promise<void> {
  const known = identityOf(request);
  const loggedInAt = at.toISOString();
  if (known !== undefined && isSamePerson(known, identity)) {
    Object.assign(request.session, { identity, ...tokens, loggedInAt });
    return;
  }
  await renewSession(request, {
    identity,
    ...tokens,
    csrfId: randomSecret(),
    loggedInAt,
    browser: browserKind(request.get('user-agent')),
  });
}
