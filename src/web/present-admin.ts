/** Actions, runs and refusals as an administrator reads them. Pure. */
import type { Catalogue } from '../actions/catalogue.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { RunCounts } from '../runs/outcome.ts';
import type { Run } from '../runs/run-store.ts';
import type { Held, Hold } from '../runs/hold.ts';
import { countOf, timeText } from './present.ts';
import type { Texts } from './texts/texts.ts';

/** @param hold - As it is kept, for JSON. */
export function presentHold(hold: Hold) {
  return {
    reason: hold.reason,
    by: hold.by.name,
    login: hold.by.login,
    since: hold.since.toISOString(),
    sinceText: timeText(hold.since),
    raw: hold,
  };
}

/** Every action there is, and those that are switched off although no file defines them any more. */
export function presentActions(catalogue: Catalogue, held: Held) {
  const known = catalogue.all().map(({ id, title, kind, entityTypes }) => ({
    id,
    title,
    kind: kind,
    entityTypes: entityTypes.join(', '),
    isKnown: true,
  }));
  const ids = new Set(known.map(({ id }) => id));
  const gone = [...held.actions.keys()].flatMap((id) =>
    ids.has(id) ? [] : [{ id, title: id, kind: 'no file', entityTypes: '', isKnown: false }],
  );
  return [...known, ...gone].map((action) => {
    const hold = held.actions.get(action.id);
    return { ...action, href: `/admin/actions/${action.id}`, hold: hold && presentHold(hold) };
  });
}

export function presentRun(texts: Texts, { run, counts }: { readonly run: Run; readonly counts: RunCounts }) {
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
    settled: total - counts.waiting,
    total,
    rowsText: `${total - counts.waiting} of ${countOf(texts, total, undefined)}`,
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
