/** The administrators' page: what is switched off, what goes on, what was refused, and how the last day went. */
import { Router } from 'express';
import type { Catalogue } from '../../actions/catalogue.ts';
import type { AuditLog } from '../../audit/log.ts';
import { hasRole } from '../../login/identity.ts';
import type { RunStore } from '../../runs/run-store.ts';
import type { Switches } from '../../runs/switches.ts';
import { adminOf, requireAdmin } from '../admin-gate.ts';
import { listActions, presentAction, presentHold, presentProblem, presentRun } from '../present-admin.ts';
import { presentDay } from '../present-day.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import { adminDoctorRoutes, type AdminDoctorDeps } from './admin-doctor.ts';
import { adminInventoryRoutes, type AdminInventoryDeps } from './admin-inventory.ts';
import { adminSwitchRoutes, type AdminSwitchDeps } from './admin-switches.ts';
import { adminWhoRoutes, type AdminWhoDeps } from './admin-who.ts';

export type AdminDeps = AdminSwitchDeps &
  AdminWhoDeps &
  AdminDoctorDeps &
  AdminInventoryDeps & {
    readonly catalogue: Catalogue;
    readonly switches: Switches;
    readonly runs: Pick<RunStore, 'inProgress' | 'counts'>;
    readonly audit: Pick<AuditLog, 'day' | 'search'>;
    readonly respond: Respond;
  };

const MOST_RUNS = 50;
/** Of refusals and of failures each. */
const MOST_PROBLEMS = 10;

export function adminRoutes(deps: AdminDeps): Router {
  const router = Router();
  router.use('/admin', requireAdmin);

  router.get('/admin', async (request, response) => {
    const held = await deps.switches.current();
    // What cannot be told now is said to be so: the switches must work while the log does not.
    const orUnknown = <T>(work: Promise<T>): Promise<T | undefined> =>
      work.catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : 'unknown';
        contextOf(request).log.warn({ reason }, 'a part of the page of administrators cannot be shown');
        return undefined;
      });
    const [day, problems, runs] = await Promise.all([
      orUnknown(deps.audit.day(new Set(deps.catalogue.all().flatMap(({ id, form }) => (form.length > 0 ? [id] : []))))),
      orUnknown(readProblems()),
      orUnknown(readRuns()),
    ]);
    const isAuditor = hasRole(adminOf(request), 'auditor');
    const actions = listActions(deps.catalogue, held);
    const broken = deps.catalogue.problems();
    deps.respond(request, response, {
      page: 'admin',
      model: (texts) => ({
        title: texts.t('admin.title'),
        section: 'admin',
        style: 'admin.css',
        room: 'overview',
        readOnly: held.readOnly && presentHold(held.readOnly),
        actions: actions.map((action) => presentAction(texts, action)),
        broken,
        day: day && presentDay(texts, day),
        runs: runs?.map((run) => presentRun(texts, run)),
        problems: problems?.map((record) => presentProblem(record, isAuditor)),
      }),
      json: {
        readOnly: held.readOnly ?? null,
        actions: actions.map(({ id, title, isKnown, hold }) => ({ id, title, isKnown, hold: hold ?? null })),
        problemsOfFiles: broken,
        day: day ?? null,
        runs:
          runs?.map(({ run, counts }) => ({ id: run.id, action: run.actionId, actor: run.actor.login, counts })) ??
          null,
        refusals: problems?.map((record) => presentProblem(record, isAuditor)) ?? null,
      },
    });
  });

  router.use(adminSwitchRoutes(deps));
  router.use(adminWhoRoutes(deps));
  router.use(adminDoctorRoutes(deps));
  router.use(adminInventoryRoutes(deps));
  return router;

  /** Newest first. */
  async function readProblems() {
    const pages = await Promise.all(
      (['refused', 'failed'] as const).map((outcome) => deps.audit.search({ outcome, limit: MOST_PROBLEMS })),
    );
    return pages
      .flatMap(({ records }) => records)
      .sort((a, b) => b.seq - a.seq)
      .slice(0, MOST_PROBLEMS);
  }

  async function readRuns() {
    const runs = await deps.runs.inProgress(MOST_RUNS);
    return Promise.all(runs.map(async (run) => ({ run, counts: await deps.runs.counts(run.id) })));
  }
}
