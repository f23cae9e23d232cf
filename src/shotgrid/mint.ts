/**
 * Asks the site for an access token, as the script or, by scope, as a person, and checks what it gives.
 * ShotGrid REST: form-encoded `POST /auth/access_token`; sudo only by `scope=sudo_as_login:<login>`.
 */
import { API_ROOT } from './api.ts';
import type { Caller } from './calls.ts';
import { ShotgridUnavailableError } from './errors.ts';
import { isRecord, own, parseJson } from './json.ts';
import { SudoRefusedBySiteError } from './person-errors.ts';
import { tokenRefusal } from './sudo-faults.ts';
import { verifyTokenClaims } from './token-claims.ts';
import type { MintedToken, TokenFor } from './tokens.ts';

/** The script user, as created in ShotGrid. */
export type ScriptCredentials = { readonly scriptName: string; readonly scriptKey: string };

// What may stand in an Authorization header, and no more of it than any server takes.
const ACCESS_TOKEN = /^[\w.~+/=-]{1,8000}$/;
const CONTROL = /\p{Cc}/u;

/** The minting function of a script. Its secrets travel in the body only, never in a URL. */
export function createMint(
  call: Caller,
  { scriptName, scriptKey }: ScriptCredentials,
): (wanted: TokenFor) => Promise<MintedToken> {
  return async function mint({ login, sessionUuid }) {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: scriptName,
      client_secret: scriptKey,
    });
    if (login !== null) {
      if (login === '' || CONTROL.test(login)) {
        throw new SudoRefusedBySiteError(login, { message: 'not a login', errorId: undefined, code: undefined });
      }
      form.set('scope', `sudo_as_login:${login}`);
    }
    if (sessionUuid !== undefined) form.set('session_uuid', sessionUuid);
    const answer = await call({
      operation: 'token',
      // Minting changes nothing on the site, so it may be asked for again.
      kind: 'read',
      method: 'POST',
      path: `${API_ROOT}/auth/access_token`,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    if (answer.status !== 200) throw tokenRefusal(answer.status, answer.text, login, [scriptKey]);
    const token = parseToken(parseJson(answer.text));
    verifyTokenClaims(token.accessToken, login);
    return token;
  };
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
