/** What hangs on a session is forgotten with it, whichever way it ends: signing out, signing in as somebody else, or by the provider. */
import type { SessionStore } from './store.ts';

/** `forget` comes first: a session that could not be cleaned up is not over, and ending it can be tried again. */
export function endWith(sessions: SessionStore, forget: (sessionId: string) => Promise<void>): SessionStore {
  const { store } = sessions;
  const destroy = store.destroy.bind(store);
  store.destroy = (id, callback) => {
    forget(id).then(
      () => destroy(id, callback),
      (error: unknown) => callback?.(error),
    );
  };
  return {
    ...sessions,
    store,
    async end(id) {
      await forget(id);
      await sessions.end(id);
    },
  };
}
