/** A report's table as CSV and its file as a download, from the plan that was shown: as it was seen, also after a reload. */
import { Router, type Request, type Response } from 'express';
import type { Report } from '../../actions/report.ts';
import { planKey, type PlanStore } from '../../runs/plan-store.ts';
import type { ResolveActor } from '../../runs/resolve-actor.ts';
import type { Switches } from '../../runs/switches.ts';
import { LoginRequiredError, PageUnknownError, PlanChangedError } from '../errors.ts';
import { fileName } from '../csv.ts';
import type { ActingFor } from '../matter.ts';
import type { OpenLaunch } from '../open-launch.ts';
import { reportCsv } from '../present-report.ts';

export type ReportDeps = {
  readonly openLaunch: OpenLaunch;
  readonly resolveActor: ResolveActor;
  readonly actingFor: ActingFor;
  readonly plans: PlanStore;
  readonly switches: Pick<Switches, 'verifyActionOn'>;
};

/** Anything else is bytes. */
const PLAIN_TYPE = /^[a-z]+\/[\w.+-]{1,100}$/i;

export function reportRoutes(deps: ReportDeps): Router {
  const router = Router();

  router.get('/launches/:id/report.csv', async (request, response) => {
    const { title, report } = await openReport(request);
    if (report.table === undefined) throw new PageUnknownError();
    attach(response, fileName(report.title ?? title, 'csv'), 'text/csv; charset=utf-8');
    // Spreadsheets take the mark for "this is UTF-8".
    response.write('\uFEFF');
    for (const line of reportCsv(report.table)) response.write(line);
    response.end();
  });

  router.get('/launches/:id/report/file', async (request, response) => {
    const { report } = await openReport(request);
    if (report.file === undefined) throw new PageUnknownError();
    const { name, contentType, base64 } = report.file;
    attach(response, name, PLAIN_TYPE.test(contentType) ? contentType : 'application/octet-stream');
    response.send(Buffer.from(base64, 'base64'));
  });

  return router;

  async function openReport(request: Request): Promise<{ readonly title: string; readonly report: Report }> {
    const { launch, action, identity } = await deps.openLaunch(request);
    if (identity === undefined) throw new LoginRequiredError();
    await deps.switches.verifyActionOn(action);
    // A plan holds what its person sees: somebody else who has signed in here since is shown nothing of it.
    const { ways } = await deps.actingFor(request, { identity, launchId: launch.id, action });
    const { actor } = await deps.resolveActor(launch.payload, identity, ways);
    const digest = request.query['plan'];
    const kept = typeof digest === 'string' ? await deps.plans.find(planKey(launch.id, actor), digest) : undefined;
    // Another page of the same click has been made since, and its report is the one that is kept.
    if (kept === undefined) throw new PlanChangedError();
    if (kept.report === undefined) throw new PageUnknownError();
    return { title: action.title, report: kept.report };
  }
}

function attach(response: Response, name: string, contentType: string): void {
  response.attachment(name.replaceAll(/[\p{Cc}/\\]/gu, '_'));
  response.set('Content-Type', contentType);
  response.set('X-Content-Type-Options', 'nosniff');
  response.set('Content-Security-Policy', "default-src 'none'; sandbox");
}
