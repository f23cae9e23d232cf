/** What a session keeps of a sign-in's tokens: sealed, since they are personal and of use to whoever reads the store. */
import type { Request } from 'express';
import type { Identity } from '../login/identity.ts';
import type { LoginResult } from '../login/relying-party.ts';
import type { Sealer } from '../session/sealed.ts';

export type SignInTokens = { readonly idToken?: string | undefined; readonly accessToken?: string | undefined };

export type KeepTokens = {
  /** What goes into the session of this person. */
  seal(identity: Identity, result: Pick<LoginResult, 'idToken' | 'accessToken'>): SealedTokens;
  /** What this request's session holds, and can still be opened. */
  open(request: Request, identity: Identity): SignInTokens;
};

export type SealedTokens = { readonly idToken: string; readonly accessToken?: string };

/** @param options.accessTokens - Whether any will be needed; otherwise none is kept. */
export function createKeepTokens(sealer: Sealer, options: { readonly accessTokens: boolean }): KeepTokens {
  // A token opens for the person and the use that it was kept for.
  const aboutAccess = ({ subject }: Identity): string => `access token of ${subject}`;
  return {
    seal: (identity, { idToken, accessToken }) => ({
      idToken: sealer.seal(identity.subject, idToken),
      ...(options.accessTokens ? { accessToken: sealer.seal(aboutAccess(identity), accessToken) } : {}),
    }),
    open(request, identity) {
      const { idToken, accessToken } = request.session;
      return {
        idToken: idToken === undefined ? undefined : sealer.open(identity.subject, idToken),
        accessToken: accessToken === undefined ? undefined : sealer.open(aboutAccess(identity), accessToken),
      };
    },
  };
}
