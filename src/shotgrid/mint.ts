/**
 * Asks the site for an access token, as the script, by scope as a person, or by a person's own session, and checks what it gives.
 * ShotGrid REST: form-encoded `POST /auth/access_token`; sudo only by `scope=sudo_as_login:<login>`; a session token is not
 * spent by the grant of that name, and each use moves its expiry on.
 */
import { API_ROOT } from './api.ts';
import { isSamlRenewal, type Answer, type Caller } from './calls.ts';
import { ShotgridUnavailableError } from './errors.ts';
import { faultError } from './faults.ts';
import { isRecord, own, parseJson } from './json.ts';
import { SiteSessionEndedError } from './own-session-errors.ts';
import { SudoRefusedBySiteError } from './person-errors.ts';
import { tokenRefusal } from './sudo-faults.ts';
import { verifyOwnClaims, verifyTokenClaims } from './token-claims.ts';
import type { MintedToken, OwnSession, TokenByScript, TokenFor } from './tokens.ts';

/** The script user, as created in ShotGrid. */
export type ScriptCredentials = {
  readonly scriptName: string;
  /** Or several, newest first, while one takes the place of another: the one that the site takes is used. */
  readonly scriptKey: string | readonly string[];
};

// What may stand in an Authorization header, and no more of it than any server takes.
const ACCESS_TOKEN = /^[\w.~+/=-]{1,8000}$/;
const CONTROL = /\p{Cc}/u;

/**
 * The minting function. Its secrets travel in the body only, never in a URL.
 *
 * @param script - Undefined where only people's own sessions are used.
 */
export function createMint(
  call: Caller,
  script: ScriptCredentials | undefined,
): (wanted: TokenFor) => Promise<MintedToken> {
  const byScript = script === undefined ? undefined : createMintByScript(call, script);
  return async function mint(wanted) {
    if (wanted.session !== undefined) return mintOwn(call, wanted.session, wanted.sessionUuid);
    if (byScript === undefined) throw new TypeError('this client has no script');
    return byScript(wanted);
  };
}

/** The keys of a script, newest first. */
export function keysOf({ scriptKey }: ScriptCredentials): readonly string[] {
  return typeof scriptKey === 'string' ? [scriptKey] : scriptKey;
}

/**
 * Whichever key the site took last is offered first; the others, newest first, when the site refuses that one, and for no
 * other reason.
 */
function createMintByScript(call: Caller, script: ScriptCredentials): (wanted: TokenByScript) => Promise<MintedToken> {
  const keys = keysOf(script);
  let taken = keys[0];

  return async function mintByScript(wanted) {
    let refusal: unknown = new ShotgridUnavailableError('script_refused', { failure: 'no script key' });
    for (const key of new Set(taken === undefined ? [] : [taken, ...keys])) {
      try {
        const token = await mintWithKey(call, script, key, wanted);
        taken = key;
        return token;
      } catch (error) {
        if (!(error instanceof ShotgridUnavailableError && error.reason === 'script_refused')) throw error;
        refusal = error;
      }
    }
    throw refusal;
  };
}

async function mintWithKey(
  call: Caller,
  script: ScriptCredentials,
  scriptKey: string,
  { login, sessionUuid }: TokenByScript,
): Promise<MintedToken> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: script.scriptName,
    client_secret: scriptKey,
  });
  if (login !== null) {
    if (login === '' || CONTROL.test(login)) {
      throw new SudoRefusedBySiteError(login, { message: 'not a login', errorId: undefined, code: undefined });
    }
    form.set('scope', `sudo_as_login:${login}`);
  }
  if (sessionUuid !== undefined) form.set('session_uuid', sessionUuid);
  const answer = await askForToken(call, form);
  if (answer.status !== 200) throw tokenRefusal(answer.status, answer.text, login, keysOf(script));
  const token = parseToken(parseJson(answer.text));
  verifyTokenClaims(token.accessToken, login);
  return token;
}

async function mintOwn(call: Caller, session: OwnSession, sessionUuid: string | undefined): Promise<MintedToken> {
  const form = new URLSearchParams({ grant_type: 'session_token', session_token: session.token });
  if (sessionUuid !== undefined) form.set('session_uuid', sessionUuid);
  const answer = await askForToken(call, form);
  if (isSamlRenewal(answer)) throw new SiteSessionEndedError('saml_claims');
  // The refusal's own text ends in the end of the token: it goes no further.
  if (answer.status === 400 || answer.status === 401) throw new SiteSessionEndedError();
  if (answer.status !== 200) throw faultError(answer.status, answer.text, [session.token]);
  const token = parseToken(parseJson(answer.text));
  verifyOwnClaims(token.accessToken, session.userId);
  return token;
}

/** @throws ShotgridUnavailableError */
async function askForToken(call: Caller, form: URLSearchParams): Promise<Answer> {
  return call({
    operation: 'token',
    // Minting changes nothing on the site, so it may be asked for again.
    kind: 'read',
    method: 'POST',
    path: `${API_ROOT}/auth/access_token`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
}

function parseToken(answer: unknown): MintedToken {
  if (isRecord(answer)) {
    const type = own(answer, 'token_type');
    const accessToken = own(answer, 'access_token');
    const lifetimeSeconds = own(answer, 'expires_in');
    if (
      typeof type === 'string' &&
      type.toLowerCase() === 'bearer' &&
      typeof accessToken === 'string' &&
      ACCESS_TOKEN.test(accessToken) &&
      typeof lifetimeSeconds === 'number' &&
      lifetimeSeconds > 0
    ) {
      return { accessToken, lifetimeSeconds };
    }
  }
  throw new ShotgridUnavailableError('unreadable', { failure: 'not an access token' });
}
