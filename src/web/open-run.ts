/** The run that an address names, for those who may see it: the person who confirmed it, auditors and admins. */
import type { Request, Response } from 'express';
import { hasRole, type Identity } from '../login/identity.ts';
import type { Run, RunStore } from '../runs/run-store.ts';
import { isFramed } from '../session/frame.ts';
import { isRandomId } from '../session/secret.ts';
import { readCookies } from './cookies.ts';
import { LoginRequiredError, RoleRequiredError, RunUnknownError } from './errors.ts';
import { contextOf } from './request-context.ts';
import { wantsJson } from './respond.ts';
import { identityOf, isSamePerson } from './viewer.ts';

export type OpenedRun = { readonly run: Run; readonly identity: Identity; readonly isOwn: boolean };

/** Undefined once the answer is given: nobody is signed in, and the person is sent to do so. */
export type OpenRun = (request: Request, response: Response) => Promise<OpenedRun | undefined>;

export function createOpenRun(deps: { readonly runs: RunStore }): OpenRun {
  return async function openRun(request, response) {
    const id = String(request.params['id']);
    const identity = identityOf(request);
    if (identity === undefined && isFramed(request)) {
      const run = isRandomId(id) ? await deps.runs.find(id) : undefined;
      if (run !== undefined) note(request, run);
      const launchId = run?.launchId;
      const isOurs = launchId !== undefined && [...readCookies(request).keys()].some((name) => name.endsWith(launchId));
      if (!isOurs || wantsJson(request) || request.path.endsWith('/events')) throw new LoginRequiredError();
      // Its page offers to sign in, and leads on to the run.
      response.redirect(303, `/launches/${launchId}`);
      return undefined;
    }
    if (identity === undefined) {
      if (wantsJson(request) || request.path.endsWith('/events')) throw new LoginRequiredError();
      response.redirect(303, `/login?return_to=${encodeURIComponent(isRandomId(id) ? `/runs/${id}` : '/')}`);
      return undefined;
    }
    const run = isRandomId(id) ? await deps.runs.find(id) : undefined;
    if (run === undefined) throw new RunUnknownError();
    note(request, run);
    const isOwn = isSamePerson(identity, run.actor);
    if (!isOwn && !hasRole(identity, 'auditor') && !hasRole(identity, 'admin')) {
      throw new RoleRequiredError('explanation.runOfAnother');
    }
    return { run, identity, isOwn };
  };
}

function note(request: Request, run: Run): void {
  const { story } = contextOf(request);
  story.runId = run.id;
  if (run.launchId !== undefined) story.launchId = run.launchId;
  story.actionId = run.actionId;
}
