/** A run as a page and as JSON: how far it is, what became of each row, and what can be done about it. */
import { OUTCOME_WORDS, type OutcomeWord, type RunCounts } from '../runs/outcome.ts';
import type { FollowUpOptions } from '../runs/follow-ups.ts';
import { isSettled, type Run, type RunRow } from '../runs/run-store.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import { detailUrl, pageUrl } from '../shotgrid/links.ts';
import { pageOf, presentPager, type View } from './paging.ts';
import { presentChange } from './present-change.ts';
import { countOf, executorJson, initialsOf, meansText, readLabels } from './present.ts';
import type { Answer } from './respond.ts';

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
  readonly notice?: string | undefined;
};

export type PresentRun = (shown: RunShown) => Promise<Answer>;

const OUTCOME_TEXTS: Readonly<Record<Word, { readonly text: string; readonly label: string; readonly kind: string }>> =
  {
    done: { text: 'Done', label: 'done', kind: 'good' },
    already_so: { text: 'Already so', label: 'already so', kind: '' },
    refused: { text: 'Refused', label: 'refused', kind: 'bad' },
    failed: { text: 'Failed', label: 'failed', kind: 'bad' },
    unknown: { text: 'Unknown', label: 'unknown', kind: 'warn' },
    not_done: { text: 'Not done', label: 'not done', kind: 'warn' },
    waiting: { text: 'Waiting', label: 'waiting', kind: '' },
  };

export function createPresentRun(deps: {
  readonly scriptName: string;
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly siteUrl: string;
}): PresentRun {
  return async function presentRun({ run, rows, counts, followUps, may, view, outcome, csrf, notice }) {
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
        const noun = (count: number): string => countOf(texts, count, nounOf(rows, context.entityType));
        return {
          title: headingOf(run, noun, total, counts),
          heading: headingOf(run, noun, total, counts),
          action: { title: context.title },
          actor: { ...run.actor, initials: initialsOf(run.actor.name) },
          by: meansText(texts, run.actor, deps.scriptName, 'theirs'),
          project: context.project?.name,
          notice: notice === undefined ? noticeOf(run, counts, noun) : { kind: 'warn', text: notice },
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
            return [{ outcome: word, label, kind, count, href, isChosen: word === outcome }];
          }),
          entityType: context.entityType,
          pager: presentPager(page, chosen.length, view, path, { outcome }),
          rows: page.items.map((row) => ({
            ...presentChange(row.change, labels.get(row.change.entityType) ?? codes, deps.siteUrl),
            ...createdRow(row, deps.siteUrl),
            outcome: wordOf(row),
            outcomeText: OUTCOME_TEXTS[wordOf(row)].text,
            detail: row.detail,
          })),
          runId: run.id,
          reference: context.reference,
          origin: originOf(run),
          csrf,
          eventsPath: `${path}/events`,
          cancelPath: !isOver && may.cancel && !isCancelling ? `${path}/cancel` : undefined,
          undo: linkOf(followUps.undo, run, may.undo ? `${path}/undo` : undefined),
          retry: linkOf(followUps.retry, run, may.retry ? `${path}/retry` : undefined),
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

/** What was done already is everybody's to see who may see the run; doing it is not. */
function linkOf(option: { readonly done?: Run } | undefined, { actor }: Run, href: string | undefined) {
  if (option === undefined) return undefined;
  if (option.done === undefined) return { href };
  const by = option.done.actor;
  return {
    doneHref: `/runs/${option.done.id}`,
    doneBy: by.login === actor.login ? '' : ` by ${by.name} (${by.login})`,
  };
}

function originOf(run: Run): { readonly text: string; readonly href: string } | undefined {
  const { about } = run.context;
  const isOwn = about === undefined || about.login === run.actor.login;
  const which = isOwn ? 'another run' : `a run of ${about.name} (${about.login})`;
  if (run.undoOf !== undefined) return { text: `This undoes ${which}`, href: `/runs/${run.undoOf}` };
  return run.retryOf === undefined ? undefined : { text: `This tries ${which} again`, href: `/runs/${run.retryOf}` };
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

function headingOf(run: Run, noun: (count: number) => string, total: number, counts: RunCounts): string {
  switch (run.status) {
    case 'running':
      return run.cancelRequestedAt === undefined ? `Changing ${noun(total)}…` : 'Stopping…';
    case 'cancelled':
      return `Stopped: ${noun(counts.done)} changed`;
    case 'interrupted':
      return `Interrupted: ${noun(counts.done)} changed`;
    case 'finished':
      if (counts.done > 0) return `${noun(counts.done)} changed`;
      return counts.unknown > 0 ? 'It is not known what changed' : 'Nothing was changed';
  }
}

function noticeOf(
  run: Run,
  counts: RunCounts,
  noun: (count: number) => string,
): { readonly kind: string; readonly text: string } | undefined {
  if (run.status === 'running') return undefined;
  if (counts.unknown > 0) {
    return {
      kind: 'warn',
      text: `${counts.unknown === 1 ? 'One row is' : `${counts.unknown} rows are`} unknown: ShotGrid did not say whether the change was made. Look there before you try again.`,
    };
  }
  if (run.status === 'cancelled') {
    return {
      kind: 'warn',
      text: `The run was stopped. ${rowsWere(counts.not_done)} not reached; what was done before stays.`,
    };
  }
  if (run.status === 'interrupted' || counts.not_done > 0) {
    return {
      kind: 'warn',
      text: `The run ended before its time: ${rowsWere(counts.not_done)} not reached. You can try them again.`,
    };
  }
  if (counts.refused + counts.failed > 0) {
    const others = counts.done + counts.already_so > 0 ? ' The others are as you wanted them.' : '';
    return { kind: 'bad', text: `${rowsWere(counts.refused + counts.failed)} not changed; each says why.${others}` };
  }
  if (counts.done === 0) return { kind: 'good', text: `${noun(counts.already_so)} already as you wanted.` };
  return {
    kind: 'good',
    text: 'All done. Your ShotGrid page refreshes by itself in a few seconds; if it does not, reload it there.',
  };
}

function rowsWere(count: number): string {
  return count === 1 ? '1 row was' : `${count} rows were`;
}
