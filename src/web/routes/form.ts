/** What an action asks before it plans: the form, its answers, and the rows that a person can choose from while typing. */
import { urlencoded, Router, type Request, type Response } from 'express';
import { isLinkField, linkTypes } from '../../actions/form-values.ts';
import type { Identity } from '../../login/identity.ts';
import type { ResolveActor } from '../../runs/resolve-actor.ts';
import type { RunStore } from '../../runs/run-store.ts';
import type { Switches } from '../../runs/switches.ts';
import type { AskToSignIn } from '../ask-to-sign-in.ts';
import { FormInvalidError, LoginRequiredError, PageUnknownError } from '../errors.ts';
import type { FormSite } from '../../runs/form-site.ts';
import type { LaunchForms } from '../launch-forms.ts';
import type { ActingFor } from '../matter.ts';
import { noteProven, type ClaimLaunch, type OpenedLaunch, type OpenLaunch } from '../open-launch.ts';
import { problemsJson, type PresentForm } from '../present-form.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { wantsJson, type Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type FormDeps = {
  readonly openLaunch: OpenLaunch;
  readonly claimLaunch: ClaimLaunch;
  readonly askToSignIn: AskToSignIn;
  readonly resolveActor: ResolveActor;
  readonly actingFor: ActingFor;
  readonly forms: LaunchForms;
  readonly formSite: FormSite;
  readonly presentForm: PresentForm;
  readonly runs: RunStore;
  readonly switches: Pick<Switches, 'verifyActionOn'>;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
};

/** Long enough for every field at its longest. */
const BODY_LIMIT = '1mb';
const MAX_FIELDS = 2000;
const MAX_QUERY_LENGTH = 200;

export function formRoutes(deps: FormDeps): Router {
  const router = Router();

  router.get('/launches/:id/form', async (request, response) => {
    const opened = await openForm(request, response);
    if (opened !== undefined) await showForm(deps, request, response, opened, opened.identity);
  });

  router.post(
    '/launches/:id/form',
    urlencoded({ extended: false, limit: BODY_LIMIT, parameterLimit: MAX_FIELDS }),
    async (request, response) => {
      const opened = await openForm(request, response);
      if (opened === undefined) return;
      const { launch, cookie, action, identity } = opened;
      deps.csrf.verifyLaunch(cookie, identity, bodyField(request, 'csrf'));
      // First of all: whatever stands in the way of going on, nothing that was typed is lost.
      await deps.forms.keepTyped(launch, action, request.body);
      const { ways } = await deps.actingFor(request, { identity, launchId: launch.id, action });
      const { actor, client } = await deps.resolveActor(launch.payload, identity, ways);
      noteProven(request, identity, actor);
      const view = { client, projectId: launch.payload.project?.id };
      const filled = await deps.forms.take(launch, action, identity, view, request.body);
      if (filled === undefined) {
        response.redirect(303, `/launches/${launch.id}`);
        return;
      }
      const error = new FormInvalidError([...filled.problems.keys()]);
      await deps.recorder.refusal(request, error);
      if (!wantsJson(request)) {
        // What was typed is kept: the page shows it, with what is wrong.
        response.redirect(303, `/launches/${launch.id}/form`);
        return;
      }
      const { code, status, message, remedy } = error;
      const { reference } = contextOf(request);
      const problems = problemsJson(filled.problems);
      response.status(status).json({ code, status, message, remedy, reference, problems });
    },
  );

  router.get('/launches/:id/options/:field', async (request, response) => {
    const { launch, action, identity } = await deps.openLaunch(request);
    if (identity === undefined) throw new LoginRequiredError();
    await deps.switches.verifyActionOn(action);
    const field = action.form.find(({ name }) => name === request.params.field);
    if (field === undefined || !isLinkField(field)) throw new PageUnknownError();
    const { q } = request.query;
    const text = typeof q === 'string' ? q.trim().slice(0, MAX_QUERY_LENGTH) : '';
    const { ways } = await deps.actingFor(request, { identity, launchId: launch.id, action });
    const { client } = await deps.resolveActor(launch.payload, identity, ways);
    const view = { client, projectId: launch.payload.project?.id };
    const found = text === '' ? [] : await deps.formSite.search(view, text, linkTypes(field));
    response.json({
      options: found.map(({ type, id, name, linkedTo }) => ({ type, id, name, linkedTo: linkedTo?.name ?? null })),
    });
  });

  return router;

  /** Undefined once the answer is given: nobody is signed in, the launch is a run already, or there is nothing to ask. */
  async function openForm(
    request: Request,
    response: Response,
  ): Promise<(OpenedLaunch & { readonly identity: Identity }) | undefined> {
    const { identity, ...opened } = await deps.openLaunch(request);
    if (identity === undefined) {
      await deps.askToSignIn(request, response, opened);
      return undefined;
    }
    const earlier = await deps.runs.findByLaunch(opened.launch.id);
    if (earlier !== undefined || opened.action.form.length === 0) {
      response.redirect(303, earlier === undefined ? `/launches/${opened.launch.id}` : `/runs/${earlier.id}`);
      return undefined;
    }
    await deps.switches.verifyActionOn(opened.action);
    return { ...opened, identity };
  }
}

/** The form as it is filled in so far. */
export async function showForm(
  deps: Pick<FormDeps, 'claimLaunch' | 'resolveActor' | 'actingFor' | 'forms' | 'presentForm' | 'respond' | 'csrf'>,
  request: Request,
  response: Response,
  { launch, action, cookie }: OpenedLaunch,
  identity: Identity,
): Promise<void> {
  const { ways } = await deps.actingFor(request, { identity, launchId: launch.id, action });
  const { actor, client } = await deps.resolveActor(launch.payload, identity, ways);
  noteProven(request, identity, actor);
  await deps.claimLaunch(launch, identity);
  const filled = await deps.forms.fill(launch, action, identity, { client, projectId: launch.payload.project?.id });
  const csrf = deps.csrf.launchToken(cookie, identity);
  deps.respond(request, response, await deps.presentForm({ launch, action, actor, filled, csrf }));
}
