/** The plan of a remote action: tells the service what was selected, and makes a plan of what it answers. */
import type { PlanContext } from '../definition.ts';
import type { Plan } from '../plan.ts';
import { answerSchema, describeIssues } from './answer.ts';
import { checkAnswer, createRowSet } from './check-answer.ts';
import { RemoteOverstepError, RemotePlanError, RemoteUnavailableError } from './errors.ts';
import { questionBody, shownRows, type AskingAction } from './question.ts';
import type { RemoteSettings } from './remote-file.ts';
import { toPlan } from './to-plan.ts';

/**
 * Throws, from the returned function, {@link RemoteUnavailableError} when there is no answer, {@link RemoteOverstepError}
 * when it is more than the file announces and {@link RemotePlanError} when it cannot be used; ShotGrid's own refusals come from reading as the person.
 *
 * @param settings - The file's key `remote`.
 * @param action - What else of the definition the question and the checks depend on.
 */
export function planRemotely(settings: RemoteSettings, action: AskingAction): (context: PlanContext) => Promise<Plan> {
  const wantsProof = settings.assertion !== undefined || settings.access_token !== undefined;

  return async function plan(context) {
    const { remote, payload, read } = context;
    if (remote === undefined) throw new RemoteUnavailableError('not_configured', 'no remote services');
    const { entityType, selectedIds } = payload;
    const rows =
      entityType === undefined || selectedIds.length === 0
        ? []
        : inOrder(selectedIds, await read.rows(entityType, selectedIds, settings.fields));
    const reply = await remote.ask({
      url: settings.url,
      secretVariable: settings.secret,
      timeoutMs: settings.timeout_seconds * 1000,
      body: questionBody(action, settings, context, rows),
      proof: wantsProof ? await proofFrom(context) : undefined,
    });
    const parsed = answerSchema.safeParse(reply);
    if (!parsed.success) throw new RemotePlanError(describeIssues(parsed.error.issues));
    const { problems, oversteps } = checkAnswer(parsed.data.changes, {
      touches: action.touches,
      maxRows: action.maxRows,
      shown: createRowSet(shownRows(settings, context, rows)),
    });
    if (problems.length > 0) throw oversteps ? new RemoteOverstepError(problems) : new RemotePlanError(problems);
    return toPlan(parsed.data, read);
  };
}

async function proofFrom({ proof }: PlanContext): ReturnType<NonNullable<PlanContext['proof']>> {
  // Asking without the proof that the file promises would be another question than the one meant.
  if (proof === undefined) throw new RemoteUnavailableError('not_configured', 'no proof of the person');
  return proof();
}

/** The site answers in no order; the service gets the order of the selection. */
function inOrder<T extends { readonly id: number }>(ids: readonly number[], rows: readonly T[]): readonly T[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}
