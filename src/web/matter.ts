/** What a request is about, where a person's own session may be needed for it: a click, an undo or a retry. */
import type { Request } from 'express';
import type { ActionDefinition } from '../actions/definition.ts';
import type { Identity } from '../login/identity.ts';
import { retryKey, undoKey } from '../runs/plan-store.ts';
import { narrowed } from '../runs/preview.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { Holder } from '../session/holder.ts';
import type { Acting, ApprovalDesk, Matter } from './approval-desk.ts';
import type { Recorder } from './recorder.ts';
import { contextOf } from './request-context.ts';
import { identityOf, isSamePerson } from './viewer.ts';

/** A matter with the page that it goes on at; the approval's own page is below it. */
export type MatterAt = { readonly matter: Matter; readonly path: string };

/** Undefined when the request is about none, or nobody is signed in. */
export type FindMatter = (request: Request) => Promise<MatterAt | undefined>;

const PATH = /^\/(?:(launches)\/([\w-]{22})|runs\/([\w-]{22})\/(undo|retry))(?=\/|$)/;

export function createFindMatter(deps: {
  readonly runs: Pick<RunStore, 'find'>;
  readonly recorder: Pick<Recorder, 'context'>;
}): FindMatter {
  return async function findMatter(request) {
    const identity = identityOf(request);
    const [path, launches, launchId = '', runId = '', kind] = PATH.exec(request.path) ?? [];
    if (identity === undefined || path === undefined) return undefined;
    const about =
      launches === undefined ? (kind === 'undo' ? undoKey(runId) : retryKey(runId)) : launchMatter(launchId);
    const { story } = contextOf(request);
    // The click's own claim is enough here: whoever approves has to be both that person and the one who is signed in.
    const userId = launches === undefined ? await personOfRun(runId, identity) : story.person?.id;
    const holder = holderOf(request, identity);
    return { path, matter: { about, holder, login: identity.login, userId, context: deps.recorder.context(request) } };
  };

  /** An admin who undoes somebody else's run acts as themselves. */
  async function personOfRun(runId: string, identity: Identity): Promise<number | undefined> {
    const run = await deps.runs.find(runId);
    return run !== undefined && isSamePerson(identity, run.actor) ? run.actor.id : undefined;
  }
}

function launchMatter(launchId: string): string {
  return `launch ${launchId}`;
}

/** By which ways the person may be acted for in the course of a click. */
export type ActingFor = (
  request: Request,
  click: { readonly identity: Identity; readonly launchId: string; readonly action: Pick<ActionDefinition, 'as'> },
) => Promise<Acting>;

export function createActingFor(desk: Pick<ApprovalDesk, 'acting'>): ActingFor {
  return async function actingFor(request, { identity, launchId, action }) {
    const acting = await desk.acting(holderOf(request, identity), launchMatter(launchId));
    return { ...acting, ways: narrowed(acting.ways, action) };
  };
}

export function holderOf(request: Request, { issuer, subject }: Identity): Holder {
  return { issuer, subject, sessionId: request.sessionID };
}
