/** ④ The preview of a click, and ⑤ its confirmation: the only route that leads to a change. */
import { urlencoded, Router } from 'express';
import type { ConfirmRun } from '../../runs/confirm.ts';
import type { Performer } from '../../runs/performer.ts';
import type { PlanStore } from '../../runs/plan-store.ts';
import type { MakePreview } from '../../runs/preview.ts';
import type { ResolveActor } from '../../runs/resolve-actor.ts';
import type { RunStore } from '../../runs/run-store.ts';
import { PlanChangedError } from '../errors.ts';
import { noteProven, signInFor, type OpenLaunch } from '../open-launch.ts';
import type { PresentPreview } from '../present-preview.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { showForm, type FormDeps } from './form.ts';
import { bodyField } from './login.ts';

export type LaunchDeps = Pick<FormDeps, 'forms' | 'presentForm'> & {
  readonly openLaunch: OpenLaunch;
  readonly resolveActor: ResolveActor;
  readonly makePreview: MakePreview;
  readonly plans: PlanStore;
  readonly runs: RunStore;
  readonly confirmRun: ConfirmRun;
  readonly performer: Performer;
  readonly present: PresentPreview;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
};

export function launchRoutes(deps: LaunchDeps): Router {
  const router = Router();

  router.get('/launches/:id', async (request, response) => {
    const opened = await deps.openLaunch(request);
    const { launch, cookie, action, identity } = opened;
    if (identity === undefined) {
      response.redirect(303, signInFor(launch));
      return;
    }
    const earlier = await deps.runs.findByLaunch(launch.id);
    if (earlier !== undefined) {
      response.redirect(303, `/runs/${earlier.id}`);
      return;
    }
    const form = await deps.forms.answers(launch, action);
    if (form === undefined) {
      await showForm(deps, request, response, opened, identity);
      return;
    }
    const preview = await deps.makePreview({ launchId: launch.id, action, payload: launch.payload, identity, form });
    noteProven(request, identity, preview.actor);
    await deps.recorder.plan(request, {
      digest: preview.digest,
      changes: preview.plan.changes.length,
      untouched: preview.plan.untouched.length,
    });
    const csrf = deps.csrf.launchToken(cookie, identity);
    deps.respond(request, response, await deps.present({ launch, action, preview, csrf }));
  });

  router.post('/launches/:id/run', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const { launch, cookie, action, identity } = await deps.openLaunch(request);
    if (identity === undefined) {
      response.redirect(303, signInFor(launch));
      return;
    }
    deps.csrf.verifyLaunch(cookie, identity, bodyField(request, 'csrf'));
    const earlier = await deps.runs.findByLaunch(launch.id);
    if (earlier !== undefined) {
      response.redirect(303, `/runs/${earlier.id}`);
      return;
    }
    // Asked again: the flag may have been taken away since the preview.
    const { actor } = await deps.resolveActor(launch.payload, identity);
    noteProven(request, identity, actor);
    const digest = bodyField(request, 'plan') ?? '';
    const plan = await deps.plans.find(launch.id, digest);
    if (plan === undefined) throw new PlanChangedError();
    const { run, isNew } = await deps.confirmRun({
      launchId: launch.id,
      actionId: action.id,
      actor,
      plan,
      digest,
      context: {
        title: action.title,
        entityType: launch.payload.entityType ?? '',
        project: launch.payload.project,
        referrerPath: launch.payload.referrerPath,
        untouched: plan.untouched,
        reference: contextOf(request).reference,
        clientAddress: request.ip,
      },
    });
    // From here on a client that hangs up changes nothing.
    if (isNew) deps.performer.start(run.id);
    await deps.forms.forget(launch);
    contextOf(request).story.runId = run.id;
    response.redirect(303, `/runs/${run.id}`);
  });

  return router;
}
