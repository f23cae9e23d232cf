/** express-session as this server uses it: who is logged in in this browser, and nothing else. */
import { createHmac } from 'node:crypto';
import type { CookieOptions, Request, RequestHandler } from 'express';
import session from 'express-session';
import type { SessionData, Store } from 'express-session';
import { SessionStoreUnavailableError } from './errors.ts';
import { FRAME_PREFIX, isFramed } from './frame.ts';
import { anotherStore } from './store.ts';

declare module 'express-session' {
  // An interface, since only interfaces merge with the package's own.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface SessionData {
    /** The person, as `web/` keeps it. */
    identity?: unknown;
    /** For the hint at logout; sealed. */
    idToken?: string;
    /** Sealed; kept only where tokens of other services are asked for with it. */
    accessToken?: string;
    /** Random; binds forms that belong to no launch. */
    csrfId?: string;
    /** RFC 3339 UTC. */
    loggedInAt?: string;
    /** Which kind of browser signed in, as in `Firefox on Linux`: for its person to tell sessions apart. */
    browser?: string;
    /** Of a frame in ShotGrid's page, handed over by a window that its person signed in in. */
    framed?: boolean;
  }
}

/** What a login leaves in a session. */
export type SessionContents = Omit<SessionData, 'cookie'>;

export function sessionCookieName(secure: boolean, framed = false): string {
  return `${secure ? '__Host-' : ''}${framed ? FRAME_PREFIX : ''}session`;
}

/**
 * `HttpOnly; SameSite=Lax; Path=/`, and `Secure` on https. In a frame of another site such a cookie would neither be kept nor
 * sent: there it is `SameSite=None; Secure; Partitioned`, of that site's pages alone. Browsers take `Secure` from localhost too.
 */
export function cookieOptions(secure: boolean, framed = false): CookieOptions & { readonly path: string } {
  return framed
    ? { httpOnly: true, sameSite: 'none', secure: true, partitioned: true, path: '/' }
    : { httpOnly: true, sameSite: 'lax', secure, path: '/' };
}

/**
 * Reads the session, and writes one only for somebody who logged in. The cookie is HttpOnly, Lax (it does not come with the
 * cross-site AMI POST, and need not), renewed with every answer. A frame has a session and a cookie of its own.
 *
 * @param options.secrets - Newest first: the first signs, all verify.
 * @param options.secure - True when browsers reach us by https.
 * @param options.maxAgeSeconds - After the last use.
 * @param options.longestSeconds - After the sign-in, however much it is used: then it has ended, here and in the store.
 */
export function createSession(options: {
  readonly secrets: readonly string[];
  readonly store: Store;
  readonly secure: boolean;
  readonly maxAgeSeconds: number;
  readonly longestSeconds: number;
  readonly now: () => Date;
}): RequestHandler {
  const { secrets, store, secure, maxAgeSeconds, longestSeconds, now } = options;
  const isTooOld = ({ loggedInAt }: SessionData): boolean =>
    loggedInAt !== undefined && now().getTime() - Date.parse(loggedInAt) >= longestSeconds * 1000;
  const create = (secret: readonly string[], framed: boolean): RequestHandler =>
    session({
      secret: [...secret],
      name: sessionCookieName(secure, framed),
      store: anotherStore(store),
      cookie: { ...cookieOptions(secure, framed), maxAge: maxAgeSeconds * 1000 },
      rolling: true,
      resave: false,
      saveUninitialized: false,
    });
  const ordinary = create(secrets, false);
  const ofFrame = create(secrets.map(frameSecret), true);
  return function readSession(request, response, next) {
    const framed = isFramed(request);
    // express-session silently sends no Secure cookie when it takes the connection for plain http, as behind a proxy that
    // nobody told it about: a login that never ends. How browsers reach us is known from our public URL.
    if (secure || framed) Object.defineProperty(request, 'secure', { value: true, configurable: true });
    void (framed ? ofFrame : ordinary)(request, response, (error?: unknown) => {
      if (error === undefined && isTooOld(request.session)) request.session.regenerate(next);
      else next(error);
    });
  };
}

/** So that the value of one cookie is worth nothing in the other. */
function frameSecret(secret: string): string {
  return createHmac('sha256', secret).update('session of a frame').digest('base64url');
}

/**
 * Gives the browser a session with a new id (an id known before the login is worth nothing after it) holding `contents`, and
 * returns when it is stored.
 *
 * @throws {@link SessionStoreUnavailableError}
 */
export async function renewSession(request: Request, contents: SessionContents): Promise<void> {
  await done((callback) => request.session.regenerate(callback));
  Object.assign(request.session, contents);
  await done((callback) => request.session.save(callback));
}

/**
 * Forgets the session, here and in the store.
 *
 * @throws {@link SessionStoreUnavailableError}
 */
export async function endSession(request: Request): Promise<void> {
  await done((callback) => request.session.destroy(callback));
}

/** Whether the session of this request has not been ended since, by whomever: for an answer that goes on for long. */
export async function isSessionAlive(request: Request): Promise<boolean> {
  return new Promise((resolve, reject) => {
    request.sessionStore.get(request.sessionID, (error: unknown, found) => {
      if (error === null || error === undefined) resolve(found !== null && found !== undefined);
      else reject(error instanceof Error ? error : new SessionStoreUnavailableError({ cause: error }));
    });
  });
}

function done(start: (callback: (error: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error instanceof Error ? error : new SessionStoreUnavailableError({ cause: error }));
    });
  });
}
