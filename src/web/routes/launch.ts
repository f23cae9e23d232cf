/** ④ The preview of a click, and ⑤ its confirmation: the only route that leads to a change. */
import { urlencoded, Router, type Request } from 'express';
import type { ActionDefinition } from '../../actions/definition.ts';
import type { Catalogue } from '../../actions/catalogue.ts';
import type { AmiPayload } from '../../ami/payload.ts';
import type { Identity } from '../../login/identity.ts';
import type { ConfirmRun } from '../../runs/confirm.ts';
import type { Performer } from '../../runs/performer.ts';
import type { PlanStore } from '../../runs/plan-store.ts';
import type { MakePreview } from '../../runs/preview.ts';
import type { ResolveActor } from '../../runs/resolve-actor.ts';
import type { RunStore } from '../../runs/run-store.ts';
import type { Launch, LaunchStore } from '../../session/launches.ts';
import { readCookies } from '../cookies.ts';
import { PlanChangedError } from '../errors.ts';
import type { PresentPreview } from '../present-preview.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import { identityOf, type Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type LaunchDeps = {
  readonly catalogue: Catalogue;
  readonly launches: LaunchStore<AmiPayload>;
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

/** A launch that this browser made, and the person who is signed in; `identity` is undefined when nobody is. */
type Opened = {
  readonly launch: Launch<AmiPayload>;
  readonly cookie: string;
  readonly action: ActionDefinition;
  readonly identity: Identity | undefined;
};

export function launchRoutes(deps: LaunchDeps): Router {
  const router = Router();

  router.get('/launches/:id', async (request, response) => {
    const { launch, cookie, action, identity } = await open(request);
    if (identity === undefined) {
      response.redirect(303, `/login?return_to=${encodeURIComponent(`/launches/${launch.id}`)}`);
      return;
    }
    const earlier = await deps.runs.findByLaunch(launch.id);
    if (earlier !== undefined) {
      response.redirect(303, `/runs/${earlier.id}`);
      return;
    }
    const preview = await deps.makePreview({ launchId: launch.id, action, payload: launch.payload, identity });
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
    const { launch, cookie, action, identity } = await open(request);
    if (identity === undefined) {
      response.redirect(303, `/login?return_to=${encodeURIComponent(`/launches/${launch.id}`)}`);
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
    contextOf(request).story.runId = run.id;
    response.redirect(303, `/runs/${run.id}`);
  });

  return router;

  async function open(request: Request): Promise<Opened> {
    const id = String(request.params['id']);
    const cookie = readCookies(request).get(deps.launches.cookieName(id));
    const launch = await deps.launches.open(id, cookie);
    const { story } = contextOf(request);
    const { payload } = launch;
    story.launchId = launch.id;
    story.actionId = launch.actionId;
    story.person = { login: payload.user.login, id: payload.user.id, proven: false };
    if (payload.project !== undefined) story.project = payload.project;
    if (payload.sessionUuid !== undefined) story.sessionUuid = payload.sessionUuid;
    return { launch, cookie: cookie ?? '', action: deps.catalogue.get(launch.actionId), identity: identityOf(request) };
  }
}

function noteProven(
  request: Request,
  identity: Identity,
  actor: { readonly login: string; readonly id: number },
): void {
  const { story } = contextOf(request);
  story.person = { login: actor.login, id: actor.id, proven: true };
  story.subject = { issuer: identity.issuer, subject: identity.subject };
}
