/** A run as it goes on and when it is over: page, JSON, downloads, and stopping it. */
import { urlencoded, Router, type Request } from 'express';
import { hasRole } from '../../login/identity.ts';
import type { CancelRun } from '../../runs/cancel.ts';
import type { FollowUps } from '../../runs/follow-ups.ts';
import type { RunStore } from '../../runs/run-store.ts';
import { csvLine, fileName } from '../csv.ts';
import type { OpenedRun, OpenRun } from '../open-run.ts';
import { readView } from '../paging.ts';
import { readOutcome, rowJson, wordOf, type PresentRun } from '../present-run.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type RunDeps = {
  readonly openRun: OpenRun;
  readonly runs: RunStore;
  readonly followUps: Pick<FollowUps, 'options'>;
  readonly cancelRun: CancelRun;
  readonly presentRun: PresentRun;
  readonly respond: Respond;
  readonly csrf: Csrf;
};

/** Rows read and sent at a time: memory does not grow with the run. */
const CHUNK = 500;

export function runRoutes(deps: RunDeps): Router {
  const router = Router();

  router.get('/runs/:id', async (request, response) => {
    const opened = await deps.openRun(request, response);
    if (opened === undefined) return;
    const { run, identity, isOwn } = opened;
    const isAdmin = hasRole(identity, 'admin');
    const [rows, counts, followUps] = await Promise.all([
      deps.runs.rows(run.id),
      deps.runs.counts(run.id),
      deps.followUps.options(run),
    ]);
    const answer = await deps.presentRun({
      run,
      rows,
      counts,
      followUps,
      may: { cancel: isOwn || isAdmin, undo: isOwn || isAdmin, retry: isOwn },
      view: readView(request.query),
      outcome: readOutcome(request.query['outcome']),
      csrf: deps.csrf.sessionToken(request),
    });
    deps.respond(request, response, answer);
  });

  router.post('/runs/:id/cancel', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    const opened = await deps.openRun(request, response);
    if (opened === undefined) return;
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const { reference } = contextOf(request);
    await deps.cancelRun(opened.run, opened.identity, { reference, clientAddress: request.ip });
    response.redirect(303, `/runs/${opened.run.id}`);
  });

  router.get('/runs/:id/rows.csv', async (request, response) => {
    const opened = await deps.openRun(request, response);
    if (opened === undefined) return;
    response.attachment(nameOf(opened, 'csv')).set('Content-Type', 'text/csv; charset=utf-8');
    response.write(`\uFEFF${csvLine(['type', 'id', 'name', 'kind', 'outcome', 'detail', 'field', 'before', 'after'])}`);
    for await (const row of allRows(opened, request)) {
      const { change } = row;
      const start = [change.entityType, change.id ?? row.createdId, change.name, change.kind, wordOf(row), row.detail];
      const lines = change.fields.map(({ field, before, after }) => [...start, field, plain(before), plain(after)]);
      for (const line of lines.length > 0 ? lines : [start]) response.write(csvLine(line));
    }
    response.end();
  });

  router.get('/runs/:id/rows.json', async (request, response) => {
    const opened = await deps.openRun(request, response);
    if (opened === undefined) return;
    const { run } = opened;
    response.attachment(nameOf(opened, 'json')).type('json');
    const head = {
      run: run.id,
      action: run.actionId,
      status: run.status,
      actor: run.actor.login,
      executor: run.actor.bySelf === true ? 'self' : 'script',
    };
    response.write(`${JSON.stringify(head).slice(0, -1)},"rows":[`);
    let separator = '\n';
    for await (const row of allRows(opened, request)) {
      response.write(`${separator}${JSON.stringify(rowJson(row))}`);
      separator = ',\n';
    }
    response.end('\n]}\n');
  });

  return router;

  async function* allRows({ run }: OpenedRun, request: Request) {
    for (let from = 0; ; from += CHUNK) {
      const rows = await deps.runs.rows(run.id, { from, limit: CHUNK });
      yield* rows;
      if (rows.length < CHUNK || request.socket.destroyed) return;
    }
  }
}

function nameOf({ run }: OpenedRun, ending: string): string {
  return fileName(`${run.context.title} ${run.createdAt.toISOString().slice(0, 16).replace(':', '')}`, ending);
}

function plain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return JSON.stringify(value);
}
