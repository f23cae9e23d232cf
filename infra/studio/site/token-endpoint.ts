/**
 * `POST /auth/access_token`: form in, tokens out. Acting for somebody is asked for only by `scope=sudo_as_login:<login>`;
 * any other spelling is accepted and silently does nothing.
 */
import type { Request, Response } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { tokenForm } from './call-recorder.ts';
import { findPerson, permissionSetOf } from './caller.ts';
import { SiteError, unauthorized, unsupportedContentType } from './errors.ts';
import type { SiteState } from './state.ts';
import type { Row } from './store.ts';
import { issueTokens, verifyRefreshToken } from './tokens.ts';
import type { Grant } from './tokens.ts';
import { linkTo } from './values.ts';

const FORM = 'application/x-www-form-urlencoded';

export function tokenEndpoint(state: SiteState) {
  return function grantToken(request: Request, response: Response): void {
    const contentType = request.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? FORM;
    if (contentType !== FORM) throw unsupportedContentType(contentType, [FORM]);
    const form = tokenForm(request.url, request.body);
    response.set('cache-control', 'no-cache, max-age=0').json(issueTokens(state, grantFor(state, form)));
  };
}

function grantFor(state: SiteState, form: URLSearchParams): Grant {
  const sessionUuid = form.get('session_uuid');
  switch (form.get('grant_type')) {
    case 'client_credentials': {
      const script = authenticateScript(state, form.get('client_id'), form.get('client_secret'));
      const sudo = sudoTarget(form);
      if (sudo !== null) assertMaySudo(state, script, sudo);
      return { user: linkTo(script), sudo_as_login: sudo, auth_type: 'api_key', session_uuid: sessionUuid };
    }
    case 'password': {
      const person = authenticatePerson(state, form.get('username'), form.get('password'), form.get('auth_token'));
      const sudo = sudoTarget(form);
      if (sudo !== null) assertMaySudo(state, person, sudo);
      return { user: linkTo(person), sudo_as_login: sudo, auth_type: 'password', session_uuid: sessionUuid };
    }
    case 'session_token': {
      const person = authenticateSession(state, form.get('session_token'));
      return { user: linkTo(person), sudo_as_login: null, auth_type: 'session_token', session_uuid: sessionUuid };
    }
    case 'refresh_token': {
      const grant = verifyRefreshToken(state, form.get('refresh_token') ?? '');
      if (!grant) throw unauthorized();
      return { ...grant, sudo_as_login: null, session_uuid: null };
    }
    default:
      throw new SiteError(400, 103, 'Unsupported grant_type', { source: {} });
  }
}

function denied(title: string): SiteError {
  return new SiteError(400, 102, title, { source: {} });
}

/** @throws {@link SiteError} 400/102 */
export function authenticateScript(state: SiteState, name: string | null, key: string | null): Row {
  if (!name || !key) throw denied('Missing or invalid authentication arguments');
  const script = state.store.all('ApiUser').find((row) => !row.retired && row.values.get('firstname') === name);
  const expected = script?.values.get('salted_password');
  if (!script || typeof expected !== 'string' || !sameText(expected, key))
    throw denied(`Can't authenticate script '${name}'`);
  return script;
}

/** @throws {@link SiteError} 400 with code 102, 106 (a one-time code is needed), 108 or 110 (no passwords on SSO and Identity sites). */
export function authenticatePerson(
  state: SiteState,
  login: string | null,
  password: string | null,
  code: string | null,
): Row {
  const person = authenticatePassword(state, login, password);
  if (login === null || !state.twoFactor.has(login)) return person;
  if (!code) {
    throw new SiteError(400, 106, 'Missing argument for 2FA login', {
      source: { auth_token: 'missing for 2FA login' },
    });
  }
  if (!checkOneTimeCode(state, login, code)) throw denied(`Can't authenticate user '${login}'.`);
  return person;
}

/** The person whose password this is, whether or not they need a code too. @throws {@link SiteError} 400 with code 102, 108 or 110 */
export function authenticatePassword(state: SiteState, login: string | null, password: string | null): Row {
  if (!login || !password) throw denied('Missing or invalid authentication arguments');
  if (state.settings.authenticationMethod === 'oxygen') {
    throw new SiteError(400, 110, 'Autodesk Identity is enabled: user and password authentication is not allowed.', {
      source: {},
    });
  }
  if (state.settings.authenticationMethod === 'saml2') {
    throw new SiteError(400, 108, 'SSO is enabled: user and password authentication is not allowed.', { source: {} });
  }
  const person = findPerson(state.store, login);
  // Demo accounts: the password is the login, unless it was given.
  const expected = state.settings.passwords.get(login) ?? login;
  if (person?.values.get('sg_status_list') !== 'act' || !sameText(expected, password)) {
    throw denied(`Can't authenticate user '${login}'.`);
  }
  return person;
}

/** Whether this is the person's code. A code that was taken once is not taken again. */
export function checkOneTimeCode(state: SiteState, login: string, code: string | null): boolean {
  const [good, ...later] = state.twoFactor.get(login) ?? [];
  if (code === null || good !== code) return false;
  state.twoFactor.set(login, later);
  return true;
}

/** @throws {@link SiteError} 400/102 */
export function authenticateSession(state: SiteState, token: string | null): Row {
  if (!token) throw denied('Missing or invalid authentication arguments');
  const login = state.sessions.find(token);
  const person = login === undefined ? undefined : findPerson(state.store, login);
  if (!person) throw denied(`Can't authenticate session token ending with '${token.slice(-4)}'`);
  return person;
}

/** The login after `sudo_as_login:` in the scope, as it was sent. */
function sudoTarget(form: URLSearchParams): string | null {
  return /^\s*sudo_as_login:(.+)$/.exec(form.get('scope') ?? '')?.[1] ?? null;
}

/** @throws {@link SiteError} 400/102: unknown or retired, not active, or "Admins Can Perform Actions As" is off. */
export function assertMaySudo(state: SiteState, authenticator: Row, login: string): void {
  if (authenticator.type !== 'ApiUser' || permissionSetOf(state.store, authenticator) !== 'api_admin') {
    throw denied(`The user does not have permission to 'sudo': ${login}`);
  }
  const target = findPerson(state.store, login);
  if (!target) throw denied(`Cannot 'sudo' - unknown or retired user: '${login}'`);
  if (target.values.get('sg_status_list') !== 'act') throw denied(`Cannot 'sudo' - inactive user account: '${login}'`);
  if (target.values.get('can_impersonate_this_user') !== true) {
    throw denied(`Cannot 'sudo' - user account has 'can_impersonate_this_user' turned off: '${login}'`);
  }
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
