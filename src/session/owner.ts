/** Whose a session is: the person as the identity provider knows them, and the provider's own session it came from. Pure. */
import { createHash } from 'node:crypto';
import type { SessionData } from 'express-session';
import type { PersonKey } from './holder.ts';

/** `sid` is the provider's id of its session with this browser, where it tells. */
export type SessionOwner = PersonKey & { readonly sid?: string };

/** One text for a session at the provider: what tables and keys hold instead of the provider's own id. */
export function providerSessionKey(issuer: string, sid: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['sid', issuer, sid]))
    .digest('base64url');
}

/** Undefined for a session in which nobody is signed in. */
export function ownerOf(session: Pick<SessionData, 'identity'>): SessionOwner | undefined {
  const { identity } = session;
  if (typeof identity !== 'object' || identity === null) return undefined;
  const { issuer, subject, sid } = identity as Readonly<Record<string, unknown>>;
  if (typeof issuer !== 'string' || typeof subject !== 'string') return undefined;
  return { issuer, subject, ...(typeof sid === 'string' ? { sid } : {}) };
}
