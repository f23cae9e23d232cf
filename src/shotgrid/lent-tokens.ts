/** A single access token, had from elsewhere, in the place of those that are minted: once it has ended there is no other. */
import { SiteSessionEndedError } from './own-session-errors.ts';
import { tokenEnd } from './token-claims.ts';
import type { Tokens } from './tokens.ts';

export function lentTokens(accessToken: string, now: () => Date): Tokens {
  let isRejected = false;
  return {
    size: 1,
    async get(_, signal) {
      signal?.throwIfAborted();
      const end = tokenEnd(accessToken);
      if (isRejected || end === undefined || now().getTime() >= end.getTime()) throw new SiteSessionEndedError();
      return Promise.resolve(accessToken);
    },
    reject() {
      isRejected = true;
    },
    forget() {
      isRejected = true;
    },
  };
}
