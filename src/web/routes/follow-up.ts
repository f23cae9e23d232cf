/** Undo and retry of a run: a plan that is previewed and confirmed like that of a click. */
import { urlencoded, Router, type Request } from 'express';
import type { FollowUpKind, FollowUps } from '../../runs/follow-ups.ts';
import type { Performer } from '../../runs/performer.ts';
import { planKey, retryKey, undoKey, type PlanStore } from '../../runs/plan-store.ts';
import type { Preview } from '../../runs/preview.ts';
import type { Run, RunStore } from '../../runs/run-store.ts';
import { ActionOffError, ReadOnlyError } from '../../runs/switch-errors.ts';
import type { Switches } from '../../runs/switches.ts';
import { isTakingBack } from '../../runs/takes-back.ts';
import { pageUrl } from '../../shotgrid/links.ts';
import type { TextKey } from '../../texts/language.ts';
import type { ApprovalDesk } from '../approval-desk.ts';
import { PlanChangedError } from '../errors.ts';
import { holderOf } from '../matter.ts';
import type { OpenedRun, OpenRun } from '../open-run.ts';
import { readView } from '../paging.ts';
import type { PresentProposal } from '../present-proposal.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { wantsJson, type Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type FollowUpDeps = {
  readonly openRun: OpenRun;
  readonly desk: Pick<ApprovalDesk, 'acting'>;
  readonly followUps: FollowUps;
  readonly plans: PlanStore;
  readonly runs: Pick<RunStore, 'find'>;
  readonly switches: Pick<Switches, 'current'>;
  readonly performer: Performer;
  readonly presentProposal: PresentProposal;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly siteUrl: string;
};

const TEXTS: Readonly<Record<FollowUpKind, Readonly<Record<'title' | 'where' | 'whereOf' | 'empty', TextKey>>>> = {
  undo: {
    title: 'preview.undo',
    where: 'preview.undoWhere',
    whereOf: 'preview.undoWhereOf',
    empty: 'preview.nothingToUndo',
  },
  retry: {
    title: 'preview.retry',
    where: 'preview.retryWhere',
    whereOf: 'preview.retryWhereOf',
    empty: 'preview.nothingToRetry',
  },
};

export function followUpRoutes(deps: FollowUpDeps): Router {
  const router = Router();
  for (const kind of ['undo', 'retry'] as const) {
    router.get(`/runs/:id/${kind}`, async (request, response) => {
      const opened = await deps.openRun(request, response);
      if (opened === undefined) return;
      const { run, identity } = opened;
      const { ways } = await deps.desk.acting(holderOf(request, identity), keyOf(kind, run));
      const kept = await findKept(kind, opened, request);
      const preview =
        kept ??
        (await deps.followUps.preview(kind, run, identity, {
          ways,
          onPlanned: (planned) => deps.recorder.plan(request, planned),
        }));
      const path = `/runs/${run.id}/${kind}`;
      const { title, where, whereOf, empty } = TEXTS[kind];
      const { name, login } = run.actor;
      const answer = await deps.presentProposal({
        ...preview,
        title: ({ t }) => t(title, { title: run.context.title }),
        where: ({ t }) => (opened.isOwn ? t(where) : t(whereOf, { name, login })),
        entityType: run.context.entityType,
        projectId: run.context.project?.id,
        confirmation: 'click',
        path,
        confirmPath: path,
        csrf: deps.csrf.sessionToken(request),
        view: readView(request.query),
        notice: request.query['notice'] === 'plan_changed' ? 'preview.rowsChanged' : undefined,
        refusal: await refusalOf(kind, run),
        emptyMessage: empty,
        more: { backHref: pageUrl(deps.siteUrl, run.context.referrerPath) ?? deps.siteUrl, runHref: `/runs/${run.id}` },
        json: { [kind]: run.id, action: { id: run.actionId, title: run.context.title } },
      });
      deps.respond(request, response, answer);
    });

    router.post(`/runs/:id/${kind}`, urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
      const opened = await deps.openRun(request, response);
      if (opened === undefined) return;
      const { run, identity } = opened;
      deps.csrf.verifySession(request, bodyField(request, 'csrf'));
      const refusal = await refusalOf(kind, run);
      if (refusal !== undefined) throw refusal;
      const confirmed = await deps.followUps.confirm(kind, run, identity, {
        ...(await deps.desk.acting(holderOf(request, identity), keyOf(kind, run))),
        digest: bodyField(request, 'plan') ?? '',
        onlyAllowed: bodyField(request, 'only_allowed') === 'on',
        reference: contextOf(request).reference,
        clientAddress: request.ip,
      });
      if (confirmed === undefined) {
        if (wantsJson(request)) throw new PlanChangedError();
        await deps.recorder.refusal(request, new PlanChangedError());
        response.redirect(303, `/runs/${run.id}/${kind}?notice=plan_changed`);
        return;
      }
      // From here on a client that hangs up changes nothing.
      if (confirmed.isNew) deps.performer.start(confirmed.run.id);
      response.redirect(303, `/runs/${confirmed.run.id}`);
    });
  }
  return router;

  /** What an administrator has switched off. */
  async function refusalOf(kind: FollowUpKind, run: Run): Promise<ReadOnlyError | ActionOffError | undefined> {
    const { readOnly, actions } = await deps.switches.current();
    if (readOnly !== undefined) return new ReadOnlyError(readOnly);
    const hold = actions.get(run.actionId);
    if (hold === undefined) return undefined;
    const origin = kind === 'undo' ? { undoOf: run.id } : { retryOf: run.id };
    return (await isTakingBack(deps.runs, origin)) ? undefined : new ActionOffError(run.context.title, hold);
  }

  /** Further pages of the plan that was shown; for its own person alone, who is the one it is kept for. */
  async function findKept(
    kind: FollowUpKind,
    { run, isOwn }: OpenedRun,
    request: Request,
  ): Promise<Preview | undefined> {
    const digest = request.query['plan'];
    if (!isOwn || typeof digest !== 'string') return undefined;
    for (const actor of [run.actor, { ...run.actor, bySelf: true } as const]) {
      const key = planKey(keyOf(kind, run), actor);
      const plan = await deps.plans.find(key, digest);
      const permissions = await deps.plans.findPermissions(key, digest);
      if (plan !== undefined && permissions !== undefined) return { actor, plan, digest, permissions };
    }
    return undefined;
  }
}

function keyOf(kind: FollowUpKind, run: Run): string {
  return kind === 'undo' ? undoKey(run.id) : retryKey(run.id);
}
