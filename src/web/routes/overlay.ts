/** What only a frame in ShotGrid's page asks for: taking over a sign-in, following a click that went on in a window, signing out. */
import { urlencoded, Router, type Request } from 'express';
import type { AmiPayload } from '../../ami/payload.ts';
import type { Identity } from '../../login/identity.ts';
import type { RunStore } from '../../runs/run-store.ts';
import { CsrfInvalidError } from '../../session/errors.ts';
import { isFramed } from '../../session/frame.ts';
import type { HandOvers } from '../../session/hand-overs.ts';
import type { LaunchStore } from '../../session/launches.ts';
import { cookieOptions, endSession, renewSession, sessionCookieName } from '../../session/middleware.ts';
import { randomSecret } from '../../session/secret.ts';
import { pageUrl } from '../../shotgrid/links.ts';
import { readCookies } from '../cookies.ts';
import { noteLaunch, type OpenLaunch } from '../open-launch.ts';
import type { PresentMoved } from '../present-moved.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import type { Answer, Respond } from '../respond.ts';
import { identityOf, type Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type OverlayDeps = {
  readonly openLaunch: OpenLaunch;
  readonly handOvers: HandOvers;
  readonly launches: LaunchStore<AmiPayload>;
  readonly runs: RunStore;
  readonly presentMoved: PresentMoved;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly siteUrl: string;
  readonly isHttps: boolean;
};

export function overlayRoutes(deps: OverlayDeps): Router {
  const router = Router();

  router.post('/launches/:id/hand-over', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    if (!isFramed(request)) throw new CsrfInvalidError();
    const { launch } = await deps.openLaunch(request);
    const contents = await deps.handOvers.redeem(launch.id, bodyField(request, 'code'));
    const { login, issuer, subject } = contents.identity as Identity;
    const { story } = contextOf(request);
    story.person = { login, proven: true };
    story.subject = { issuer, subject };
    await deps.recorder.loginHandedOver(request);
    await renewSession(request, { ...contents, framed: true, csrfId: randomSecret() });
    response.redirect(303, `/launches/${launch.id}`);
  });

  router.get('/launches/:id', async (request, response, next) => {
    const moved = await findMoved(request, request.params.id);
    if (moved === undefined) next();
    else deps.respond(request, response, moved);
  });

  // For a page that waits: a word that changes when there is something new to show.
  router.get('/launches/:id/where', async (request, response) => {
    const moved = await findMoved(request, request.params.id);
    if (moved !== undefined) {
      response.json(moved.json);
      return;
    }
    const { launch, identity } = await deps.openLaunch(request);
    const state = identity === undefined ? 'waiting' : 'signed_in';
    response.json({ launch: launch.id, state, mark: state });
  });

  router.post('/overlay/sign-out', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    if (!isFramed(request)) throw new CsrfInvalidError();
    if (identityOf(request) !== undefined) {
      deps.csrf.verifySession(request, bodyField(request, 'csrf'));
      await deps.recorder.logout(request);
      await endSession(request);
      response.clearCookie(sessionCookieName(deps.isHttps, true), cookieOptions(deps.isHttps, true));
    }
    response.redirect(303, '/overlay/signed-out');
  });

  router.get('/overlay/signed-out', (request, response) => {
    deps.respond(request, response, {
      page: 'overlay-signed-out',
      model: ({ t }) => ({ title: t('overlay.signedOut'), narrow: true, backHref: pageUrl(deps.siteUrl, '/') }),
      json: { signedIn: identityOf(request) !== undefined },
    });
  });

  return router;

  /** What the frame is shown whose click went on in a window; undefined when it did not. */
  async function findMoved(request: Request, id: string): Promise<Answer | undefined> {
    const cookie = isFramed(request) ? readCookies(request).get(deps.launches.cookieName(id, true)) : undefined;
    const launch = (await deps.handOvers.isFollower(id, cookie)) ? await deps.launches.find(id) : undefined;
    if (launch === undefined) return undefined;
    noteLaunch(request, launch);
    const run = await deps.runs.findByLaunch(launch.id);
    const counts = run && (await deps.runs.counts(run.id));
    return deps.presentMoved({ launch, run, counts });
  }
}
