/** A run as a page and as JSON: how far it is, what became of each row, and what can be done about it. */
import { OUTCOME_WORDS, type OutcomeWord, type RunCounts } from '../runs/outcome.ts';
import type { FollowUpOptions } from '../runs/follow-ups.ts';
import { isSettled, type Run, type RunRow } from '../runs/run-store.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import { detailUrl, pageUrl } from '../shotgrid/links.ts';
import type { TextKey } from '../texts/language.ts';
import { pageOf, presentPager, type View } from './paging.ts';
import { presentChange } from './present-change.ts';
import { countOf, executorJson, initialsOf, meansText, readLabels } from './present.ts';
import type { Answer } from './respond.ts';
import { followUpLink, headingOf, noticeOf, originOf, type CountedRows } from './run-words.ts';

type Word = OutcomeWord | 'waiting';

export type RunShown = {
  readonly run: Run;
  readonly rows: readonly RunRow[];
  readonly counts: RunCounts;
  readonly followUps: FollowUpOptions;
  readonly may: { readonly cancel: boolean; readonly undo: boolean; readonly retry: boolean };
  readonly view: View;
  /** Rows of this outcome alone. */
  readonly outcome: Word | undefined;
  readonly csrf: string;
};

export type PresentRun = (shown: RunShown) => Promise<Answer>;

const OUTCOME_TEXTS: Readonly<
  Record<Word, { readonly text: TextKey; readonly label: TextKey; readonly kind: string }>
> = {
  done: { text: 'run.done', label: 'run.tallyDone', kind: 'good' },
  already_so: { text: 'run.alreadySo', label: 'run.tallyAlreadySo', kind: '' },
  refused: { text: 'run.refused', label: 'run.tallyRefused', kind: 'bad' },
  failed: { text: 'run.failed', label: 'run.tallyFailed', kind: 'bad' },
  unknown: { text: 'run.unknown', label: 'run.tallyUnknown', kind: 'warn' },
  not_done: { text: 'run.notDone', label: 'run.tallyNotDone', kind: 'warn' },
  waiting: { text: 'run.waiting', label: 'run.tallyWaiting', kind: '' },
};

export function createPresentRun(deps: {
  readonly scriptName: string;
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly siteUrl: string;
}): PresentRun {
  return async function presentRun({ run, rows, counts, followUps, may, view, outcome, csrf }) {
    const { context } = run;
    const path = `/runs/${run.id}`;
    const isOver = run.status !== 'running';
    const total = rows.length;
    const settled = total - counts.waiting;
    const isCancelling = !isOver && run.cancelRequestedAt !== undefined;
    const chosen = outcome === undefined ? troubleFirst(rows) : rows.filter((row) => wordOf(row) === outcome);
    const page = pageOf(chosen, view, ({ change }) => change.name);
    const types = [...new Set(page.items.map(({ change }) => change.entityType))];
    const labels = new Map(
      await Promise.all(
        types.map(async (type) => [type, await readLabels(deps.readFieldSchemas, type, context.project?.id)] as const),
      ),
    );
    const codes = await readLabels(deps.readFieldSchemas, undefined, undefined);
    const again = counts.refused + counts.failed + counts.unknown + counts.not_done;
    return {
      page: 'run',
      model: (texts) => {
        const { t } = texts;
        const rowsOf: CountedRows = (count) => ({
          count,
          rows: countOf(texts, count, nounOf(rows, context.entityType)),
        });
        const heading = headingOf(texts, run, counts, total, rowsOf);
        return {
          title: heading,
          heading,
          action: { title: context.title },
          actor: { ...run.actor, initials: initialsOf(run.actor.name) },
          by: meansText(texts, run.actor, deps.scriptName, 'theirs'),
          project: context.project?.name,
          notice: noticeOf(texts, run, counts, rowsOf),
          script: isOver ? undefined : 'run-progress.js',
          refreshSeconds: isOver ? undefined : 2,
          finished: isOver,
          isCancelling,
          settled,
          total,
          tallies: Object.entries(OUTCOME_TEXTS).flatMap(([word, { label, kind }]) => {
            const count = counts[word as Word];
            if (count === 0 && isOver) return [];
            const href = word === outcome ? path : `${path}?outcome=${word}`;
            return [{ outcome: word, label: t(label), kind, count, href, isChosen: word === outcome }];
          }),
          entityType: context.entityType,
          pager: presentPager(page, chosen.length, view, path, { outcome }),
          rows: page.items.map((row) => ({
            ...presentChange(texts, row.change, labels.get(row.change.entityType) ?? codes, deps.siteUrl),
            ...createdRow(row, deps.siteUrl),
            outcome: wordOf(row),
            outcomeText: t(OUTCOME_TEXTS[wordOf(row)].text),
            detail: row.detail,
          })),
          runId: run.id,
          reference: context.reference,
          origin: originOf(texts, run),
          csrf,
          eventsPath: `${path}/events`,
          cancelPath: !isOver && may.cancel && !isCancelling ? `${path}/cancel` : undefined,
          undo: followUpLink(texts, 'undo', followUps.undo, run, may.undo ? `${path}/undo` : undefined),
          retry: followUpLink(texts, 'retry', followUps.retry, run, may.retry ? `${path}/retry` : undefined),
          retryCount: again,
          csvHref: `${path}/rows.csv`,
          jsonHref: `${path}/rows.json`,
          backHref: pageUrl(deps.siteUrl, context.referrerPath) ?? deps.siteUrl,
        };
      },
      json: runJson(run, rows, counts, deps.scriptName),
    };
  };
}

