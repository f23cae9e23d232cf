/**
 * The window that a frame in ShotGrid's page opens to sign in in. Once its person is known it hands the sign-in to the frame, by
 * its opener; where there is none, as when somebody was sent the link, the click goes on in the window, for its own person alone.
 */
import { urlencoded, Router, type Request, type Response } from 'express';
import type { AmiPayload } from '../../ami/payload.ts';
import type { Catalogue } from '../../actions/catalogue.ts';
import type { Identity } from '../../login/identity.ts';
import type { ResolveActor } from '../../runs/resolve-actor.ts';
import { LaunchUnknownError } from '../../session/errors.ts';
import { isFramed } from '../../session/frame.ts';
import type { HandOvers, PopOutState } from '../../session/hand-overs.ts';
import type { Launch, LaunchStore } from '../../session/launches.ts';
import { cookieOptions, type SessionContents } from '../../session/middleware.ts';
import { readCookies } from '../cookies.ts';
import { PageUnknownError } from '../errors.ts';
import { noteLaunch, noteProven, type ClaimLaunch } from '../open-launch.ts';
import { popOutPath } from '../pop-out.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { wantsJson, type Respond } from '../respond.ts';
import { identityOf, type Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type PopOutDeps = {
  readonly handOvers: HandOvers;
  readonly launches: LaunchStore<AmiPayload>;
  readonly claimLaunch: ClaimLaunch;
  readonly catalogue: Catalogue;
  readonly resolveActor: ResolveActor;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly isHttps: boolean;
};

type Opened = {
  readonly launch: Launch<AmiPayload>;
  readonly ticket: string;
  readonly state: PopOutState;
  readonly path: string;
};

export function popOutRoutes(deps: PopOutDeps): Router {
  const router = Router();

  router.get('/pop-out/:id', async (request, response) => {
    const opened = await open(request, request.query['t']);
    const identity = await signedIn(request, response, opened);
    if (identity === undefined) return;
    const { launch, ticket, path } = opened;
    const { actor } = await deps.resolveActor(launch.payload, identity);
    noteProven(request, identity, actor);
    await deps.claimLaunch(launch, identity);
    const action = deps.catalogue.get(launch.actionId);
    // Only a page hands over: a code in an answer to a program would be one more place to take it from.
    const code = wantsJson(request)
      ? undefined
      : await deps.handOvers.offer(launch.id, ticket, contentsOf(request.session));
    deps.respond(request, response, {
      page: 'pop-out',
      model: () => ({
        title: action.title,
        narrow: true,
        scripts: ['pop-out.js'],
        action: { title: action.title },
        person: actor.name,
        state: 'waiting',
        launchId: launch.id,
        code,
        path: path.split('?', 1)[0],
        ticket,
        csrf: deps.csrf.sessionToken(request),
      }),
      json: { launch: launch.id, state: 'waiting' },
    });
  });

  router.post('/pop-out/:id', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const opened = await open(request, bodyField(request, 't'));
    const identity = await signedIn(request, response, opened);
    if (identity === undefined) return;
    const { launch, ticket } = opened;
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const { actor } = await deps.resolveActor(launch.payload, identity);
    noteProven(request, identity, actor);
    await deps.claimLaunch(launch, identity);
    await deps.recorder.launchMoved(request);
    const cookie = await deps.handOvers.move(launch.id, ticket);
    response.cookie(cookie.name, cookie.value, { ...cookieOptions(deps.isHttps), maxAge: cookie.maxAgeSeconds * 1000 });
    response.redirect(303, `/launches/${launch.id}`);
  });

  return router;

  async function open(request: Request, given: unknown): Promise<Opened> {
    // A frame has a session of its own, which is none to hand over.
    if (isFramed(request)) throw new PageUnknownError();
    const id = String(request.params['id']);
    const state = await deps.handOvers.check(id, given);
    const ticket = String(given);
    const launch = await deps.launches.find(id);
    if (launch === undefined) throw new LaunchUnknownError();
    noteLaunch(request, launch);
    const path = popOutPath(id, ticket);
    contextOf(request).story.resumePath = path;
    return { launch, ticket, state, path };
  }

  /** Undefined once the answer is given: the click goes on elsewhere already, or somebody has to sign in first. */
  async function signedIn(
    request: Request,
    response: Response,
    { launch, state, path }: Opened,
  ): Promise<Identity | undefined> {
    if (state !== 'waiting') {
      await showWhereItGoesOn(request, response, launch, state);
      return undefined;
    }
    const identity = identityOf(request);
    const { prompt, again } = request.query;
    const wish = prompt === 'login' ? '&prompt=login' : again === '1' ? '&again=1' : '';
    if (identity !== undefined && wish === '') return identity;
    response.redirect(303, `/login?return_to=${encodeURIComponent(path)}${wish}`);
    return undefined;
  }

  async function showWhereItGoesOn(
    request: Request,
    response: Response,
    launch: Launch<AmiPayload>,
    state: PopOutState,
  ): Promise<void> {
    const cookie = readCookies(request).get(deps.launches.cookieName(launch.id));
    if (state === 'moved' && (await isOpenWith(launch.id, cookie))) {
      response.redirect(303, `/launches/${launch.id}`);
      return;
    }
    const { title } = deps.catalogue.get(launch.actionId);
    deps.respond(request, response, {
      page: 'pop-out',
      model: () => ({ title, narrow: true, action: { title }, state }),
      json: { launch: launch.id, state },
    });
  }

  async function isOpenWith(id: string, cookie: string | undefined): Promise<boolean> {
    if (cookie === undefined) return false;
    return deps.launches.open(id, cookie).then(
      () => true,
      () => false,
    );
  }
}

/** What the frame's session takes over: who signed in, and when. Forms are bound to a session each. */
function contentsOf(session: Request['session']): SessionContents {
  return Object.fromEntries(Object.entries(session).filter(([name]) => name !== 'cookie' && name !== 'csrfId'));
}
