/** ④ The preview of a click, and ⑤ its confirmation: the only route that leads to a change. */
import { urlencoded, Router, type Request, type Response } from 'express';
import type { ActionDefinition } from '../../actions/definition.ts';
import type { Plan } from '../../actions/plan.ts';
import type { Identity } from '../../login/identity.ts';
import type { ConfirmRun } from '../../runs/confirm.ts';
import type { Performer } from '../../runs/performer.ts';
import type { Permissions } from '../../runs/permissions.ts';
import { planKey, type PlanStore } from '../../runs/plan-store.ts';
import type { MakePreview, Preview } from '../../runs/preview.ts';
import type { ResolveActor, Ways } from '../../runs/resolve-actor.ts';
import type { RunStore } from '../../runs/run-store.ts';
import { ReadOnlyError } from '../../runs/switch-errors.ts';
import type { Switches } from '../../runs/switches.ts';
import type { TextKey } from '../../texts/language.ts';
import { asksToSignIn, type AskToSignIn } from '../ask-to-sign-in.ts';
import { CountMismatchError, PlanChangedError } from '../errors.ts';
import type { ActingFor } from '../matter.ts';
import { noteProven, type OpenedLaunch, type OpenLaunch } from '../open-launch.ts';
import { readView } from '../paging.ts';
import type { PresentPreview } from '../present-preview.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { wantsJson, type Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { readTypedNumber } from '../typed-number.ts';
import { showForm, type FormDeps } from './form.ts';
import { bodyField } from './login.ts';

export type LaunchDeps = Pick<FormDeps, 'forms' | 'presentForm' | 'claimLaunch'> & {
  readonly openLaunch: OpenLaunch;
  readonly askToSignIn: AskToSignIn;
  readonly resolveActor: ResolveActor;
  readonly actingFor: ActingFor;
  readonly makePreview: MakePreview;
  readonly plans: PlanStore;
  readonly runs: RunStore;
  readonly switches: Switches;
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
    if (identity === undefined || asksToSignIn(request)) {
      await deps.askToSignIn(request, response, opened);
      return;
    }
    const earlier = await deps.runs.findByLaunch(launch.id);
    if (earlier !== undefined) {
      response.redirect(303, `/runs/${earlier.id}`);
      return;
    }
    await deps.switches.verifyActionOn(action);
    const form = await deps.forms.answers(launch, action);
    if (form === undefined) {
      await showForm(deps, request, response, opened, identity);
      return;
    }
    const { plan: asked, notice: reason } = request.query;
    const { ways } = await deps.actingFor(request, { identity, launchId: launch.id, action });
    const kept = typeof asked === 'string' ? await findKept(opened, identity, ways, asked) : undefined;
    const preview =
      kept ??
      (await deps.makePreview({
        launchId: launch.id,
        action,
        payload: launch.payload,
        identity,
        form,
        ways,
        onActor: (actor) => noteProven(request, identity, actor),
        onPlanned: (planned) => deps.recorder.plan(request, planned),
      }));
    noteProven(request, identity, preview.actor);
    await deps.claimLaunch(launch, identity);
    const csrf = deps.csrf.launchToken(cookie, identity);
    const notice =
      (typeof reason === 'string' ? NOTICES.get(reason) : undefined) ?? (isGone(asked, kept) ? CHANGED : undefined);
    const view = readView(request.query);
    const { readOnly } = await deps.switches.current();
    const refusal = readOnly && new ReadOnlyError(readOnly);
    deps.respond(request, response, await deps.present({ launch, action, preview, csrf, view, notice, refusal }));
  });

  router.post('/launches/:id/run', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const { launch, cookie, action, identity } = await deps.openLaunch(request);
    if (identity === undefined) {
      await deps.askToSignIn(request, response, { launch, action });
      return;
    }
    deps.csrf.verifyLaunch(cookie, identity, bodyField(request, 'csrf'));
    const earlier = await deps.runs.findByLaunch(launch.id);
    if (earlier !== undefined) {
      response.redirect(303, `/runs/${earlier.id}`);
      return;
    }
    await deps.switches.verifyActionOn(action);
    await deps.switches.verifyMayChange();
    // Asked again: the flag may have been taken away since the preview.
    const { ways, keepOwnSession } = await deps.actingFor(request, { identity, launchId: launch.id, action });
    const { actor } = await deps.resolveActor(launch.payload, identity, ways);
    noteProven(request, identity, actor);
    const digest = bodyField(request, 'plan') ?? '';
    const key = planKey(launch.id, actor);
    const plan = await deps.plans.find(key, digest);
    const permissions = plan && (await deps.plans.findPermissions(key, digest));
    const onlyAllowed = bodyField(request, 'only_allowed') === 'on' ? permissions : undefined;
    const refusal = plan === undefined ? new PlanChangedError() : refusalOf(action, plan, onlyAllowed, request);
    if (plan === undefined || refusal !== undefined) {
      await sendBack(request, response, `/launches/${launch.id}`, refusal ?? new PlanChangedError(), digest);
      return;
    }
    const { run, isNew } = await deps.confirmRun({
      launchId: launch.id,
      actionId: action.id,
      actor,
      plan,
      digest,
      onlyAllowed,
      keepOwnSession: actor.bySelf === true ? keepOwnSession : undefined,
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

  /** The plan that was shown, so that its further pages are of the same; undefined when it is not kept any more. */
  async function findKept(
    { launch }: OpenedLaunch,
    identity: Identity,
    ways: Ways,
    digest: string,
  ): Promise<Preview | undefined> {
    const { actor } = await deps.resolveActor(launch.payload, identity, ways);
    const key = planKey(launch.id, actor);
    const plan = await deps.plans.find(key, digest);
    const permissions = await deps.plans.findPermissions(key, digest);
    if (plan === undefined || permissions === undefined) return undefined;
    return { actor, plan, digest, permissions };
  }

  /** A page goes back to its preview, which says why; a program is told. */
  async function sendBack(
    request: Request,
    response: Response,
    path: string,
    refusal: PlanChangedError | CountMismatchError,
    digest: string,
  ): Promise<void> {
    if (wantsJson(request)) throw refusal;
    await deps.recorder.refusal(request, refusal);
    const kept = refusal instanceof CountMismatchError ? { plan: digest } : {};
    response.redirect(303, `${path}?${new URLSearchParams({ ...kept, notice: refusal.code }).toString()}`);
  }
}

const CHANGED: TextKey = 'preview.rowsOrActionChanged';

const NOTICES: ReadonlyMap<string, TextKey> = new Map([
  ['plan_changed', CHANGED],
  ['count_mismatch', 'preview.wrongNumber'],
]);

function isGone(asked: unknown, kept: unknown): boolean {
  return asked !== undefined && kept === undefined;
}

/** What keeps a plan that is there from being confirmed. */
function refusalOf(
  action: ActionDefinition,
  plan: Plan,
  onlyAllowed: Permissions | undefined,
  request: Request,
): PlanChangedError | CountMismatchError | undefined {
  const toDo = plan.changes.length - (onlyAllowed?.counts.refused ?? 0);
  if (toDo === 0 || action.confirmation === 'never') return new PlanChangedError();
  if (action.confirmation !== 'type_number') return undefined;
  return readTypedNumber(bodyField(request, 'count')) === toDo ? undefined : new CountMismatchError();
}