/** A row that this run created has an address from then on. */
function createdRow({ change, createdId }: RunRow, siteUrl: string) {
  return createdId === undefined ? {} : { id: createdId, href: detailUrl(siteUrl, change.entityType, createdId) };
}

/** Everything about a run, in one object. */
function runJson(run: Run, rows: readonly RunRow[], counts: RunCounts, scriptName: string) {
  return {
    run: run.id,
    launch: run.launchId ?? null,
    undoOf: run.undoOf ?? null,
    retryOf: run.retryOf ?? null,
    about: run.context.about ?? null,
    action: run.actionId,
    actor: {
      id: run.actor.id,
      login: run.actor.login,
      name: run.actor.name,
      ...executorJson(run.actor, scriptName),
    },
    status: run.status,
    finished: run.status !== 'running',
    settled: rows.length - counts.waiting,
    total: rows.length,
    counts,
    reference: run.context.reference,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    rows: rows.map(rowJson),
  };
}

export function rowJson(row: RunRow) {
  return {
    ...row.change,
    ...(row.createdId === undefined ? {} : { createdId: row.createdId }),
    outcome: wordOf(row),
    detail: row.detail ?? null,
    siteErrorId: row.siteErrorId ?? null,
  };
}

export function wordOf(row: RunRow): Word {
  return isSettled(row) ? row.progress : 'waiting';
}

/** An outcome that an address asks for; undefined for anything else. */
export function readOutcome(text: unknown): Word | undefined {
  return [...OUTCOME_WORDS, 'waiting' as const].find((word) => word === text);
}

/** What somebody has to look at comes first; otherwise as it was confirmed. */
function troubleFirst(rows: readonly RunRow[]): readonly RunRow[] {
  const isTrouble = ({ progress }: RunRow): boolean => ['refused', 'failed', 'unknown'].includes(progress);
  return [...rows.filter(isTrouble), ...rows.filter((row) => !isTrouble(row))];
}

function nounOf(rows: readonly RunRow[], entityType: string): string | undefined {
  const types = new Set(rows.map(({ change }) => change.entityType));
  const [only = entityType] = types;
  return types.size > 1 || only === '' || only === 'row' ? undefined : only;
}
