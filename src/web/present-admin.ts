/** Actions, runs and refusals as an administrator reads them. Pure. */
import type { Catalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { RunCounts } from '../runs/outcome.ts';
import type { Run } from '../runs/run-store.ts';
import type { Held, Hold } from '../runs/hold.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';
import { timeText } from './present.ts';

export function presentHold(hold: Hold) {
  return {
    reason: hold.reason,
    by: hold.by.name,
    login: hold.by.login,
    since: hold.since.toISOString(),
    sinceText: timeText(hold.since),
  };
}

/** One action of the page's table. */
type SwitchableAction = {
  readonly id: string;
  readonly title: string;
  readonly kind: ActionDefinition['kind'] | 'none';
  readonly entityTypes: readonly string[];
  readonly isKnown: boolean;
  readonly hold: Hold | undefined;
};

/** Every action there is, and those that are switched off although no file defines them any more. */
export function listActions(catalogue: Catalogue, held: Held): readonly SwitchableAction[] {
  const known = catalogue.all().map(({ id, title, kind, entityTypes }) => ({
    ...{ id, title, kind, entityTypes },
    isKnown: true,
    hold: held.actions.get(id),
  }));
  const ids = new Set(known.map(({ id }) => id));
  const gone = [...held.actions].flatMap(([id, hold]) =>
    ids.has(id) ? [] : [{ id, title: id, kind: 'none' as const, entityTypes: [], isKnown: false, hold }],
  );
  return [...known, ...gone];
}

const KINDS: Readonly<Record<SwitchableAction['kind'], TextKey>> = {
  yaml: 'admin.kindYaml',
  typescript: 'admin.kindTypescript',
  remote: 'admin.kindRemote',
  none: 'admin.kindNone',
};

export function presentAction({ t }: Texts, { id, title, kind, entityTypes, hold }: SwitchableAction) {
  return {
    id,
    title,
    kind: t(KINDS[kind]),
    entityTypes: entityTypes.join(', '),
    href: `/admin/actions/${id}`,
    hold: hold && presentHold(hold),
  };
}

export function presentRun({ t }: Texts, { run, counts }: { readonly run: Run; readonly counts: RunCounts }) {
  const total = Object.values(counts).reduce((sum, rows) => sum + rows, 0);
  return {
    id: run.id,
    href: `/runs/${run.id}`,
    stopHref: `/admin/runs/${run.id}/stop`,
    title: run.context.title,
    actor: run.actor.name,
    login: run.actor.login,
    since: run.createdAt.toISOString(),
    sinceText: timeText(run.createdAt),
    rowsText: t('admin.settledOf', { settled: total - counts.waiting, total }),
    isStopping: run.cancelRequestedAt !== undefined,
  };
}

/** @param mayOpen - Whether the reader may follow the reference into the log. */
export function presentProblem({ content }: AuditRecord, mayOpen: boolean) {
  const { time, type, outcome, code, person, actionId, reference } = content;
  return {
    time,
    timeText: `${time.slice(0, 19).replace('T', ' ')} UTC`,
    type,
    outcome,
    code,
    person: person?.login,
    isClaim: person?.proven === false,
    actionId,
    reference,
    href: mayOpen && reference !== undefined ? `/audit?${new URLSearchParams({ reference }).toString()}` : undefined,
  };
}
