/**
 * Calls as somebody: a token in front, a fresh one when the site says 401, the body parsed, faults as errors.
 * Everything the client offers is one or more of these.
 */
import { isSamlRenewal, type Caller } from './calls.ts';
import { OutcomeUnknownError, ShotgridUnavailableError } from './errors.ts';
import { faultError } from './faults.ts';
import { parseJson } from './json.ts';
import { SiteSessionEndedError } from './own-session-errors.ts';
import type { CallKind } from './retry.ts';
import { verifyOwnClaims } from './token-claims.ts';
import type { OwnSession, TokenFor, Tokens } from './tokens.ts';

/** The API both old and new sites speak; `/api/v1.1` is the same under another name. */
export const API_ROOT = '/api/v1';

/** What every method takes beside its own parameters. */
export type CallOptions = {
  /** Gives up: a write that was already sent then ends in {@link OutcomeUnknownError}. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of the client's own time-out, per attempt. */
  readonly timeoutMs?: number | undefined;
};

export type ApiCall = {
  readonly operation: string;
  readonly kind: CallKind;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below {@link API_ROOT}. */
  readonly path: string;
  readonly contentType?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly options?: CallOptions | undefined;
};

/** Resolves with the parsed body of a success (undefined when it is not JSON); faults are thrown. */
export type Api = (call: ApiCall) => Promise<unknown>;

const UNAUTHORIZED = 401;

/** Another session of the same person for one that has ended; throws when there is none to be had. */
export type Renew = (ended: SiteSessionEndedError, session: OwnSession) => Promise<OwnSession>;

/** Throws unless this HumanUser is whose session it should be. */
export type VerifyOwner = (userId: number, session: OwnSession) => Promise<void>;

/** An {@link Api} that acts as `actor`; with `renew`, one that outlives the person's session. */
export function createApi(deps: {
  readonly call: Caller;
  readonly tokens: Tokens;
  readonly actor: TokenFor;
  readonly secrets: readonly string[];
  readonly renew?: Renew | undefined;
  readonly verifyOwner?: VerifyOwner | undefined;
}): Api {
  const { call, tokens, renew } = deps;
  let { actor } = deps;

  return async function api(request) {
    const used = actor;
    try {
      return await ask(request, used);
    } catch (error) {
      if (renew === undefined || used.session === undefined || !(error instanceof SiteSessionEndedError)) throw error;
      // Nothing was applied, so this may be said again even for a write. Another call may have renewed meanwhile.
      if (actor === used) actor = { ...used, session: await renew(error, used.session) };
      return ask(request, actor);
    }
  };

  async function ask(request: ApiCall, actor: TokenFor): Promise<unknown> {
    const signal = request.options?.signal;
    let accessToken = await tokenOf(actor, signal);
    let answer = await call(outgoing(request, accessToken));
    if (answer.status === UNAUTHORIZED) {
      // Refused before anything was done, so this may be said again even for a write. Once.
      tokens.reject(actor, accessToken);
      accessToken = await tokenOf(actor, signal);
      answer = await call(outgoing(request, accessToken));
    }
    if (answer.status >= 200 && answer.status < 300) return parseJson(answer.text);
    if (isSamlRenewal(answer)) throw new SiteSessionEndedError('saml_claims');
    throw faultError(answer.status, answer.text, [...deps.secrets, ...ownSecrets(actor), accessToken]);
  }

  async function tokenOf(actor: TokenFor, signal: AbortSignal | undefined): Promise<string> {
    const accessToken = await tokens.get(actor, signal);
    // One session serves whoever asks with it, each with their own idea of whose it is.
    if (actor.session !== undefined) {
      const userId = verifyOwnClaims(accessToken, actor.session.userId);
      await deps.verifyOwner?.(userId, actor.session);
    }
    return accessToken;
  }
}

function ownSecrets(actor: TokenFor): readonly string[] {
  return actor.session === undefined ? [] : [actor.session.token];
}

function outgoing(request: ApiCall, accessToken: string): Parameters<Caller>[0] {
  const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${accessToken}` };
  const hasBody = request.body !== undefined;
  if (hasBody) headers['content-type'] = request.contentType ?? 'application/json';
  return {
    operation: request.operation,
    kind: request.kind,
    method: request.method,
    path: `${API_ROOT}${request.path}`,
    headers,
    body: hasBody ? JSON.stringify(request.body) : undefined,
    signal: request.options?.signal,
    timeoutMs: request.options?.timeoutMs,
  };
}

/** The error for a success whose body is not what it should be: for a write nobody knows what became of it. */
export function unreadable(kind: CallKind): ShotgridUnavailableError | OutcomeUnknownError {
  return kind === 'write'
    ? new OutcomeUnknownError('unreadable answer')
    : new ShotgridUnavailableError('unreadable', { failure: 'unreadable answer' });
}
