/** ③ Signing in at the studio's identity provider, and out again. */
import { urlencoded, Router, type Request, type Response } from 'express';
import { LoginFailedError } from '../../login/errors.ts';
import { identityFromClaims, type IdentityRules } from '../../login/identity.ts';
import type { RelyingParty } from '../../login/relying-party.ts';
import type { LoginAttempts } from '../../session/login-attempts.ts';
import { cookieOptions, endSession, sessionCookieName } from '../../session/middleware.ts';
import { parseReturnTo } from '../../session/return-to.ts';
import { readCookies } from '../cookies.ts';
import { PageUnknownError } from '../errors.ts';
import type { Recorder } from '../recorder.ts';
import { keepOpener, parsePopOutPath } from '../pop-out.ts';
import { rememberSignIn } from '../remember-sign-in.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import type { KeepTokens } from '../sign-in-tokens.ts';
import { identityOf, type Csrf } from '../viewer.ts';

export type LoginDeps = {
  /** Undefined where people sign in with a password alone. */
  readonly relyingParty: RelyingParty | undefined;
  readonly attempts: LoginAttempts;
  readonly identityRules: IdentityRules;
  /** The login said to have clicked, when `returnTo` is a launch of this browser: prefills the provider's form. */
  readonly loginHint: (request: Request, returnTo: string) => Promise<string | undefined>;
  readonly keepTokens: KeepTokens;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly publicUrl: string;
  readonly isHttps: boolean;
  readonly now: () => Date;
};

export function loginRoutes(deps: LoginDeps): Router {
  const router = Router();

  router.get('/login', async (request, response) => {
    const returnTo = parseReturnTo(request.query['return_to']) ?? '/';
    noteReturn(request, response, returnTo);
    const prompt = request.query['prompt'] === 'login' ? 'login' : undefined;
    // The provider is to say once more who this is; whether it asks anything for that is up to it.
    const isAgain = request.query['again'] === '1';
    if (identityOf(request) !== undefined && prompt === undefined && !isAgain) {
      response.redirect(303, returnTo);
      return;
    }
    const hint = await deps.loginHint(request, returnTo);
    const { url, attempt } = await requireProvider().start({
      ...(hint === undefined ? {} : { loginHint: hint }),
      ...(prompt === undefined ? {} : { prompt }),
    });
    const cookie = await deps.attempts.create({ ...attempt, returnTo });
    response.cookie(cookie.name, cookie.value, { ...cookieOptions(deps.isHttps), maxAge: cookie.maxAgeSeconds * 1000 });
    response.redirect(303, url.href);
  });

  router.get('/login/callback', async (request, response) => {
    const state = typeof request.query['state'] === 'string' ? request.query['state'] : '';
    const attempt = await deps.attempts.take(state, Object.fromEntries(readCookies(request)));
    if (attempt === undefined) throw new LoginFailedError('replayed', 'no login is under way with this state');
    noteReturn(request, response, attempt.returnTo);
    response.clearCookie(deps.attempts.cookieName(state), cookieOptions(deps.isHttps));
    const result = await requireProvider().finish(new URL(request.originalUrl, deps.publicUrl), attempt);
    const identity = identityFromClaims(result.claims, deps.identityRules);
    const { story } = contextOf(request);
    story.person = { login: identity.login, proven: true };
    story.subject = { issuer: identity.issuer, subject: identity.subject };
    await deps.recorder.login(request, identity);
    await rememberSignIn(request, identity, { tokens: deps.keepTokens.seal(identity, result), at: deps.now() });
    response.redirect(303, attempt.returnTo);
  });

  router.post('/logout', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const identity = identityOf(request);
    if (identity === undefined) {
      response.redirect(303, '/signed-out');
      return;
    }
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const { idToken } = deps.keepTokens.open(request, identity);
    await deps.recorder.logout(request);
    await endSession(request);
    response.clearCookie(sessionCookieName(deps.isHttps), cookieOptions(deps.isHttps));
    const atProvider = idToken === undefined ? undefined : await deps.relyingParty?.logoutUrl(idToken);
    response.redirect(303, atProvider?.href ?? '/signed-out');
  });

  router.get('/signed-out', (request, response) => {
    deps.respond(request, response, {
      page: 'signed-out',
      model: ({ t }) => ({ title: t('signIn.signedOut'), narrow: true }),
      json: { signedIn: identityOf(request) !== undefined },
    });
  });

  return router;

  /** Where people sign in with a password alone, there is nowhere to go and nobody to come back from. */
  function requireProvider(): RelyingParty {
    if (deps.relyingParty === undefined) throw new PageUnknownError();
    return deps.relyingParty;
  }
}

/** So that a failure can lead back to the click that is still waiting, and a window keeps the frame that opened it. */
export function noteReturn(request: Request, response: Response, returnTo: string): void {
  const { story } = contextOf(request);
  const popOut = parsePopOutPath(returnTo);
  const launchId = popOut?.launchId ?? /^\/launches\/([\w-]+)$/.exec(returnTo)?.[1];
  if (launchId !== undefined) story.launchId = launchId;
  if (popOut === undefined) return;
  story.resumePath = returnTo;
  keepOpener(response);
}

/** A field of a small form of ours; anything but one plain text is absent. */
export function bodyField(request: Request, name: string): string | undefined {
  const body: unknown = request.body;
  if (body === null || typeof body !== 'object' || !Object.hasOwn(body, name)) return undefined;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
