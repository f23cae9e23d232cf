/** What any session store must do, and how express-session talks to it. */
import { Store } from 'express-session';
import type { SessionData } from 'express-session';
import { orUnavailable } from './errors.ts';
import type { PersonKey } from './holder.ts';

/** One way to keep sessions. All promises; failures are mapped by {@link createStore}. */
export type SessionBackend = {
  /** The session, unless it expired. */
  read(id: string): Promise<SessionData | null>;
  write(id: string, session: SessionData): Promise<void>;
  /** Moves the expiry of a session that is in use. */
  touch(id: string, session: SessionData): Promise<void>;
  remove(id: string): Promise<void>;
};

/** A session that goes on somewhere. Its id opens it: it never leaves the server. */
export type KnownSession = { readonly id: string; readonly data: SessionData; readonly lastUsedAt: Date };

/** A session store with what the server needs beside express-session's part. */
export type SessionStore = {
  readonly store: Store;
  /** Where this person is signed in, whichever replica signed them in. */
  listOf(person: PersonKey): Promise<readonly KnownSession[]>;
  /** Those that came from one session at the identity provider. */
  listOfProvider(issuer: string, sid: string): Promise<readonly KnownSession[]>;
  /** Ends a session at once, in all replicas. */
  end(id: string): Promise<void>;
  /** Throws `SessionStoreUnavailableError` when sessions cannot be read now. */
  check(): Promise<void>;
  /** Forgets expired sessions where the store does not do so by itself; how many. */
  prune(): Promise<number>;
  close(): Promise<void>;
};

/** express-session's store over `backend`; every failure reaches `next` as `store_unavailable`. */
export function createStore(backend: SessionBackend): Store {
  return new BackedStore(backend);
}

/**
 * The same sessions for one more express-session: each writes how it makes new ones (its cookie's attributes) into its store, so
 * that two of them with one store would both make the second one's.
 */
export function anotherStore(store: Store): Store {
  return new BorrowedStore(store);
}

class BorrowedStore extends Store {
  readonly #store: Store;

  constructor(store: Store) {
    super();
    this.#store = store;
  }

  override get: Store['get'] = (id, callback) => this.#store.get(id, callback);
  override set: Store['set'] = (id, session, callback) => this.#store.set(id, session, callback);
  override touch: NonNullable<Store['touch']> = (id, session, callback) => this.#store.touch?.(id, session, callback);
  override destroy: Store['destroy'] = (id, callback) => this.#store.destroy(id, callback);
}

class BackedStore extends Store {
  readonly #backend: SessionBackend;

  constructor(backend: SessionBackend) {
    super();
    this.#backend = backend;
  }

  override get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    answer(() => this.#backend.read(id), callback);
  }

  override set(id: string, session: SessionData, callback?: (error?: unknown) => void): void {
    answer(() => this.#backend.write(id, session), callback);
  }

  override touch(id: string, session: SessionData, callback?: (error?: unknown) => void): void {
    answer(() => this.#backend.touch(id, session), callback);
  }

  override destroy(id: string, callback?: (error?: unknown) => void): void {
    answer(() => this.#backend.remove(id), callback);
  }
}

/** The callback runs outside the promise: what it throws is its caller's, not the store's. */
function answer<T>(work: () => Promise<T>, callback?: (error: unknown, value?: T) => void): void {
  void orUnavailable(work).then(
    (value) => setImmediate(() => callback?.(null, value)),
    (error: unknown) => setImmediate(() => callback?.(error)),
  );
}
