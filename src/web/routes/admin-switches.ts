/** Switching actions, and all changes, off and on again: each on a page of its own that says what will happen. */
import { Router, urlencoded, type Request, type Response } from 'express';
import type { Catalogue } from '../../actions/catalogue.ts';
import type { Hold, Switch } from '../../runs/hold.ts';
import type { RunStore } from '../../runs/run-store.ts';
import type { Switches } from '../../runs/switches.ts';
import { isRandomId } from '../../session/secret.ts';
import type { Texts } from '../../texts/texts.ts';
import { adminOf } from '../admin-gate.ts';
import { FormInvalidError, RunUnknownError } from '../errors.ts';
import { presentHold } from '../present-admin.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { wantsJson, type Respond } from '../respond.ts';
import { parseReason } from '../reason.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type AdminSwitchDeps = {
  readonly catalogue: Catalogue;
  readonly switches: Switches;
  readonly runs: Pick<RunStore, 'find' | 'inProgress'>;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly now: () => Date;
};

/** What is switched, as its page speaks of it. */
type Subject = { readonly path: string } & (
  Extract<Switch, { kind: 'read_only' }> | (Extract<Switch, { kind: 'action' }> & { readonly name: string })
);

const READ_ONLY: Subject = { kind: 'read_only', path: '/admin/read-only' };
const MANY_RUNS = 100;

export function adminSwitchRoutes(deps: AdminSwitchDeps): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '10kb' });

  router.get('/admin/read-only', (request, response) => show(request, response, READ_ONLY));
  router.post('/admin/read-only', form, (request, response) => act(request, response, READ_ONLY));
  router.get('/admin/actions/:id', async (request, response) => {
    await show(request, response, await actionOf(request));
  });
  router.post('/admin/actions/:id', form, async (request, response) => {
    await act(request, response, await actionOf(request));
  });

  router.get('/admin/runs/:id/stop', async (request, response) => {
    const { id } = request.params;
    const run = isRandomId(id) ? await deps.runs.find(id) : undefined;
    if (run === undefined) throw new RunUnknownError();
    if (run.status !== 'running' || run.cancelRequestedAt !== undefined) {
      response.redirect(303, `/runs/${run.id}`);
      return;
    }
    const path = `/runs/${run.id}/cancel`;
    const csrf = deps.csrf.sessionToken(request);
    deps.respond(request, response, {
      page: 'admin-stop',
      model: ({ t }) => ({
        title: t('admin.stopRun', { action: run.context.title }),
        ...frame,
        action: run.context.title,
        actor: run.actor.name,
        path,
        csrf,
        runHref: `/runs/${run.id}`,
      }),
      json: { run: run.id, stop: { method: 'POST', path, fields: { csrf } } },
    });
  });

  return router;

  /** @throws {@link ActionUnknownError} unless a file defines it or it is switched off. */
  async function actionOf(request: Request): Promise<Subject> {
    const id = String(request.params['id']);
    const { actions } = await deps.switches.current();
    const name =
      actions.has(id) && !deps.catalogue.all().some((one) => one.id === id) ? id : deps.catalogue.get(id).title;
    return { kind: 'action', actionId: id, path: `/admin/actions/${id}`, name };
  }

  async function show(
    request: Request,
    response: Response,
    subject: Subject,
    problem?: { readonly status: number; readonly text: (texts: Texts) => string },
  ): Promise<void> {
    const hold = await holdOf(subject);
    const csrf = deps.csrf.sessionToken(request);
    const seen = hold?.since.toISOString() ?? '';
    const turn = hold === undefined ? 'off' : 'on';
    const runs = (await deps.runs.inProgress(MANY_RUNS)).length;
    deps.respond(request, response, {
      status: problem?.status ?? 200,
      page: 'admin-switch',
      model: (texts) => ({
        title: titleOf(texts, subject, hold),
        ...frame,
        ...subject,
        hold: hold && presentHold(hold),
        turn,
        seen,
        csrf,
        runs,
        typed: problem === undefined ? '' : (bodyField(request, 'reason') ?? ''),
        problem: problem?.text(texts),
      }),
      json: {
        ...(subject.kind === 'action' ? { action: subject.actionId } : {}),
        off: hold ?? null,
        switch: {
          method: 'POST',
          path: subject.path,
          fields: { csrf, turn, seen, ...(turn === 'off' ? { reason: '' } : {}) },
        },
      },
    });
  }

  async function act(request: Request, response: Response, subject: Subject): Promise<void> {
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    if (subject.kind === 'action') contextOf(request).story.actionId = subject.actionId;
    // Not from the copy: two administrators may be at it.
    deps.switches.forget();
    const hold = await holdOf(subject);
    const turn = bodyField(request, 'turn');
    const { reason, problem } = parseReason(bodyField(request, 'reason') ?? '');
    const isStale = (bodyField(request, 'seen') ?? '') !== (hold?.since.toISOString() ?? '');
    if ((turn !== 'on' && turn !== 'off') || isStale || (turn === 'off') !== (hold === undefined)) {
      await refuse(request, response, subject, 'seen', ({ t }) => t('admin.switchedMeanwhile'));
    } else if (turn === 'off' && problem !== undefined) {
      await refuse(request, response, subject, 'reason', problem);
    } else {
      const next = turn === 'on' ? undefined : { reason, by: byOf(request), since: deps.now() };
      await deps.recorder.switched(
        request,
        { kind: subject.kind, isOff: next !== undefined, reason: next?.reason },
        (executor) => deps.switches.set(executor, subject, next),
      );
      deps.switches.forget();
      response.redirect(303, '/admin');
    }
  }

  async function refuse(
    request: Request,
    response: Response,
    subject: Subject,
    field: string,
    text: (texts: Texts) => string,
  ): Promise<void> {
    const error = new FormInvalidError([field]);
    if (wantsJson(request)) throw error;
    await deps.recorder.refusal(request, error);
    await show(request, response, subject, { status: error.status, text });
  }

  async function holdOf(subject: Switch): Promise<Hold | undefined> {
    const { readOnly, actions } = await deps.switches.current();
    return subject.kind === 'read_only' ? readOnly : actions.get(subject.actionId);
  }
}

const frame = { section: 'admin', style: 'admin.css', styles: ['form.css'], narrow: true };

function titleOf({ t }: Texts, subject: Subject, hold: Hold | undefined): string {
  if (subject.kind === 'read_only') return t(hold === undefined ? 'admin.turnReadOnly' : 'admin.turnReadOnlyOff');
  return t(hold === undefined ? 'admin.turnOff' : 'admin.turnOn', { name: subject.name });
}

function byOf(request: Request): Hold['by'] {
  const { login, name } = adminOf(request);
  return { login, name };
}
