/** Where the provider keeps sessions, codes and grants: one Map per provider, so that two of them share nothing. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

type Entry = { readonly model: string; readonly payload: AdapterPayload };

/** What goes when a grant is revoked. A sign-in under way names the grant too, and stays. */
const GRANTED = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken']);

export type MemoryStore = {
  readonly adapterFor: (model: string) => Adapter;
  /** Forgets every session, code and grant. */
  readonly clear: () => void;
  readonly sessionsOf: (accountId: string) => readonly AdapterPayload[];
  /** Forgets the browser sessions of one account, and says which they were. */
  readonly endSessionsOf: (accountId: string) => readonly AdapterPayload[];
};

/** Nothing expires here by itself: the provider looks at `exp` in what it reads. */
export function createMemoryStore(): MemoryStore {
  const entries = new Map<string, Entry>();

  function findBy(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    return [...entries.values()].find((entry) => entry.model === model && matches(entry.payload))?.payload;
  }
  function removeIf(matches: (entry: Entry) => boolean): void {
    for (const [key, entry] of entries) if (matches(entry)) entries.delete(key);
  }

  function sessionsOf(accountId: string): readonly AdapterPayload[] {
    return [...entries.values()]
      .filter(({ model, payload }) => model === 'Session' && payload.accountId === accountId)
      .map(({ payload }) => payload);
  }

  return {
    adapterFor(model) {
      const keyOf = (id: string) => `${model}:${id}`;
      return {
        upsert(id, payload) {
          entries.set(keyOf(id), { model, payload });
          return Promise.resolve();
        },
        find: (id) => Promise.resolve(entries.get(keyOf(id))?.payload),
        findByUid: (uid) => Promise.resolve(findBy(model, (payload) => payload.uid === uid)),
        findByUserCode: (code) => Promise.resolve(findBy(model, (payload) => payload.userCode === code)),
        consume(id) {
          const payload = entries.get(keyOf(id))?.payload;
          if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
          return Promise.resolve();
        },
        destroy(id) {
          entries.delete(keyOf(id));
          return Promise.resolve();
        },
        revokeByGrantId(grantId) {
          removeIf((entry) => GRANTED.has(entry.model) && entry.payload.grantId === grantId);
          return Promise.resolve();
        },
      };
    },
    clear: () => entries.clear(),
    sessionsOf,
    endSessionsOf(accountId) {
      const ended = sessionsOf(accountId);
      removeIf((entry) => ended.includes(entry.payload));
      return ended;
    },
  };
}
