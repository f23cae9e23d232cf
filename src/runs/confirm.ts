/** ⑤ A confirmed plan becomes a run, together with the record of what it intends: both are durable, or neither is. */
import type { Plan } from '../actions/plan.ts';
import { changesIntended, changesPerformed, runConfirmed } from '../audit/events/runs.ts';
import type { AuditLog } from '../audit/log.ts';
import type { RowOutcome } from './outcome.ts';
import type { Permissions } from './permissions.ts';
import { auditContextOf, auditedChange, auditedOutcomes } from './run-audit.ts';
import type { Run, RunOrigin, RunStore } from './run-store.ts';
import type { Executor } from './run-tables.ts';
import { verifyMayRun } from './switches.ts';
import { isTakingBack } from './takes-back.ts';

/** Of the three origins exactly one is given. */
export type Confirmation = RunOrigin &
  Pick<Run, 'actionId' | 'actor' | 'context'> & {
    readonly plan: Plan;
    /** Names the plan that was seen and confirmed. */
    readonly digest: string;
    /** What the dry run said, when the person chose to go on with the allowed rows alone: refused ones are not tried. */
    readonly onlyAllowed?: Permissions | undefined;
    /** Keeps, together with the run, the own session that it is done with. Needed where the actor acts by themselves. */
    readonly keepOwnSession?: KeepOwnSession | undefined;
  };

export type KeepOwnSession = (executor: Executor, runId: string) => Promise<void>;

export type ConfirmRun = (confirmation: Confirmation) => Promise<{ readonly run: Run; readonly isNew: boolean }>;

export function createConfirmRun(deps: {
  readonly audit: AuditLog;
  readonly runs: RunStore;
  readonly scriptName: string;
  readonly randomId: () => string;
}): ConfirmRun {
  const { runs } = deps;

  /**
   * One launch is at most one run, and so is one undo and one retry: confirming again, also at the same moment, answers with the first.
   *
   * @throws {@link AuditUnavailableError} when the intent cannot be recorded, {@link ReadOnlyError} and
   *   {@link ActionOffError} when an administrator does not let it pass; then there is no run.
   */
  return async function confirmRun({ plan, digest, onlyAllowed, keepOwnSession, ...confirmed }) {
    if ((confirmed.actor.bySelf === true) !== (keepOwnSession !== undefined)) {
      throw new TypeError('a run by the person’s own session needs that session, and no other run may have one');
    }
    const earlier = await findByOrigin(runs, confirmed);
    if (earlier !== undefined) return { run: earlier, isNew: false };
    const id = deps.randomId();
    const context = auditContextOf({ id, ...confirmed }, deps.scriptName);
    const leftOut = refusedBeforehand(onlyAllowed);
    const rows = plan.changes.map((change, position) => ({ position, change }));
    const { undoOf, retryOf } = confirmed;
    const runOf = confirmed.context.about?.login;
    const takesBack = await isTakingBack(runs, confirmed);
    try {
      await deps.audit.append(
        [
          runConfirmed(context, { digest, undoOf, retryOf, runOf }),
          ...changesIntended(context, plan.changes.map(auditedChange)),
          ...(leftOut.size === 0 ? [] : changesPerformed(context, auditedOutcomes(rows, leftOut))),
        ],
        {
          alongside: async (executor) => {
            await verifyMayRun(executor, {
              actionId: confirmed.actionId,
              title: confirmed.context.title,
              takesBack,
            });
            await runs.create(executor, { id, ...confirmed }, plan.changes, leftOut);
            await keepOwnSession?.(executor, id);
          },
        },
      );
    } catch (error) {
      // Another confirmation may have won the race for the one run there can be.
      const winner = await findByOrigin(runs, confirmed).catch(() => undefined);
      if (winner !== undefined) return { run: winner, isNew: false };
      throw error;
    }
    const run = await runs.find(id);
    if (run === undefined) throw new Error('the run that was just created is not there');
    return { run, isNew: true };
  };
}

async function findByOrigin(runs: RunStore, { launchId, undoOf, retryOf }: RunOrigin): Promise<Run | undefined> {
  if (launchId !== undefined) return runs.findByLaunch(launchId);
  if (undoOf !== undefined) return runs.findUndoOf(undoOf);
  if (retryOf !== undefined) return runs.findRetryOf(retryOf);
  throw new TypeError('a run comes from a launch or from another run');
}

function refusedBeforehand(permissions: Permissions | undefined): ReadonlyMap<number, RowOutcome> {
  const refused = new Map<number, RowOutcome>();
  for (const [position, row] of (permissions?.rows ?? []).entries()) {
    if (row.permission !== 'refused') continue;
    const detail = `${row.reason} ShotGrid said so beforehand, so this row was left out.`;
    refused.set(position, { outcome: 'refused', detail, siteErrorId: row.siteErrorId });
  }
  return refused;
}
