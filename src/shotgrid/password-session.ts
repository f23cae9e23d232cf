/**
 * A session by login and password, for sites that have passwords. ShotGrid API3: `get_session_token` answers with a session
 * where the REST password grant would answer with a bearer of ten minutes. A refusal is HTTP 200 with `exception` and a code.
 */
import { unreadable, type CallOptions } from './api.ts';
import type { Caller } from './calls.ts';
import { faultError } from './faults.ts';
import { isRecord, own, ownPath, parseJson } from './json.ts';

export type PasswordCredentials = {
  readonly login: string;
  readonly password: string;
  /** The six digits of somebody with two-factor authentication; good once. */
  readonly oneTimeCode?: string | undefined;
};

/**
 * - `refused`: login, password or code are wrong, or the code was used before; the site does not say which.
 * - `code_needed`: the person has two-factor authentication, and no code was given.
 * - `no_passwords`: people sign in at an identity provider (`sso`) or with Autodesk Identity (`identity`), where a
 *   personal access token may take the password's place.
 */
export type PasswordAnswer =
  | { readonly is: 'opened'; readonly sessionToken: string }
  | { readonly is: 'refused' | 'code_needed' }
  | { readonly is: 'no_passwords'; readonly because: 'sso' | 'identity' };

const SESSION_TOKEN = /^[\x21-\x7e]{1,4000}$/;

/** @throws ShotgridUnavailableError, and whatever else says that this is no site. Asks once: a code must not be spent twice. */
export async function openPasswordSession(
  call: Caller,
  { login, password, oneTimeCode }: PasswordCredentials,
  options: CallOptions = {},
): Promise<PasswordAnswer> {
  const person = {
    user_login: login,
    user_password: password,
    ...(oneTimeCode === undefined ? {} : { auth_token: oneTimeCode }),
  };
  const { status, text } = await call({
    operation: 'password_session',
    kind: 'read',
    method: 'POST',
    path: '/api3/json',
    headers: { accept: 'application/json', 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ method_name: 'get_session_token', params: [person] }),
    maxAttempts: 1,
    ...options,
  });
  if (status !== 200) throw faultError(status, text, Object.values(person));
  const answer = parseJson(text);
  if (isRecord(answer) && own(answer, 'exception') === true) return refusal(own(answer, 'error_code'));
  const sessionToken = ownPath(answer, 'results', 'session_id');
  if (typeof sessionToken !== 'string' || !SESSION_TOKEN.test(sessionToken)) throw unreadable('read');
  return { is: 'opened', sessionToken };
}

function refusal(code: unknown): PasswordAnswer {
  switch (code) {
    case 102:
      return { is: 'refused' };
    case 106:
      return { is: 'code_needed' };
    case 108:
      return { is: 'no_passwords', because: 'sso' };
    case 110:
      return { is: 'no_passwords', because: 'identity' };
    default:
      throw unreadable('read');
  }
}
