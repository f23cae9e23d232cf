/**
 * ③ Signing in on our own page, with the login and password of the site. A person with two-factor authentication types the password
 * a second time, beside the code: to spare them that, it would have to be kept between the pages, here or in the browser.
 */
import { urlencoded, Router, type Request, type Response } from 'express';
import { LoginCodeRequiredError, LoginFailedError } from '../../login/errors.ts';
import { parseReturnTo } from '../../session/return-to.ts';
import type { SiteSessions } from '../../session/site-sessions.ts';
import { folded, type LegacyLogin } from '../legacy-login.ts';
import { addressKey } from '../limits/rate-limits.ts';
import { holderOf } from '../matter.ts';
import type { Recorder } from '../recorder.ts';
import { rememberSignIn } from '../remember-sign-in.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import { identityOf } from '../viewer.ts';
import { bodyField, noteReturn } from './login.ts';

export type LegacyLoginDeps = {
  readonly legacyLogin: LegacyLogin;
  /** Whether there is another way to sign in. */
  readonly hasProvider: boolean;
  readonly siteSessions: Pick<SiteSessions, 'keep'>;
  readonly loginHint: (request: Request, returnTo: string) => Promise<string | undefined>;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly siteUrl: string;
  readonly now: () => Date;
};

type Shown = {
  readonly returnTo: string;
  readonly login: string;
  readonly needsCode: boolean;
  readonly problem?: LoginFailedError;
};

export function legacyLoginRoutes(deps: LegacyLoginDeps): Router {
  const router = Router();

  router.get('/login', async (request, response, next) => {
    const returnTo = parseReturnTo(request.query['return_to']) ?? '/';
    const isAgain = request.query['again'] === '1';
    // Only a provider vouches for people elsewhere; `again` asks for that.
    if (deps.hasProvider && (isAgain || request.query['with'] === 'provider')) {
      next();
      return;
    }
    noteReturn(request, response, returnTo);
    if (identityOf(request) !== undefined && request.query['prompt'] !== 'login' && !isAgain) {
      response.redirect(303, returnTo);
      return;
    }
    const login = (await deps.loginHint(request, returnTo)) ?? '';
    show(request, response, { returnTo, login, needsCode: false });
  });

  // No token protects a form of somebody who has no session; that it comes from our own page is checked before.
  router.post(
    '/login',
    urlencoded({ extended: false, limit: '10kb', parameterLimit: 10 }),
    async (request, response) => {
      const returnTo = parseReturnTo(bodyField(request, 'return_to')) ?? '/';
      noteReturn(request, response, returnTo);
      const { story } = contextOf(request);
      const [login, code] = [bodyField(request, 'login') ?? '', bodyField(request, 'code')];
      try {
        const { identity, userId, sessionToken } = await deps.legacyLogin(
          { login, password: bodyField(request, 'password') ?? '', code },
          {
            address: addressKey(request),
            onKnown: (person) => {
              story.person = { ...person, proven: false };
            },
          },
        );
        const known = identityOf(request);
        // Whom the provider has named already stays that person, now with their own session on the site.
        const stays = known !== undefined && folded(known.login) === folded(identity.login) ? known : identity;
        story.person = { login: stays.login, id: userId, proven: true };
        story.subject = { issuer: stays.issuer, subject: stays.subject };
        await deps.recorder.login(request, identity);
        if (stays === identity) await rememberSignIn(request, identity, { at: deps.now() });
        await deps.siteSessions.keep(holderOf(request, stays), {
          token: sessionToken,
          userId,
          login: identity.login,
          since: deps.now().toISOString(),
        });
        response.redirect(303, returnTo);
      } catch (error) {
        if (error instanceof LoginCodeRequiredError) {
          show(request, response, { returnTo, login, needsCode: true });
          return;
        }
        if (!(error instanceof LoginFailedError)) throw error;
        contextOf(request).log.info({ code: error.code, why: error.reason }, 'refused');
        await deps.recorder.refusal(request, error);
        show(request, response, { returnTo, login, needsCode: code !== undefined, problem: error });
      }
    },
  );

  return router;

  function show(request: Request, response: Response, { returnTo, login, needsCode, problem }: Shown): void {
    const { reference } = contextOf(request);
    const refusal = problem ?? (needsCode ? new LoginCodeRequiredError() : undefined);
    const query = returnTo === '/' ? '' : `return_to=${encodeURIComponent(returnTo)}`;
    deps.respond(request, response, {
      status: refusal?.status ?? 200,
      page: 'sign-in',
      model: ({ t }) => ({
        title: t('signIn.signIn'),
        narrow: true,
        styles: ['form.css'],
        siteName: new URL(deps.siteUrl).host,
        returnTo,
        login: login.slice(0, 255),
        needsCode,
        problem: problem && { ...problem.said, code: problem.code, reference },
        providerPath: deps.hasProvider ? `/login?with=provider${query === '' ? '' : `&${query}`}` : undefined,
        startPath: `/login?prompt=login${query === '' ? '' : `&${query}`}`,
      }),
      json:
        refusal === undefined
          ? {
              signedIn: identityOf(request) !== undefined,
              ways: ['password', ...(deps.hasProvider ? ['provider'] : [])],
            }
          : {
              code: refusal.code,
              status: refusal.status,
              message: refusal.message,
              remedy: refusal.remedy,
              ...(problem === undefined ? {} : { reference }),
            },
    });
  }
}
