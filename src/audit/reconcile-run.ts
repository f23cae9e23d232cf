/**
 * Carries a comparison with ShotGrid's event log through, a few hours at a time: each part's findings and the position
 * behind it are kept together, so that whoever is stopped goes on there.
 */
import type { Kysely } from 'kysely';
import type { AuditLog } from './log.ts';
import type { EventType } from './event.ts';
import { readContent } from './record.ts';
import type { RecordContent } from './record.ts';
import { CLICK_EVENT, LONGEST_RUN_MS, reconcile, SLACK_MS } from './reconcile.ts';
import type { Finding, FindingKind, TheirEvent } from './reconcile.ts';
import { readOurSide } from './reconcile-records.ts';
import type { AuditTables } from './tables.ts';

export type Span = { readonly from: Date; readonly to: Date };

export type ReconcileDeps = {
  readonly db: Kysely<object>;
  readonly log: Pick<AuditLog, 'stream'>;
  /** The event log of a span, a part at a time, in any order. */
  readonly readEvents: (span: Span) => AsyncIterable<readonly TheirEvent[]>;
  /** Our script on the site: its number, and whether its own writes are logged. */
  readonly readScript: () => Promise<{
    readonly id: number | undefined;
    readonly logsItsOwnWrites: boolean | undefined;
  }>;
  readonly now: () => Date;
};

export type ReconcileReport = {
  readonly from: Date;
  readonly to: Date;
  /** Everything before this time is judged. */
  readonly position: Date;
  readonly isComplete: boolean;
  /** Rows of the event log that were read. */
  readonly siteEvents: number;
  readonly clicks: number;
  readonly rows: number;
  readonly findings: readonly Finding[];
  /** What could not be seen, and why. */
  readonly blind: readonly string[];
};

const PART_MS = 6 * 3_600_000;
/** A run that was confirmed a day ago is over. */
const BEFORE_MS = 24 * 3_600_000;
/** Rows of the event log near its end come late and with gaps. */
const SETTLED_AFTER_MS = 10 * 60_000;

export type Reconciliation = {
  /** See {@link runReconciliation}. */
  readonly run: (span: Span, shouldStop?: () => boolean) => Promise<ReconcileReport>;
  readonly read: (span: Span) => Promise<ReconcileReport>;
  readonly list: () => Promise<readonly Span[]>;
};

export function createReconciliation(deps: ReconcileDeps): Reconciliation {
  return {
    run: (span, shouldStop) => runReconciliation(deps, span, shouldStop),
    read: (span) => readReconciliation(deps.db, span),
    list: () => listReconciliations(deps.db),
  };
}

