/** express-session as this server uses it: who is logged in in this browser, and nothing else. */
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import type { SessionData, Store } from 'express-session';
import { SessionStoreUnavailableError } from './errors.ts';

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
  }
}

/** What a login leaves in a session. */
export type SessionContents = Omit<SessionData, 'cookie'>;

export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-session' : 'session';
}

/**
 * Reads the session, and writes one only for somebody who logged in. The cookie is HttpOnly, Lax (it does not come with the
 * cross-site AMI POST, and need not), renewed with every answer.
 *
 * @param options.secrets - Newest first: the first signs, all verify.
 * @param options.secure - True when browsers reach us by https.
 */
export function createSession(options: {
  readonly secrets: readonly string[];
  readonly store: Store;
  readonly secure: boolean;
  readonly maxAgeSeconds: number;
}): RequestHandler {
  const { secrets, store, secure, maxAgeSeconds } = options;
  const handler = session({
    secret: [...secrets],
    name: sessionCookieName(secure),
    store,
    cookie: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: maxAgeSeconds * 1000 },
    rolling: true,
    resave: false,
    saveUninitialized: false,
  });
  return function readSession(request, response, next) {
    // express-session silently sends no Secure cookie when it takes the connection for plain http, as behind a proxy that
    // nobody told it about: a login that never ends. How browsers reach us is known from our public URL.
    if (secure) Object.defineProperty(request, 'secure', { value: true, configurable: true });
    void handler(request, response, next);
  };
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

function done(start: (callback: (error: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error instanceof Error ? error : new SessionStoreUnavailableError({ cause: error }));
    });
  });
}
