/** ⑥ The log, for auditors: search, one record, export, the check of the chain. Looking is recorded too. */
import { Router, type NextFunction, type Request, type Response } from 'express';
import { COUNTED_RECORDS } from '../../audit/activity.ts';
import { EVENT_TYPES } from '../../audit/event.ts';
import type { AuditLog } from '../../audit/log.ts';
import { EXECUTORS } from '../../audit/executor.ts';
import { FILTER_NAMES, formatSearchQuery, OUTCOMES, parseSearchQuery } from '../../audit/search-query.ts';
import type { SearchQuery } from '../../audit/search-query.ts';
import { hasRole } from '../../login/identity.ts';
import type { Texts } from '../../texts/texts.ts';
import { AuditFilterError, RecordUnknownError } from '../audit-errors.ts';
import { LoginRequiredError, RoleRequiredError } from '../errors.ts';
import { presentActivity } from '../present-activity.ts';
import { presentRecord } from '../present-record.ts';
import { presentFilters, presentRecordLine, presentSpans } from '../present-records.ts';
import type { Recorder } from '../recorder.ts';
import { contextOf } from '../request-context.ts';
import { wantsJson, type Respond } from '../respond.ts';
import { identityOf } from '../viewer.ts';
import { EXPORT_TITLES, exportAudit, exportCheckpoint } from './audit-export.ts';
import { reconcileRoutes, type AuditReconcileDeps } from './audit-reconcile.ts';
import { verifyAudit, type AuditVerifyDeps } from './audit-verify.ts';

export type AuditDeps = AuditReconcileDeps &
  AuditVerifyDeps & {
    readonly audit: AuditLog;
    readonly recorder: Recorder;
    readonly respond: Respond;
    readonly siteUrl: string;
    readonly now: () => Date;
  };

export function auditRoutes(deps: AuditDeps): Router {
  const router = Router();
  router.use('/audit', requireAuditor);

  router.get('/audit', async (request, response) => {
    const query = parseSearchQuery(request.query);
    if (query.problems.size > 0) {
      answerProblems(request, response, query);
      return;
    }
    const { typed, filter } = query;
    const [page, activity, checkpoint] = await Promise.all([
      deps.audit.search({ ...filter, ...query.page }),
      deps.audit.activity(filter),
      deps.auditBeside.checkpoint('newest'),
    ]);
    await deps.recorder.auditSearched(request, typed, activity.total);
    const hrefOf = (changes: Readonly<Record<string, string | number | undefined>>): string =>
      `/audit${formatSearchQuery(typed, { limit: query.page.limit, ...changes })}`;
    const older = page.nextBeforeSeq === undefined ? undefined : hrefOf({ before: page.nextBeforeSeq });
    const newer = page.newerAfterSeq === undefined ? undefined : hrefOf({ after: page.newerAfterSeq });
    deps.respond(request, response, {
      page: 'audit',
      model: (texts) => ({
        ...formModel(texts, typed),
        filters: presentFilters(texts, typed, hrefOf),
        spans: presentSpans(texts, deps.now(), filter, hrefOf),
        records: page.records.map((record) => presentRecordLine(texts, record, hrefOf)),
        activity: presentActivity(texts, activity, hrefOf),
        isComplete: activity.isComplete,
        actors: activity.actors.list.map((actor) => ({
          ...actor,
          records: texts.number(actor.records),
          href: hrefOf({ person: actor.person, actionId: actor.actionId === '' ? undefined : actor.actionId }),
        })),
        areActorsComplete: activity.actors.isComplete,
        countedRecords: COUNTED_RECORDS,
        olderHref: older,
        newerHref: newer,
        formats: EXPORT_TITLES.map(([format, title]) => [format, texts.t(title)]),
        hasCheckpoint: checkpoint !== undefined,
        exportHref: (format: string) => `/audit/export${formatSearchQuery(typed, { format })}`,
      }),
      json: {
        records: page.records.map(({ hash, content }) => ({ hash, ...content })),
        total: activity.total,
        isTotalExact: activity.isComplete,
        activity: activity.bars.map(({ from, to, counts }) => ({ from, to, counts })),
        actors: activity.actors.list,
        next: older ?? null,
        previous: newer ?? null,
      },
    });
  });

  router.get('/audit/records/:seq', async (request, response) => {
    const { seq } = request.params;
    const record = /^\d{1,15}$/.test(seq) ? await deps.audit.read(Number(seq)) : undefined;
    if (record === undefined) throw new RecordUnknownError();
    const story = await deps.audit.story(record);
    await deps.recorder.auditRecordRead(request, record.seq);
    const { content, hash, line } = record;
    deps.respond(request, response, {
      page: 'audit-record',
      model: (texts) => ({
        title: texts.t('record.title', { seq: record.seq }),
        section: 'audit',
        style: 'audit.css',
        ...presentRecord(texts, record, story, deps.siteUrl),
      }),
      json: { hash, line, content, story: story.records.map((one) => one.seq) },
    });
  });

  router.get('/audit/export', exportAudit(deps));
  router.get('/audit/checkpoints/:size', exportCheckpoint(deps));

  router.use(reconcileRoutes(deps));

  router.get('/audit/verify', verifyAudit(deps));

  return router;

  /** The form as it was filled in, with what is wrong beside each part. */
  function answerProblems(request: Request, response: Response, { typed, problems }: SearchQuery): void {
    const error = new AuditFilterError(problems);
    const { reference } = contextOf(request);
    deps.respond(request, response, {
      status: error.status,
      page: 'audit',
      model: (texts) => ({
        ...formModel(texts, typed),
        problems: Object.fromEntries(problems),
        // What is no part of the form is named above it.
        strangers: [...problems].filter(([name]) => !(FILTER_NAMES as readonly string[]).includes(name)),
        code: error.code,
        reference,
      }),
      json: {
        code: error.code,
        status: error.status,
        message: error.message,
        remedy: error.remedy,
        reference,
        problems: error.problems,
      },
    });
  }
}

function formModel({ t }: Texts, typed: SearchQuery['typed']) {
  return {
    title: t('common.auditLog'),
    section: 'audit',
    style: 'audit.css',
    typed,
    types: EVENT_TYPES,
    outcomes: OUTCOMES,
    executors: EXECUTORS,
    problems: {},
    strangers: [],
  };
}

function requireAuditor(request: Request, response: Response, next: NextFunction): void {
  const identity = identityOf(request);
  if (identity === undefined) {
    if (wantsJson(request)) throw new LoginRequiredError();
    response.redirect(303, `/login?return_to=${encodeURIComponent(request.originalUrl)}`);
    return;
  }
  if (!hasRole(identity, 'auditor')) throw new RoleRequiredError('explanation.auditorsOnly');
  next();
}
