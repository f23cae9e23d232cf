/** What the page of a run says about it as a whole: how it ended, what it follows and what followed it. Pure. */
import type { FollowUpKind } from '../runs/follow-ups.ts';
import type { RunCounts } from '../runs/outcome.ts';
import type { Run } from '../runs/run-store.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';

/** A number of rows by the name of their type, with the number itself: values of a text. */
export type CountedRows = (count: number) => { readonly count: number; readonly rows: string };

export function headingOf({ t }: Texts, run: Run, counts: RunCounts, total: number, rowsOf: CountedRows): string {
  switch (run.status) {
    case 'running':
      return run.cancelRequestedAt === undefined ? t('run.changing', rowsOf(total)) : t('run.stopping');
    case 'cancelled':
      return t('run.stopped', rowsOf(counts.done));
    case 'interrupted':
      return t('run.interrupted', rowsOf(counts.done));
    case 'finished':
      if (counts.done > 0) return t('run.changed', rowsOf(counts.done));
      return t(counts.unknown > 0 ? 'run.notKnownWhatChanged' : 'run.nothingChanged');
  }
}

export function noticeOf(
  { t }: Texts,
  run: Run,
  counts: RunCounts,
  rowsOf: CountedRows,
): { readonly kind: string; readonly text: string } | undefined {
  if (run.status === 'running') return undefined;
  if (counts.unknown > 0) return { kind: 'warn', text: t('run.rowsUnknown', { count: counts.unknown }) };
  if (run.status === 'cancelled') return { kind: 'warn', text: t('run.wasStopped', { count: counts.not_done }) };
  if (run.status === 'interrupted' || counts.not_done > 0) {
    return { kind: 'warn', text: t('run.endedEarly', { count: counts.not_done }) };
  }
  const count = counts.refused + counts.failed;
  if (count > 0) {
    const hasOthers = counts.done + counts.already_so > 0;
    return { kind: 'bad', text: t(hasOthers ? 'run.someNotChanged' : 'run.noneChanged', { count }) };
  }
  if (counts.done === 0) return { kind: 'good', text: t('run.allAlreadySo', rowsOf(counts.already_so)) };
  return { kind: 'good', text: t('run.allDone') };
}

/** Of a run that undoes or tries again: which one. */
export function originOf({ t }: Texts, run: Run): { readonly text: string; readonly href: string } | undefined {
  const { about } = run.context;
  const other = about === undefined || about.login === run.actor.login ? undefined : about;
  const text = (own: TextKey, ofOther: TextKey): string =>
    other === undefined ? t(own) : t(ofOther, { name: other.name, login: other.login });
  if (run.undoOf !== undefined) return { text: text('run.undoesRun', 'run.undoesRunOf'), href: `/runs/${run.undoOf}` };
  if (run.retryOf === undefined) return undefined;
  return { text: text('run.retriesRun', 'run.retriesRunOf'), href: `/runs/${run.retryOf}` };
}

const FOLLOWED: Readonly<Record<FollowUpKind, { readonly bySame: TextKey; readonly byOther: TextKey }>> = {
  undo: { bySame: 'run.wasUndone', byOther: 'run.wasUndoneBy' },
  retry: { bySame: 'run.wasRetried', byOther: 'run.wasRetriedBy' },
};

/** What was done already is everybody's to see who may see the run; doing it is not. */
export function followUpLink(
  { t }: Texts,
  kind: FollowUpKind,
  option: { readonly done?: Run } | undefined,
  { actor }: Run,
  href: string | undefined,
) {
  if (option === undefined) return undefined;
  if (option.done === undefined) return { href };
  const { name, login } = option.done.actor;
  const { bySame, byOther } = FOLLOWED[kind];
  return {
    doneHref: `/runs/${option.done.id}`,
    doneText: login === actor.login ? t(bySame) : t(byOther, { name, login }),
  };
}
