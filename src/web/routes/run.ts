/** A run as it goes on and when it is over: for the person who confirmed it, and for auditors and admins. */
import { Router, type Request } from 'express';
import { hasRole } from '../../login/identity.ts';
import { countOutcomes, type OutcomeWord } from '../../runs/outcome.ts';
import { isSettled, type Run, type RunRow, type RunStore } from '../../runs/run-store.ts';
import type { ReadFieldSchemas } from '../../shotgrid/field-schemas.ts';
import { pageUrl } from '../../shotgrid/links.ts';
import { isRandomId } from '../../session/secret.ts';
import { RoleRequiredError, RunUnknownError } from '../errors.ts';
import { presentChange } from '../present-change.ts';
import { countOf, initialsOf, readLabels } from '../present.ts';
import { contextOf } from '../request-context.ts';
import type { Respond } from '../respond.ts';
import { identityOf, isSamePerson } from '../viewer.ts';

export type RunDeps = {
  readonly runs: RunStore;
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly respond: Respond;
  readonly siteUrl: string;
};

const OUTCOME_TEXTS: Readonly<
  Record<OutcomeWord | 'waiting', { readonly text: string; readonly label: string; readonly kind: string }>
> = {
  done: { text: 'Done', label: 'done', kind: 'good' },
  already_so: { text: 'Already so', label: 'already so', kind: '' },
  refused: { text: 'Refused', label: 'refused', kind: 'bad' },
  failed: { text: 'Failed', label: 'failed', kind: 'bad' },
  unknown: { text: 'Unknown', label: 'unknown', kind: 'warn' },
  not_done: { text: 'Not done', label: 'not done', kind: 'warn' },
  waiting: { text: 'Waiting', label: 'waiting', kind: '' },
};

export function runRoutes(deps: RunDeps): Router {
  const router = Router();

  router.get('/runs/:id', async (request, response) => {
    const { id } = request.params;
    const identity = identityOf(request);
    if (identity === undefined) {
      response.redirect(303, `/login?return_to=${encodeURIComponent(isRandomId(id) ? `/runs/${id}` : '/')}`);
      return;
    }
    const run = isRandomId(id) ? await deps.runs.find(id) : undefined;
    if (run === undefined) throw new RunUnknownError();
    note(request, run);
    if (!isSamePerson(identity, run.actor) && !hasRole(identity, 'auditor') && !hasRole(identity, 'admin')) {
      throw new RoleRequiredError('this run was confirmed by somebody else');
    }
    const rows = await deps.runs.rows(run.id);
    const labels = await readLabels(deps.readFieldSchemas, run.context.entityType, run.context.project?.id);
    const counts = countOutcomes(rows.map((row) => (isSettled(row) ? row.progress : undefined)));
    const finished = run.status !== 'running';
    const settled = rows.length - counts.waiting;
    deps.respond(request, response, {
      page: 'run',
      model: {
        title: headingOf(run, rows.length, counts),
        heading: headingOf(run, rows.length, counts),
        action: { title: run.context.title },
        actor: { ...run.actor, initials: initialsOf(run.actor.name) },
        project: run.context.project?.name,
        notice: finished ? noticeOf(counts) : undefined,
        script: finished ? undefined : 'run-progress.js',
        refreshSeconds: finished ? undefined : 2,
        finished,
        settled,
        total: rows.length,
        tallies: Object.entries(OUTCOME_TEXTS).flatMap(([outcome, { label, kind }]) => {
          const count = counts[outcome as OutcomeWord];
          return count === 0 ? [] : [{ outcome, label, kind, count }];
        }),
        entityType: run.context.entityType,
        rows: troubleFirst(rows).map((row) => ({
          ...presentChange(row.change, labels, deps.siteUrl),
          outcome: wordOf(row),
          outcomeText: OUTCOME_TEXTS[wordOf(row)].text,
          detail: row.detail,
        })),
        runId: run.id,
        reference: run.context.reference,
        backHref: pageUrl(deps.siteUrl, run.context.referrerPath) ?? deps.siteUrl,
      },
      json: {
        run: run.id,
        launch: run.launchId ?? null,
        action: run.actionId,
        actor: { id: run.actor.id, login: run.actor.login, name: run.actor.name },
        status: run.status,
        finished,
        settled,
        total: rows.length,
        counts,
        reference: run.context.reference,
        createdAt: run.createdAt.toISOString(),
        finishedAt: run.finishedAt?.toISOString() ?? null,
        rows: rows.map((row) => ({
          ...row.change,
          outcome: wordOf(row),
          detail: row.detail ?? null,
          siteErrorId: row.siteErrorId ?? null,
        })),
      },
    });
  });

  return router;
}

function wordOf(row: RunRow): OutcomeWord | 'waiting' {
  return isSettled(row) ? row.progress : 'waiting';
}

/** What somebody has to look at comes first; otherwise as it was confirmed. */
function troubleFirst(rows: readonly RunRow[]): readonly RunRow[] {
  const isTrouble = ({ progress }: RunRow): boolean => ['refused', 'failed', 'unknown'].includes(progress);
  return [...rows.filter(isTrouble), ...rows.filter((row) => !isTrouble(row))];
}

function headingOf(run: Run, total: number, counts: Readonly<Record<string, number>>): string {
  if (run.status === 'running') return `Changing ${countOf(total, run.context.entityType)}…`;
  if (counts['done'] === 0)
    return (counts['unknown'] ?? 0) > 0 ? 'It is not known what changed' : 'Nothing was changed';
  return `${countOf(counts['done'] ?? 0, run.context.entityType)} changed`;
}

function noticeOf(counts: Readonly<Record<OutcomeWord, number>>): { readonly kind: string; readonly text: string } {
  if (counts.unknown > 0) {
    return {
      kind: 'warn',
      text: `${counts.unknown === 1 ? 'One row is' : `${counts.unknown} rows are`} unknown: ShotGrid did not say whether the change was made. Look there before you try again.`,
    };
  }
  if (counts.refused + counts.failed > 0) {
    const others = counts.done + counts.already_so > 0 ? ' The others are as you wanted them.' : '';
    return { kind: 'bad', text: `${rowsWere(counts.refused + counts.failed)} not changed; each says why.${others}` };
  }
  if (counts.not_done > 0) {
    return { kind: 'warn', text: `${rowsWere(counts.not_done)} not done: the run ended before their turn came.` };
  }
  return { kind: 'good', text: 'All done. Your ShotGrid page shows the change; reload it if it does not.' };
}

function rowsWere(count: number): string {
  return count === 1 ? '1 row was' : `${count} rows were`;
}

function note(request: Request, run: Run): void {
  const { story } = contextOf(request);
  story.runId = run.id;
  if (run.launchId !== undefined) story.launchId = run.launchId;
  story.actionId = run.actionId;
}
