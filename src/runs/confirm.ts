/** ⑤ A confirmed plan becomes a run, together with the record of what it intends: both are durable, or neither is. */
import type { Plan } from '../actions/plan.ts';
import { changesIntended, runConfirmed } from '../audit/events.ts';
import type { AuditLog } from '../audit/log.ts';
import { auditContextOf, auditedChange } from './run-audit.ts';
import type { Run, RunStore } from './run-store.ts';

export type Confirmation = Pick<Run, 'launchId' | 'actionId' | 'actor' | 'context'> & {
  readonly plan: Plan;
  /** Names the plan that was seen and confirmed. */
  readonly digest: string;
};

export type ConfirmRun = (confirmation: Confirmation) => Promise<{ readonly run: Run; readonly isNew: boolean }>;

export function createConfirmRun(deps: {
  readonly audit: AuditLog;
  readonly runs: RunStore;
  readonly scriptName: string;
  readonly randomId: () => string;
}): ConfirmRun {
  /**
   * One launch is at most one run: confirming again, also at the same moment, answers with the first.
   *
   * @throws {@link AuditUnavailableError} when the intent cannot be recorded; then there is no run.
   */
  return async function confirmRun({ plan, digest, ...confirmed }) {
    const earlier = await deps.runs.findByLaunch(confirmed.launchId);
    if (earlier !== undefined) return { run: earlier, isNew: false };
    const id = deps.randomId();
    const context = auditContextOf({ id, ...confirmed }, deps.scriptName);
    try {
      await deps.audit.append(
        [runConfirmed(context, { digest }), ...changesIntended(context, plan.changes.map(auditedChange))],
        { alongside: (executor) => deps.runs.create(executor, { id, ...confirmed }, plan.changes) },
      );
    } catch (error) {
      // Another confirmation of this launch may have won the race for its unique run.
      const winner = await deps.runs.findByLaunch(confirmed.launchId).catch(() => undefined);
      if (winner !== undefined) return { run: winner, isNew: false };
      throw error;
    }
    const run = await deps.runs.find(id);
    if (run === undefined) throw new Error('the run that was just created is not there');
    return { run, isNew: true };
  };
}
