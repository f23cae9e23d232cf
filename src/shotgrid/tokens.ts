/**
 * Access tokens in memory: one per person and browser window, minted once however many ask at the same time, renewed
 * before they end, and a bounded number of them. There are no refresh tokens: whether one keeps its sudo is not known.
 */

import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Who a token is for. */
export type TokenFor = TokenByScript | TokenByOwnSession;

/** Had with the script's key. */
export type TokenByScript = {
  /** The HumanUser's stored login, verbatim; null for the script itself. */
  readonly login: string | null;
  /** The ShotGrid browser window that is to see the changes. */
  readonly sessionUuid: string | undefined;
  readonly session?: undefined;
};

/** Had with the session that the person opened. */
export type TokenByOwnSession = {
  readonly login?: undefined;
  readonly session: OwnSession;
  readonly sessionUuid: string | undefined;
};

export type OwnSession = {
  /** The site's session token: a credential of the person. */
  readonly token: string;
  /** The HumanUser that every access token has to name; undefined where only the token can tell. */
  readonly userId: number | undefined;
};

export type MintedToken = { readonly accessToken: string; readonly lifetimeSeconds: number };

export type TokensOptions = {
  /** Asks the site for a token and checks it. */
  readonly mint: (wanted: TokenFor) => Promise<MintedToken>;
  readonly now: () => Date;
  /** Tokens kept; the least recently used goes first. */
  readonly maxTokens: number;
};

export type Tokens = {
  /** A token with life left. A signal frees this waiter only: others may wait for the same token. */
  get(wanted: TokenFor, signal?: AbortSignal): Promise<string>;
  /** The site answered 401 to this token: it is not handed out again. A newer one stays. */
  reject(wanted: TokenFor, accessToken: string): void;
  /** Forgets what was had with this session, of all windows. */
  forget(session: OwnSession): void;
  readonly size: number;
};

/** A token is renewed when this part of its life is over: 480 s of the usual 600. */
const RENEW_AFTER = 0.8;

type Kept = { readonly accessToken: string; readonly renewAt: number };

/** Starts empty. */
export function createTokens({ mint, now, maxTokens }: TokensOptions): Tokens {
  const kept = new LRUCache<string, Kept>({ max: maxTokens });
  const minting = new Map<string, Promise<string>>();

  async function mintOnce(key: string, wanted: TokenFor): Promise<string> {
    // Read before asking: the token ages while the answer travels.
    const askedAt = now().getTime();
    try {
      const { accessToken, lifetimeSeconds } = await mint(wanted);
      dropEnded();
      kept.set(key, { accessToken, renewAt: askedAt + lifetimeSeconds * 1000 * RENEW_AFTER });
      return accessToken;
    } finally {
      minting.delete(key);
    }
  }

  /** Nobody may ask for them again, and they are credentials as long as they lie here. */
  function dropEnded(): void {
    const at = now().getTime();
    for (const [key, { renewAt }] of [...kept.entries()]) if (at >= renewAt) kept.delete(key);
  }

  return {
    get size() {
      return kept.size;
    },
    async get(wanted, signal) {
      signal?.throwIfAborted();
      const key = cacheKey(wanted);
      const found = kept.get(key);
      if (found !== undefined && now().getTime() < found.renewAt) return found.accessToken;
      let pending = minting.get(key);
      if (pending === undefined) {
        pending = mintOnce(key, wanted);
        minting.set(key, pending);
      }
      return signal === undefined ? pending : orAborted(pending, signal);
    },
    reject(wanted, accessToken) {
      const key = cacheKey(wanted);
      if (kept.peek(key)?.accessToken === accessToken) kept.delete(key);
    },
    forget(session) {
      const key = ownKey(session);
      for (const candidate of [...kept.keys()]) if (candidate.startsWith(key)) kept.delete(candidate);
    },
  };
}

function cacheKey(wanted: TokenFor): string {
  const window = JSON.stringify(wanted.sessionUuid ?? null);
  return wanted.session === undefined
    ? `script ${JSON.stringify(wanted.login)} ${window}`
    : `${ownKey(wanted.session)}${window}`;
}

function ownKey({ token }: OwnSession): string {
  return `own ${createHash('sha256').update(token).digest('base64url')} `;
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
