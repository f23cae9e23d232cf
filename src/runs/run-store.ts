/** Runs in the database: a run outlives the process that performs it. What becomes of its rows is `row-store.ts`. */
import type { Selectable } from 'kysely';
import type { Change, UntouchedRow } from '../actions/plan.ts';
import type { Actor } from './actor.ts';
import { createLeases } from './leases.ts';
import type { RowOutcome, RunStatus } from './outcome.ts';
import { createRowStore } from './row-store.ts';
import { runTables, type Executor, type RunsTable } from './run-tables.ts';

export { isSettled, type RunRow } from './row-store.ts';

/** Where a run comes from: a click, or another run that it takes back or tries again. */
export type RunOrigin = {
  readonly launchId?: string | undefined;
  readonly undoOf?: string | undefined;
  readonly retryOf?: string | undefined;
};

export type Run = RunOrigin & {
  readonly id: string;
  readonly actionId: string;
  readonly actor: Actor;
  readonly status: RunStatus;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
  /** Somebody asked it to stop; it does before its next batch. */
  readonly cancelRequestedAt: Date | undefined;
  readonly context: RunContext;
};

/** What the page and the records of a run say about where it came from. */
export type RunContext = {
  /** The action's title when it was confirmed. */
  readonly title: string;
  readonly entityType: string;
  readonly project: { readonly id: number; readonly name?: string } | undefined;
  readonly referrerPath: string | undefined;
  readonly untouched: readonly UntouchedRow[];
  /** The number under which the confirmation is found in the log. */
  readonly reference: string;
  readonly clientAddress: string | undefined;
  /** Of an undo or a retry: whose run it is about, who need not be whose run this is. */
  readonly about?: Pick<Actor, 'login' | 'name'> | undefined;
};

export type NewRun = RunOrigin & Pick<Run, 'id' | 'actionId' | 'actor' | 'context'>;

export type RunStore = ReturnType<typeof createRunStore>;

export function createRunStore(database: Executor, now: () => Date) {
  const db = runTables(database);
  const rows = createRowStore(database, now);
  const stamp = (): string => now().toISOString();

  async function findBy(column: 'id' | 'launch_id' | 'undo_of' | 'retry_of', value: string): Promise<Run | undefined> {
    const row = await db.selectFrom('runs').selectAll().where(column, '=', value).executeTakeFirst();
    return row === undefined ? undefined : toRun(row);
  }

  return {
    ...rows,
    ...createLeases(database, now),

    /**
     * Fails on a unique column when the launch has a run already, or the other run its undo or retry.
     *
     * @param settled - Rows whose last word is said before the run begins.
     */
    async create(
      executor: Executor,
      run: NewRun,
      changes: readonly Change[],
      settled: ReadonlyMap<number, RowOutcome> = new Map(),
    ): Promise<void> {
      await runTables(executor)
        .insertInto('runs')
        .values({
          id: run.id,
          launch_id: run.launchId ?? null,
          undo_of: run.undoOf ?? null,
          retry_of: run.retryOf ?? null,
          action_id: run.actionId,
          plan: JSON.stringify(run.context),
          actor: JSON.stringify(run.actor),
          status: 'running',
          created_at: stamp(),
          finished_at: null,
          cancel_requested_at: null,
          lease_token: null,
          lease_until: null,
        })
        .execute();
      await rows.insertRows(executor, run.id, changes, settled);
    },

    /** Whoever's; those that wait for a process to go on with them too. */
    async running(): Promise<readonly Run[]> {
      const found = await db.selectFrom('runs').selectAll().where('status', '=', 'running').execute();
      return found.map(toRun);
    },
    find: (id: string): Promise<Run | undefined> => findBy('id', id),
    findByLaunch: (launchId: string): Promise<Run | undefined> => findBy('launch_id', launchId),
    /** The run that took this one back. */
    findUndoOf: (runId: string): Promise<Run | undefined> => findBy('undo_of', runId),
    /** The run that tried this one's failed rows again. */
    findRetryOf: (runId: string): Promise<Run | undefined> => findBy('retry_of', runId),

    /** Unfinished runs, oldest first. */
    async inProgress(limit: number): Promise<readonly Run[]> {
      const rows = await db
        .selectFrom('runs')
        .selectAll()
        .where('status', '=', 'running')
        .orderBy('created_at')
        .limit(limit)
        .execute();
      return rows.map(toRun);
    },

    /** False when it was asked before, or the run is over. */
    async requestCancel(executor: Executor, runId: string): Promise<boolean> {
      const { numUpdatedRows } = await runTables(executor)
        .updateTable('runs')
        .set({ cancel_requested_at: stamp() })
        .where('id', '=', runId)
        .where('status', '=', 'running')
        .where('cancel_requested_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Says the last word on a run, for whoever holds its lease. */
    async finish(executor: Executor, runId: string, status: Exclude<RunStatus, 'running'>): Promise<void> {
      await runTables(executor)
        .updateTable('runs')
        .set({ status, finished_at: stamp(), lease_token: null, lease_until: null })
        .where('id', '=', runId)
        .execute();
    },
  };
}

function toRun(row: Selectable<RunsTable>): Run {
  return {
    id: row.id,
    launchId: row.launch_id ?? undefined,
    undoOf: row.undo_of ?? undefined,
    retryOf: row.retry_of ?? undefined,
    actionId: row.action_id,
    actor: JSON.parse(row.actor) as Actor,
    status: row.status as RunStatus,
    createdAt: new Date(row.created_at),
    finishedAt: row.finished_at === null ? undefined : new Date(row.finished_at),
    cancelRequestedAt: row.cancel_requested_at === null ? undefined : new Date(row.cancel_requested_at),
    context: JSON.parse(row.plan) as RunContext,
  };
}
