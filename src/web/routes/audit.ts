/** ⑥ The log, for auditors: search, one record, and the check of the chain. Looking is recorded too. */
import { Router, type NextFunction, type Request, type Response } from 'express';
import { EVENT_TYPES } from '../../audit/event.ts';
import type { AuditLog } from '../../audit/log.ts';
import { hasRole } from '../../login/identity.ts';
import { PageUnknownError, RoleRequiredError } from '../errors.ts';
import { presentRecordLine, presentRecordRows } from '../present-audit.ts';
import type { Recorder } from '../recorder.ts';
import type { Respond } from '../respond.ts';
import { identityOf } from '../viewer.ts';

export type AuditDeps = { readonly audit: AuditLog; readonly recorder: Recorder; readonly respond: Respond };

/** What the address bar may narrow by; each is compared for equality. */
const FILTERS = ['person', 'reference', 'type', 'code', 'actionId', 'launchId', 'runId'] as const;

export function auditRoutes(deps: AuditDeps): Router {
  const router = Router();
  router.use('/audit', requireAuditor);

  router.get('/audit', async (request, response) => {
    const filter = readFilter(request);
    const before = Number(request.query['before']);
    const page = await deps.audit.search({
      ...filter,
      ...(Number.isSafeInteger(before) && before > 0 ? { beforeSeq: before } : {}),
    });
    await deps.recorder.auditSearched(request, filter, page.records.length);
    const next = page.nextBeforeSeq;
    const nextHref =
      next === undefined ? undefined : `/audit?${new URLSearchParams({ ...filter, before: String(next) }).toString()}`;
    deps.respond(request, response, {
      page: 'audit',
      model: {
        title: 'Audit log',
        section: 'audit',
        filter: { ...BLANK, ...filter },
        types: EVENT_TYPES,
        records: page.records.map(presentRecordLine),
        nextHref,
      },
      json: { records: page.records.map(({ hash, content }) => ({ hash, ...content })), next: nextHref ?? null },
    });
  });

  router.get('/audit/records/:seq', async (request, response) => {
    const { seq } = request.params;
    const record = /^\d{1,15}$/.test(seq) ? await deps.audit.read(Number(seq)) : undefined;
    if (record === undefined) throw new PageUnknownError();
    await deps.recorder.auditRecordRead(request, record.seq);
    const { content, hash, line } = record;
    deps.respond(request, response, {
      page: 'audit-record',
      model: {
        title: `Record ${record.seq}`,
        section: 'audit',
        record: { ...presentRecordLine(record), hash },
        rows: presentRecordRows(record),
        pretty: JSON.stringify(content, null, 2),
        launchHref:
          content.launchId === undefined ? undefined : `/audit?launchId=${encodeURIComponent(content.launchId)}`,
      },
      json: { hash, line, content },
    });
  });

  router.get('/audit/verify', async (request, response) => {
    const result = await deps.audit.verify();
    await deps.recorder.auditVerified(request, result);
    deps.respond(request, response, {
      page: 'audit-verify',
      model: {
        title: 'Verify the log',
        section: 'audit',
        narrow: true,
        intact: result.intact,
        brokenAt: result.intact ? undefined : result.brokenAt,
        size: result.intact ? result.size : undefined,
        head: result.intact ? result.head : undefined,
        message: result.intact
          ? 'Every record is there, in order and unedited.'
          : `Record ${result.brokenAt} is the first that does not fit (${result.reason}). Keep a copy of the database before you do anything else.`,
      },
      json: result,
    });
  });

  return router;
}

const BLANK = Object.fromEntries(FILTERS.map((name) => [name, '']));

function requireAuditor(request: Request, response: Response, next: NextFunction): void {
  const identity = identityOf(request);
  if (identity === undefined) {
    response.redirect(303, `/login?return_to=${encodeURIComponent(request.originalUrl)}`);
    return;
  }
  if (!hasRole(identity, 'auditor')) throw new RoleRequiredError('this page is for auditors');
  next();
}

function readFilter(request: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = request.query[name];
      return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim().slice(0, 500)]] : [];
    }),
  );
}
