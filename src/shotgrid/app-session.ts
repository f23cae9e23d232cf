/**
 * The app session launcher: a program asks the site for a session, the person approves it on a page of the site, and the program
 * collects it. ShotGrid REST: no credentials are needed for asking nor for collecting, so an open request's id is a secret.
 */
import type { CallOptions } from './api.ts';
import { AppSessionsOffError } from './app-session-errors.ts';
import type { Caller } from './calls.ts';
import { malformedRequest, ShotgridUnavailableError } from './errors.ts';
import { faultError } from './faults.ts';
import { isRecord, own, parseJson } from './json.ts';

export type AppSessionRequest = {
  /** Whoever has it can collect the session: not for logs. */
  readonly id: string;
  /** Where the person approves; on the site itself. */
  readonly url: string;
};

/** `gone`: denied, run out, collected before, or never known; the site does not say which. */
export type AppSessionAnswer =
  | { readonly is: 'waiting' | 'gone' }
  | { readonly is: 'approved'; readonly sessionToken: string; readonly login: string };

export type AppSessions = {
  /**
   * Opens a request.
   *
   * @param asks.appName - Who asks, as the person reads it on the site's page.
   * @param asks.machineId - Where, as above; any text.
   * @throws {@link AppSessionsOffError} when the site does not offer this, ShotgridUnavailableError.
   */
  request(
    asks: { readonly appName: string; readonly machineId: string },
    options?: CallOptions,
  ): Promise<AppSessionRequest>;
  /**
   * Asks once what became of it. The site hands an approved session out once.
   *
   * @throws ShotgridUnavailableError when it does not answer, after four attempts.
   */
  poll(id: string, options?: CallOptions): Promise<AppSessionAnswer>;
};

const PATH = '/internal_api/app_session_request';
const APPROVAL_PATH = '/app_session_request/';
const REQUEST_ID = /^[\w-]{1,200}$/;
const SESSION_TOKEN = /^[\x21-\x7e]{1,4000}$/;
const ATTEMPTS = 4;
const PAUSE_MS = 750;

export function createAppSessions(deps: {
  readonly call: Caller;
  readonly siteUrl: string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
}): AppSessions {
  const { call, sleep, random } = deps;

  /** The toolkit's patience: the pause grows with the attempts and is spread threefold. */
  async function pollPatiently(id: string, options: CallOptions): ReturnType<Caller> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call({
          operation: 'app_session',
          kind: 'read',
          method: 'PUT',
          path: `${PATH}/${id}`,
          shownPath: `${PATH}/…`,
          headers: { accept: 'application/json', 'content-type': 'application/json' },
          maxAttempts: 1,
          ...options,
        });
      } catch (error) {
        const isPassing = error instanceof ShotgridUnavailableError && error.reason !== 'closed';
        if (!isPassing || attempt >= ATTEMPTS) throw error;
        await sleep(attempt * PAUSE_MS * (1 + 2 * random()), options.signal);
      }
    }
  }

  return {
    async request({ appName, machineId }, options = {}) {
      const answer = await call({
        operation: 'app_session',
        // Asked twice, the site has one request more that nobody will approve.
        kind: 'read',
        method: 'POST',
        path: PATH,
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ appName, machineId }).toString(),
        ...options,
      });
      // A site that is older than the launcher knows no such address.
      if (answer.status === 403 || answer.status === 404) throw new AppSessionsOffError();
      if (answer.status !== 200) throw faultError(answer.status, answer.text, []);
      const body = parseJson(answer.text);
      const id = isRecord(body) ? own(body, 'sessionRequestId') : undefined;
      const url = isRecord(body) ? approvalUrl(own(body, 'url'), deps.siteUrl) : undefined;
      if (typeof id !== 'string' || !REQUEST_ID.test(id) || url === undefined) throw unreadable();
      return { id, url };
    },

    async poll(id, options = {}) {
      if (!REQUEST_ID.test(id)) throw malformedRequest('not the id of a session request');
      const { status, text } = await pollPatiently(id, options);
      if (status === 404) return { is: 'gone' };
      const body = parseJson(text);
      if (status !== 200 || !isRecord(body)) throw unreadable(`status ${status}`);
      if (own(body, 'approved') !== true) return { is: 'waiting' };
      const sessionToken = own(body, 'sessionToken');
      const login = own(body, 'userLogin');
      if (typeof sessionToken !== 'string' || !SESSION_TOKEN.test(sessionToken) || typeof login !== 'string') {
        throw unreadable();
      }
      return { is: 'approved', sessionToken, login };
    },
  };
}

/** On our site under the name that we know it by, whatever host the answer names: people are sent there. */
function approvalUrl(given: unknown, siteUrl: string): string | undefined {
  const url = typeof given === 'string' && given.length <= 2000 ? URL.parse(given, siteUrl) : null;
  if (url?.pathname.startsWith(APPROVAL_PATH) !== true) return undefined;
  return new URL(`${url.pathname}${url.search}`, siteUrl).href;
}

function unreadable(failure = 'not the answer to a session request'): ShotgridUnavailableError {
  return new ShotgridUnavailableError('unreadable', { failure });
}
