/** The launch that an address names, for the browser that made it; what is known of it becomes part of the request's story. */
import type { Request } from 'express';
import type { Catalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity } from '../login/identity.ts';
import { LaunchCookieBlockedError, LaunchNotYoursError } from '../session/errors.ts';
import { FRAME_PREFIX, isFramed } from '../session/frame.ts';
import type { Launch, LaunchStore } from '../session/launches.ts';
import { personKey } from '../session/holder.ts';
import { readCookies } from './cookies.ts';
import { contextOf } from './request-context.ts';
import { identityOf } from './viewer.ts';

export type OpenedLaunch = {
  readonly launch: Launch<AmiPayload>;
  readonly cookie: string;
  readonly action: ActionDefinition;
  /** Undefined when nobody is signed in. */
  readonly identity: Identity | undefined;
};

/** Gives an action what it may ask and prove in the course of this click; see `equip-action.ts`. */
type Equip = (
  action: ActionDefinition,
  click: { readonly request: Request; readonly launchId: string; readonly identity: Identity },
) => ActionDefinition;

export type OpenLaunch = (request: Request) => Promise<OpenedLaunch>;

export function createOpenLaunch(deps: {
  readonly launches: LaunchStore<AmiPayload>;
  readonly catalogue: Catalogue;
  readonly equip: Equip;
}): OpenLaunch {
  return async function openLaunch(request) {
    const id = String(request.params['id']);
    const cookies = readCookies(request);
    const cookie = cookies.get(deps.launches.cookieName(id, isFramed(request)));
    const launch = await deps.launches.open(id, cookie).catch((error: unknown) => {
      const isBlocked = isFramed(request) && ![...cookies.keys()].some((name) => name.includes(FRAME_PREFIX));
      throw error instanceof LaunchNotYoursError && isBlocked ? new LaunchCookieBlockedError() : error;
    });
    noteLaunch(request, launch);
    const identity = identityOf(request);
    const action = deps.catalogue.get(launch.actionId);
    return {
      launch,
      cookie: cookie ?? '',
      action: identity === undefined ? action : deps.equip(action, { request, launchId: launch.id, identity }),
      identity,
    };
  };
}

/** A launch whose person is proven is theirs from then on: when they are signed out, it goes with them. */
export type ClaimLaunch = (launch: Pick<Launch<AmiPayload>, 'id' | 'subject'>, identity: Identity) => Promise<void>;

export function createClaimLaunch(launches: Pick<LaunchStore<AmiPayload>, 'claim'>): ClaimLaunch {
  return async function claimLaunch({ id, subject }, identity) {
    const person = personKey(identity);
    if (subject !== person) await launches.claim(id, person);
  };
}

/** What a launch says of itself; the person is a claim. */
export function noteLaunch(request: Request, launch: Launch<AmiPayload>): void {
  const { story } = contextOf(request);
  const { payload } = launch;
  story.launchId = launch.id;
  story.actionId = launch.actionId;
  story.person = { login: payload.user.login, id: payload.user.id, proven: false };
  if (payload.project !== undefined) story.project = payload.project;
  if (payload.sessionUuid !== undefined) story.sessionUuid = payload.sessionUuid;
}

/** Click, identity provider and ShotGrid agree on who this is. */
export function noteProven(
  request: Request,
  identity: Identity,
  actor: { readonly login: string; readonly id: number; readonly bySelf?: true },
): void {
  const { story } = contextOf(request);
  story.person = { login: actor.login, id: actor.id, proven: true };
  if (actor.bySelf === true) story.isBySelf = true;
  story.subject = { issuer: identity.issuer, subject: identity.subject };
}

/** Where a person who is not signed in is sent, to come back to this launch. */
export function signInFor(launch: { readonly id: string }): string {
  return `/login?return_to=${encodeURIComponent(`/launches/${launch.id}`)}`;
}
