/** `understudy audit reconcile`: our log against ShotGrid's own event log, from a terminal. */
import { Command } from 'commander';
import { auditReconciled } from '../audit/events/auditors.ts';
import { countFindings, createReconciliation } from '../audit/reconcile-run.ts';
import type { ReconcileReport, Span } from '../audit/reconcile-run.ts';
import type { Finding } from '../audit/reconcile.ts';
import { parseSearchQuery } from '../audit/search-query.ts';
import { readScript, readSiteEvents } from '../shotgrid/event-log.ts';
import { detailUrl } from '../shotgrid/links.ts';
import { inEnglish } from '../texts/said.ts';
import type { AuditCommandDeps } from './audit-deps.ts';
import { describeFailure, NOT_DONE } from './audit-failure.ts';

const AGREES = 0;
const DIFFERS = 1;

export function reconcileCommand(deps: AuditCommandDeps): Command {
  return new Command('reconcile')
    .description(
      'compare the log with ShotGrid’s event log; goes on where it stopped; exit code 0 they agree, 1 they differ, 2 not done',
    )
    .requiredOption('--from <time>', 'beginning: 2026-01-31, or 2026-01-31T15:30 (UTC)')
    .requiredOption('--to <time>', 'end; a day is meant whole')
    .option('--json', 'print the report as one JSON object')
    .exitOverride()
    .action(async (options: { readonly from: string; readonly to: string; readonly json?: boolean }) => {
      try {
        const report = await reconcileSpan(deps, readSpan(options));
        if (options.json === true) deps.print(JSON.stringify(report));
        else for (const line of linesOf(report, deps.site().siteUrl)) deps.print(line);
        deps.setExitCode(!report.isComplete ? NOT_DONE : report.findings.length === 0 ? AGREES : DIFFERS);
      } catch (error) {
        const { code, message } = describeFailure(error);
        if (options.json === true) deps.print(JSON.stringify({ error: { code, message } }));
        else deps.printError(`could not compare: ${message}`);
        deps.setExitCode(NOT_DONE);
      }
    });
}

/** The same spelling of times as in the search. @throws TypeError that names what is wrong. */
function readSpan({ from, to }: { readonly from: string; readonly to: string }): Span {
  const { filter, problems } = parseSearchQuery({ from, to });
  if (problems.size > 0 || filter.from === undefined || filter.to === undefined) {
    throw new TypeError([...problems].map(([name, problem]) => `--${name} ${inEnglish(problem)}`).join('; '));
  }
  return { from: filter.from, to: filter.to };
}

async function reconcileSpan(deps: AuditCommandDeps, span: Span): Promise<ReconcileReport> {
  const site = deps.site();
  const [{ createAuditLog }, { createShotgrid }] = await Promise.all([
    import('../audit/log.ts'),
    import('../shotgrid/client.ts'),
  ]);
  const database = await deps.openDatabase({ writable: true });
  const log = createAuditLog({ database, now: deps.now });
  const shotgrid = createShotgrid({ ...site, now: deps.now });
  const script = shotgrid.asScript();
  try {
    const reconciliation = createReconciliation({
      db: database.db,
      log,
      readEvents: (part) => readSiteEvents(script, part),
      readScript: () => readScript(script, site.scriptName),
      now: deps.now,
    });
    const report = await reconciliation.run(span);
    const operator = deps.operator();
    const person = operator === undefined ? {} : { person: { login: operator, proven: false } };
    await log.append(
      auditReconciled(
        { ...person, realActor: { type: 'ApiUser', name: site.scriptName } },
        {
          from: span.from.toISOString(),
          to: span.to.toISOString(),
          siteEvents: report.siteEvents,
          findings: countFindings(report.findings),
        },
      ),
    );
    return report;
  } finally {
    await shotgrid.close();
    await log.close();
    await database.close();
  }
}

function linesOf(report: ReconcileReport, siteUrl: string): readonly string[] {
  const { findings, position, isComplete, siteEvents, clicks, rows, blind } = report;
  const agreement = isComplete ? 'they agree' : 'they agree, as far as they were compared';
  return [
    `compared until ${position.toISOString()}: ${clicks} clicks and ${rows} rows of this log, ${siteEvents} rows of the event log`,
    ...(isComplete ? [] : ['not complete: run it again later']),
    findings.length === 0 ? agreement : `${findings.length} differences`,
    ...findings.map((finding) => lineOf(finding, siteUrl)),
    ...blind.map((what) => `not seen: ${what}`),
  ];
}

function lineOf({ kind, time, seq, eventIds, person, entity, detail }: Finding, siteUrl: string): string {
  return [
    time.toISOString(),
    kind,
    seq === undefined ? 'no record' : `record ${seq}`,
    eventIds.length === 0 ? 'no event' : `event ${eventIds.join(' ')}`,
    person ?? 'nobody named',
    entity === undefined ? '' : detailUrl(siteUrl, entity.type, entity.id),
    detail,
  ]
    .filter((part) => part !== '')
    .join('  ');
}