/** How many findings of each kind. */
export function countFindings(findings: readonly Finding[]): Readonly<Partial<Record<FindingKind, number>>> {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/**
 * Goes on with the comparison of this span, or begins it.
 *
 * @param shouldStop - Asked between two parts; then the report is of what is done so far.
 */
async function runReconciliation(
  deps: ReconcileDeps,
  span: Span,
  shouldStop: () => boolean = () => false,
): Promise<ReconcileReport> {
  const script = await deps.readScript();
  const limit = new Date(Math.min(span.to.getTime(), deps.now().getTime() - SETTLED_AFTER_MS));
  await begin(deps.db, span);
  let { position } = await readReconciliation(deps.db, span);
  while (position < limit && !shouldStop()) {
    const part = { from: position, to: new Date(Math.min(position.getTime() + PART_MS, limit.getTime())) };
    const judged = await judge(deps, part, script.id);
    await keep(deps.db, span, part.to, judged);
    position = part.to;
  }
  const report = await readReconciliation(deps.db, span);
  const blind = blindSpots(report, script, limit);
  await deps.db
    .$extendTables<AuditTables>()
    .updateTable('audit_reconciliations')
    .set({ blind: JSON.stringify(blind) })
    .where('span_from', '=', span.from.toISOString())
    .where('span_to', '=', span.to.toISOString())
    .execute();
  return { ...report, blind };
}

/** What is known of a comparison so far; nothing yet when it was never begun. */
async function readReconciliation(database: Kysely<object>, { from, to }: Span): Promise<ReconcileReport> {
  const db = database.$extendTables<AuditTables>();
  const key = { span_from: from.toISOString(), span_to: to.toISOString() };
  const state = await db
    .selectFrom('audit_reconciliations')
    .selectAll()
    .where('span_from', '=', key.span_from)
    .where('span_to', '=', key.span_to)
    .executeTakeFirst();
  const found = await db
    .selectFrom('audit_findings')
    .select('finding')
    .where('span_from', '=', key.span_from)
    .where('span_to', '=', key.span_to)
    .orderBy('number')
    .execute();
  const position = state === undefined ? from : new Date(state.position);
  return {
    from,
    to,
    position,
    isComplete: position >= to,
    siteEvents: state?.site_events ?? 0,
    clicks: state?.clicks ?? 0,
    rows: state?.rows_judged ?? 0,
    findings: found.map(({ finding }) => revived(JSON.parse(finding) as Finding)),
    blind: state === undefined ? [] : (JSON.parse(state.blind) as readonly string[]),
  };
}

/** Spans that were compared, the latest first. */
async function listReconciliations(database: Kysely<object>): Promise<readonly Span[]> {
  const rows = await database
    .$extendTables<AuditTables>()
    .selectFrom('audit_reconciliations')
    .select(['span_from', 'span_to'])
    .orderBy('span_to', 'desc')
    .orderBy('span_from', 'desc')
    .limit(20)
    .execute();
  return rows.map(({ span_from: from, span_to: to }) => ({ from: new Date(from), to: new Date(to) }));
}

type Judged = {
  readonly findings: readonly Finding[];
  readonly siteEvents: number;
  readonly clicks: number;
  readonly rows: number;
};

async function judge(deps: ReconcileDeps, part: Span, scriptId: number | undefined): Promise<Judged> {
  const events: TheirEvent[] = [];
  let siteEvents = 0;
  for await (const page of deps.readEvents({
    from: earlier(part.from, SLACK_MS),
    to: later(part.to, LONGEST_RUN_MS + SLACK_MS),
  })) {
    siteEvents += page.filter(({ time }) => time >= part.from && time < part.to).length;
    // The rest is what people did by themselves.
    events.push(...page.filter(({ type, actualUser }) => type === CLICK_EVENT || actualUser !== undefined));
  }
  const around = { from: earlier(part.from, SLACK_MS), to: later(part.to, SLACK_MS) };
  const run = { from: earlier(part.from, BEFORE_MS), to: later(part.to, LONGEST_RUN_MS) };
  const records = [
    ...(await read(deps.log, 'click.received', around)),
    ...(await read(deps.log, 'click.refused', around)),
    ...(await read(deps.log, 'changes.intended', run)),
    ...(await read(deps.log, 'changes.performed', run)),
  ].sort((a, b) => a.seq - b.seq);
  const { clicks, rows } = readOurSide(records);
  const isJudged = (time: Date): boolean => time >= part.from && time < part.to;
  return {
    findings: reconcile({ clicks, rows, events, span: part, scriptId }),
    siteEvents,
    clicks: clicks.filter(({ time }) => isJudged(time)).length,
    rows: rows.filter(({ settledAt }) => isJudged(settledAt)).length,
  };
}

async function read(log: Pick<AuditLog, 'stream'>, type: EventType, span: Span): Promise<RecordContent[]> {
  const found: RecordContent[] = [];
  for await (const part of log.stream({ type, ...span })) found.push(...part.map(readContent));
  return found;
}

async function begin(database: Kysely<object>, { from, to }: Span): Promise<void> {
  await database
    .$extendTables<AuditTables>()
    .insertInto('audit_reconciliations')
    .values({
      span_from: from.toISOString(),
      span_to: to.toISOString(),
      position: from.toISOString(),
      site_events: 0,
      clicks: 0,
      rows_judged: 0,
      blind: '[]',
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function keep(database: Kysely<object>, span: Span, position: Date, judged: Judged): Promise<void> {
  const key = { span_from: span.from.toISOString(), span_to: span.to.toISOString() };
  const db = database.$extendTables<AuditTables>();
  await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('audit_reconciliations')
      .set((row) => ({
        position: position.toISOString(),
        site_events: row('site_events', '+', judged.siteEvents),
        clicks: row('clicks', '+', judged.clicks),
        rows_judged: row('rows_judged', '+', judged.rows),
      }))
      .where('span_from', '=', key.span_from)
      .where('span_to', '=', key.span_to)
      .execute();
    const { last } = await transaction
      .selectFrom('audit_findings')
      .select(({ fn }) => fn.max('number').as('last'))
      .where('span_from', '=', key.span_from)
      .where('span_to', '=', key.span_to)
      .executeTakeFirstOrThrow();
    const first = ((last as number | null) ?? 0) + 1;
    for (const [index, finding] of judged.findings.entries()) {
      const row = { ...key, number: first + index, finding: JSON.stringify(finding) };
      await transaction.insertInto('audit_findings').values(row).execute();
    }
  });
}

function blindSpots(
  report: ReconcileReport,
  script: { readonly id: number | undefined; readonly logsItsOwnWrites: boolean | undefined },
  limit: Date,
): readonly string[] {
  const blind: string[] = [
    'Clicks of full forms: ShotGrid writes a row for a click surely only when its menu item has a light payload, so a click that we have and ShotGrid has not is reported for those alone.',
  ];
  if (script.id === undefined) {
    blind.push(
      'Writes of our script: the site shows no script user of our name, so no write could be told to be ours.',
    );
  }
  if (script.logsItsOwnWrites !== true) {
    blind.push(
      script.logsItsOwnWrites === false
        ? 'What our script did as itself: "generate event log entries" is off for it. What it did as somebody is logged all the same.'
        : 'Whether the site logs what our script does as itself: it does not say.',
    );
  }
  if (report.siteEvents === 0 && report.rows + report.clicks > 0) {
    blind.push('Anything: the event log shows not one row in this span. The script may lack the right to read it.');
  }
  if (limit < report.to) {
    blind.push(
      `Everything from ${limit.toISOString().slice(0, 16).replace('T', ' ')} UTC on: the newest rows of the event log come late and with gaps.`,
    );
  }
  return blind;
}

function revived(finding: Finding): Finding {
  return { ...finding, time: new Date(finding.time) };
}

function earlier(time: Date, ms: number): Date {
  return new Date(time.getTime() - ms);
}

function later(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}
