/**
 * What a person who is not signed in is answered with on the way to a launch. A tab goes to the identity provider and comes back;
 * in ShotGrid's overlay, where no provider lets itself be shown, a page offers a window to sign in in.
 */
import type { Request, Response } from 'express';
import { isFramed } from '../session/frame.ts';
import type { HandOvers } from '../session/hand-overs.ts';
import { pageUrl } from '../shotgrid/links.ts';
import { signInFor, type OpenedLaunch } from './open-launch.ts';
import { popOutPath } from './pop-out.ts';
import { whereText } from './present-preview.ts';
import type { Respond } from './respond.ts';

export type AskToSignIn = (
  request: Request,
  response: Response,
  opened: Pick<OpenedLaunch, 'launch' | 'action'>,
) => Promise<void>;

/** How a sign-in is asked for again, in the words of `/login`. */
const AGAIN: ReadonlyMap<string, string> = new Map([
  ['other', '&prompt=login'],
  ['again', '&again=1'],
]);

export function createAskToSignIn(deps: {
  readonly handOvers: HandOvers;
  readonly respond: Respond;
  readonly siteUrl: string;
}): AskToSignIn {
  return async function askToSignIn(request, response, { launch, action }) {
    if (!isFramed(request)) {
      response.redirect(303, signInFor(launch));
      return;
    }
    const path = `/launches/${launch.id}`;
    // What was posted is not kept: who it comes from is not known.
    if (request.method === 'POST' || request.path !== path) {
      response.redirect(303, request.method === 'POST' ? `${path}?ended=1` : path);
      return;
    }
    const { payload } = launch;
    const { sign_in: again } = request.query;
    const popOut = popOutPath(launch.id, await deps.handOvers.ticket(launch.id));
    deps.respond(request, response, {
      page: 'overlay-sign-in',
      model: (texts) => ({
        title: action.title,
        action: { title: action.title, description: action.description },
        where: whereText(texts, payload),
        login: payload.user.login,
        popOut: `${popOut}${typeof again === 'string' ? (AGAIN.get(again) ?? '') : ''}`,
        launchPath: path,
        hasEnded: request.query['ended'] === '1',
        isOther: again === 'other',
        backHref: pageUrl(deps.siteUrl, payload.referrerPath) ?? deps.siteUrl,
      }),
      json: { launch: launch.id, action: { id: action.id, title: action.title }, state: 'waiting', signIn: popOut },
    });
  };
}

/** Whether a person who is signed in asks to sign in once more, as somebody else or afresh. */
export function asksToSignIn(request: Request): boolean {
  const { sign_in: again } = request.query;
  return isFramed(request) && typeof again === 'string' && AGAIN.has(again);
}
