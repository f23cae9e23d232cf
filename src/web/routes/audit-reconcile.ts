/** Our log beside ShotGrid's own event log: what was compared, what differs, and what could not be seen. */
import { Router, urlencoded } from 'express';
import { countFindings } from '../../audit/reconcile-run.ts';
import type { Reconciliation, ReconcileReport, Span } from '../../audit/reconcile-run.ts';
import type { Finding, FindingKind } from '../../audit/reconcile.ts';
import { parseSearchQuery } from '../../audit/search-query.ts';
import { detailUrl } from '../../shotgrid/links.ts';
import type { TextKey } from '../../texts/language.ts';
import type { Texts } from '../../texts/texts.ts';
import { said } from '../../texts/said.ts';
import { AuditFilterError } from '../audit-errors.ts';
import type { Recorder } from '../recorder.ts';
import type { Respond } from '../respond.ts';
import type { Csrf } from '../viewer.ts';
import { bodyField } from './login.ts';

export type AuditReconcileDeps = {
  readonly reconciliation: Reconciliation;
  readonly recorder: Recorder;
  readonly respond: Respond;
  readonly csrf: Csrf;
  readonly siteUrl: string;
  readonly now: () => Date;
};

/** A request does as much as it can in this time; the next goes on there. */
const MOST_MS = 15_000;

const TITLES: Readonly<Record<FindingKind, TextKey>> = {
  click_unseen: 'reconcile.clickUnseen',
  click_not_on_site: 'reconcile.clickNotOnSite',
  write_unexplained: 'reconcile.writeUnexplained',
  done_not_on_site: 'reconcile.doneNotOnSite',
  not_done_but_on_site: 'reconcile.notDoneButOnSite',
  unknown_done: 'reconcile.unknownDone',
  unknown_not_done: 'reconcile.unknownNotDone',
};

/** Settled is good news; all else wants a look. */
const KINDS: Readonly<Record<FindingKind, 'bad' | 'warn' | 'good'>> = {
  click_unseen: 'warn',
  click_not_on_site: 'warn',
  write_unexplained: 'bad',
  done_not_on_site: 'bad',
  not_done_but_on_site: 'bad',
  unknown_done: 'good',
  unknown_not_done: 'good',
};

export function reconcileRoutes(deps: AuditReconcileDeps): Router {
  const router = Router();

  router.get('/audit/reconcile', async (request, response) => {
    const span = readSpan(request.query);
    const report = span === undefined ? undefined : await deps.reconciliation.read(span);
    const earlier = await deps.reconciliation.list();
    deps.respond(request, response, {
      page: 'audit-reconcile',
      model: (texts) => ({
        title: texts.t('reconcile.title'),
        section: 'audit',
        style: 'audit.css',
        csrf: deps.csrf.sessionToken(request),
        typed: span === undefined ? yesterdayOf(deps.now()) : writtenOf(span),
        report: report && presentReport(texts, report, deps.siteUrl),
        earlier: earlier.map((one) => ({ label: labelOf(texts, one), href: hrefOf(one) })),
      }),
      json: report ?? { spans: earlier },
    });
  });

  router.post('/audit/reconcile', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
    deps.csrf.verifySession(request, bodyField(request, 'csrf'));
    const span = readSpan({ from: bodyField(request, 'from'), to: bodyField(request, 'to') });
    if (span === undefined) throw new AuditFilterError(new Map([['from', said('problem.bothNeeded')]]));
    const began = deps.now().getTime();
    const report = await deps.reconciliation.run(span, () => deps.now().getTime() - began > MOST_MS);
    await deps.recorder.auditReconciled(request, {
      from: span.from.toISOString(),
      to: span.to.toISOString(),
      siteEvents: report.siteEvents,
      findings: countFindings(report.findings),
    });
    response.redirect(303, hrefOf(span));
  });

  return router;
}

/** @throws {@link AuditFilterError} when what is given is no span; undefined when nothing is given. */
function readSpan(given: Readonly<Record<string, unknown>>): Span | undefined {
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  if (Object.keys(asked).length === 0) return undefined;
  const { filter, problems } = parseSearchQuery(asked);
  const wrong = new Map(problems);
  for (const name of Object.keys(asked))
    if (name !== 'from' && name !== 'to') wrong.set(name, said('problem.noMeaning'));
  if (wrong.size === 0 && (filter.from === undefined || filter.to === undefined))
    wrong.set('from', said('problem.bothNeeded'));
  if (wrong.size > 0 || filter.from === undefined || filter.to === undefined) throw new AuditFilterError(wrong);
  return { from: filter.from, to: filter.to };
}

function yesterdayOf(now: Date): { readonly from: string; readonly to: string } {
  const yesterday = new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10);
  return { from: yesterday, to: yesterday };
}

function presentReport(texts: Texts, report: ReconcileReport, siteUrl: string) {
  const { from, to, position, isComplete, findings, blind, clicks, rows, siteEvents } = report;
  const counts = countFindings(findings);
  return {
    label: labelOf(texts, { from, to }),
    from: from.toISOString(),
    to: to.toISOString(),
    position: timeText(position),
    isComplete,
    hasBegun: position > from,
    clicks,
    rows,
    siteEvents,
    blind,
    tally: (Object.keys(TITLES) as FindingKind[]).flatMap((kind) => {
      const count = counts[kind] ?? 0;
      return count === 0 ? [] : [{ title: texts.t(TITLES[kind]), kind: KINDS[kind], count }];
    }),
    findings: findings.map((finding) => presentFinding(texts, finding, siteUrl)),
  };
}

function presentFinding({ t }: Texts, finding: Finding, siteUrl: string) {
  const { kind, time, seq, runId, eventIds, person, entity, detail } = finding;
  return {
    kind,
    title: t(TITLES[kind]),
    mood: KINDS[kind],
    time: timeText(time),
    seq,
    runId,
    events: eventIds.map((id) => ({ id, href: siteHref(siteUrl, 'EventLogEntry', id) })),
    person,
    entity: entity && { name: `${entity.type} ${entity.id}`, href: siteHref(siteUrl, entity.type, entity.id) },
    detail,
  };
}

function siteHref(siteUrl: string, type: string, id: number): string | undefined {
  try {
    return detailUrl(siteUrl, type, id);
  } catch {
    return undefined;
  }
}

function hrefOf(span: Span): string {
  return `/audit/reconcile?${new URLSearchParams(writtenOf(span)).toString()}`;
}

/** A span as a person would write it, meaning exactly the same: whole days as days. */
function writtenOf({ from, to }: Span): { readonly from: string; readonly to: string } {
  return { from: writtenAs('from', from), to: writtenAs('to', to) };
}

function writtenAs(name: 'from' | 'to', time: Date): string {
  const exact = time.toISOString();
  // A day that ends a span is meant whole.
  const dayBefore = new Date(time.getTime() - 1).toISOString().slice(0, 10);
  const spellings = [dayBefore, exact.slice(0, 10), timeText(time)];
  const meansThat = (text: string) => parseSearchQuery({ [name]: text }).filter[name]?.getTime() === time.getTime();
  return spellings.find(meansThat) ?? exact;
}

function labelOf({ t }: Texts, { from, to }: Span): string {
  return t('reconcile.span', { from: timeText(from), to: timeText(to) });
}

function timeText(time: Date): string {
  return time.toISOString().slice(0, 16).replace('T', ' ');
}
