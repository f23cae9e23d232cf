/**
 * How a browser gets a session: by choosing who to be (the demo's short cut) or, with `webSignIn: 'password'`, by login, password and
 * one-time code. `/auth/renew` leads through the sign-in, or past it, to `/auth/landing`, where the cookies say whose session it is.
 */
import { Router } from 'express';
import type { Request, Response } from 'express';
import { randomBytes } from 'node:crypto';
import { findPerson } from './caller.ts';
import { SiteError } from './errors.ts';
import { codePage, loginPage, messagePage, passwordPage } from './page-view.ts';
import { cookieOf, SESSION_COOKIE } from './sessions.ts';
import type { SiteState } from './state.ts';
import type { Row } from './store.ts';
import { authenticatePassword, checkOneTimeCode } from './token-endpoint.ts';
import { textOf } from './values.ts';

const LANDING = '/auth/landing';

export function signInRoutes(state: SiteState): Router {
  const router = Router();
  /** Signed in but for the code: what the hidden field of the second page names. */
  const halfway = new Map<string, Row>();

  router.get('/user/login', (request, response) => {
    const returnPath = localPath(request.query['return_path']);
    if (state.settings.webSignIn === 'password') {
      const { login } = request.query;
      response.type('html').send(passwordPage({ returnPath, login: typeof login === 'string' ? login : '' }).html);
      return;
    }
    const people = state.store.all('HumanUser').filter((row) => !row.retired);
    response.type('html').send(loginPage(people, returnPath, state).html);
  });

  router.post('/user/login', (request, response) => {
    const form = formOf(request);
    const returnPath = localPath(form.get('return_path'));
    const login = form.get('login') ?? '';
    if (state.settings.webSignIn === 'choose') {
      const person = findPerson(state.store, login);
      if (person) signIn(state, response, person);
      response.redirect(303, returnPath);
      return;
    }
    const person = passwordOf(state, login, form.get('password'));
    if (person === 'wrong') {
      const problem = 'This login and password do not fit.';
      return void response.status(401).type('html').send(passwordPage({ returnPath, login, problem }).html);
    }
    if (!state.twoFactor.has(login)) {
      signIn(state, response, person);
      response.redirect(303, returnPath);
      return;
    }
    const ticket = randomBytes(16).toString('hex');
    halfway.set(ticket, person);
    response.type('html').send(codePage({ returnPath, ticket }).html);
  });

  router.post('/user/login/code', (request, response) => {
    const form = formOf(request);
    const [returnPath, ticket] = [localPath(form.get('return_path')), form.get('ticket') ?? ''];
    const person = halfway.get(ticket);
    if (!person) {
      response.redirect(303, `/user/login?return_path=${encodeURIComponent(returnPath)}`);
      return;
    }
    if (!checkOneTimeCode(state, textOf(person, 'login'), form.get('code'))) {
      const problem = 'This code is wrong, or was used already.';
      return void response.status(401).type('html').send(codePage({ returnPath, ticket, problem }).html);
    }
    halfway.delete(ticket);
    signIn(state, response, person);
    response.redirect(303, returnPath);
  });

  router.get('/auth/renew', (request, response) => {
    const person = signedInPerson(state, request);
    if (!person) {
      const { email } = request.query;
      const login = typeof email === 'string' ? `&login=${encodeURIComponent(email)}` : '';
      response.redirect(302, `/user/login?return_path=${LANDING}${login}`);
      return;
    }
    setSession(state, response, person, cookieOf(request.get('cookie'), SESSION_COOKIE) ?? '');
    response.redirect(302, LANDING);
  });

  router.get(LANDING, (request, response) => {
    if (!signedInPerson(state, request)) {
      response.redirect(302, '/auth/renew');
      return;
    }
    response.type('html').send(messagePage('Signed in', 'The program that sent you here goes on by itself.').html);
  });
  return router;
}

/** The row of whoever this browser is signed in as. */
export function signedInPerson(state: SiteState, request: Request): Row | undefined {
  const token = cookieOf(request.get('cookie'), SESSION_COOKIE);
  const login = token === undefined ? undefined : state.sessions.find(token);
  return login === undefined ? undefined : findPerson(state.store, login);
}

/** Opens a session for this browser. */
export function signIn(state: SiteState, response: Response, person: Row): void {
  setSession(state, response, person, state.sessions.open(textOf(person, 'login')));
}

/** The session itself, and the three cookies beside it that say whose it is and how long it lasts. */
function setSession(state: SiteState, response: Response, person: Row, token: string): void {
  const expiresAt = state.sessions.look(token)?.expiresAt ?? state.now();
  const seen = { sameSite: 'lax', path: '/' } as const;
  response.cookie(SESSION_COOKIE, token, { ...seen, httpOnly: true });
  response.cookie('shotgun_current_session_expiration', String(Math.floor(expiresAt.getTime() / 1000)), seen);
  response.cookie('shotgun_current_user_login', textOf(person, 'login'), seen);
  response.cookie(`csrf_token_u${String(person.id)}`, randomBytes(16).toString('hex'), seen);
}

/** The person whose password this is; the one-time code is asked for on a page of its own. */
function passwordOf(state: SiteState, login: string, password: string | null): Row | 'wrong' {
  try {
    return authenticatePassword(state, login, password);
  } catch (error) {
    if (error instanceof SiteError) return 'wrong';
    throw error;
  }
}

function localPath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : '/';
}

function formOf(request: Request): URLSearchParams {
  return new URLSearchParams(typeof request.body === 'string' ? request.body : '');
}
