/**
 * Web sessions. One token serves three doors: the `_session_id` cookie, the `session_token` grant and API3.
 * Using it does not spend it; each use moves its expiry on.
 */
import { randomBytes } from 'node:crypto';

export const SESSION_COOKIE = '_session_id';
const LIFETIME_MS = 24 * 3600 * 1000;

export type Sessions = {
  open: (login: string) => string;
  /** The login of a live session; its expiry moves on. */
  find: (token: string) => string | undefined;
  /** Looks without moving the expiry on. */
  look: (token: string) => { readonly createdAt: Date; readonly expiresAt: Date } | undefined;
  close: (token: string) => void;
  closeAll: (login: string) => void;
  clear: () => void;
};

export function createSessions(now: () => Date): Sessions {
  const live = new Map<string, { readonly login: string; readonly createdAt: number; expiresAt: number }>();
  function alive(token: string) {
    const session = live.get(token);
    return session && session.expiresAt > now().getTime() ? session : undefined;
  }
  return {
    open(login) {
      const token = randomBytes(16).toString('hex');
      const at = now().getTime();
      live.set(token, { login, createdAt: at, expiresAt: at + LIFETIME_MS });
      return token;
    },
    find(token) {
      const session = alive(token);
      if (session) session.expiresAt = now().getTime() + LIFETIME_MS;
      return session?.login;
    },
    look(token) {
      const session = alive(token);
      return session && { createdAt: new Date(session.createdAt), expiresAt: new Date(session.expiresAt) };
    },
    close: (token) => void live.delete(token),
    closeAll(login) {
      for (const [token, session] of live) if (session.login === login) live.delete(token);
    },
    clear: () => live.clear(),
  };
}

/** One cookie of a request. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.split('=');
    if (key?.trim() === name) return decodeURIComponent(value.join('=').trim());
  }
  return undefined;
}
