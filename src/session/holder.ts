/** Whom something of a browser session belongs to: the person, in this session and in no other. Kept as hashes. */
import { createHash } from 'node:crypto';
import { secretHash } from './secret.ts';

export type PersonKey = { readonly issuer: string; readonly subject: string };

/** `sessionId` is express-session's; it opens the session, so it is never kept as it is. */
export type Holder = PersonKey & { readonly sessionId: string };

export type HolderKey = { readonly session: string; readonly person: string };

export function holderKey(holder: Holder): HolderKey {
  return { session: sessionKey(holder.sessionId), person: personKey(holder) };
}

export function sessionKey(sessionId: string): string {
  return secretHash(`site session ${sessionId}`);
}

export function personKey({ issuer, subject }: PersonKey): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url');
}
