/** Runs and the fate of each of their rows, in the database: a run outlives the process that performs it. */
import type { Kysely } from 'kysely';
import type { Change, UntouchedRow } from '../actions/plan.ts';
import type { Actor } from './actor.ts';
import type { OutcomeWord, RowOutcome } from './outcome.ts';

export type RunStatus = 'running' | 'finished';

export type Run = {
  readonly id: string;
  readonly launchId: string;
  readonly actionId: string;
  readonly actor: Actor;
  readonly status: RunStatus;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
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
};

export type RunRow = {
  readonly position: number;
  readonly change: Change;
  /** `sending`: perhaps written already; only the row itself can tell. */
  readonly progress: 'waiting' | 'sending' | OutcomeWord;
  readonly detail: string | undefined;
  readonly siteErrorId: string | undefined;
};

type RunsTable = {
  id: string;
  launch_id: string;
  action_id: string;
  plan: string;
  actor: string;
  status: string;
  note: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  undo_of: string | null;
};

type RunChangesTable = {
  run_id: string;
  position: number;
  change: string;
  outcome: string;
  detail: string | null;
  site_error_id: string | null;
  updated_at: string | null;
};

/** A transaction or the database itself. */
export type Executor = Kysely<object>;

const INSERT_CHUNK = 100;

export type RunStore = ReturnType<typeof createRunStore>;

export function createRunStore(database: Executor, now: () => Date) {
  const tables = (executor: Executor) => executor.$extendTables<{ runs: RunsTable; run_changes: RunChangesTable }>();
  const db = tables(database);

  return {
    /** Fails on the unique `launch_id` when the launch has a run already: one click is at most one run. */
    async create(
      executor: Executor,
      run: Pick<Run, 'id' | 'launchId' | 'actionId' | 'actor' | 'context'>,
      changes: readonly Change[],
    ): Promise<void> {
      const trx = tables(executor);
      await trx
        .insertInto('runs')
        .values({
          id: run.id,
          launch_id: run.launchId,
          action_id: run.actionId,
          plan: JSON.stringify(run.context),
          actor: JSON.stringify(run.actor),
          status: 'running',
          created_at: now().toISOString(),
          note: null,
          started_at: null,
          finished_at: null,
          undo_of: null,
        })
        .execute();
      for (let start = 0; start < changes.length; start += INSERT_CHUNK) {
        await trx
          .insertInto('run_changes')
          .values(
            changes.slice(start, start + INSERT_CHUNK).map((change, offset) => ({
              run_id: run.id,
              position: start + offset,
              change: JSON.stringify(change),
              outcome: 'waiting',
              detail: null,
              site_error_id: null,
              updated_at: null,
            })),
          )
          .execute();
      }
    },

    async find(id: string): Promise<Run | undefined> {
      const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toRun(row);
    },

    async findByLaunch(launchId: string): Promise<Run | undefined> {
      const row = await db.selectFrom('runs').selectAll().where('launch_id', '=', launchId).executeTakeFirst();
      return row === undefined ? undefined : toRun(row);
    },

    async unfinished(): Promise<readonly string[]> {
      const rows = await db
        .selectFrom('runs')
        .select('id')
        .where('status', '=', 'running')
        .orderBy('created_at')
        .execute();
      return rows.map((row) => row.id);
    },

    async rows(runId: string): Promise<readonly RunRow[]> {
      const rows = await db
        .selectFrom('run_changes')
        .selectAll()
        .where('run_id', '=', runId)
        .orderBy('position')
        .execute();
      return rows.map(toRunRow);
    },

    async markSending(runId: string, positions: readonly number[]): Promise<void> {
      if (positions.length === 0) return;
      await db
        .updateTable('run_changes')
        .set({ outcome: 'sending', updated_at: now().toISOString() })
        .where('run_id', '=', runId)
        .where('position', 'in', positions)
        .execute();
    },

    async settle(executor: Executor, runId: string, outcomes: ReadonlyMap<number, RowOutcome>): Promise<void> {
      const trx = tables(executor);
      for (const [position, outcome] of outcomes) {
        await trx
          .updateTable('run_changes')
          .set({
            outcome: outcome.outcome,
            detail: 'detail' in outcome ? outcome.detail : null,
            site_error_id: 'siteErrorId' in outcome ? (outcome.siteErrorId ?? null) : null,
            updated_at: now().toISOString(),
          })
          .where('run_id', '=', runId)
          .where('position', '=', position)
          .execute();
      }
    },

    async finish(executor: Executor, runId: string): Promise<void> {
      await tables(executor)
        .updateTable('runs')
        .set({ status: 'finished', finished_at: now().toISOString() })
        .where('id', '=', runId)
        .execute();
    },
  };
}

/** Whether the last word on this row has been said. */
export function isSettled(row: RunRow): row is RunRow & { readonly progress: OutcomeWord } {
  return row.progress !== 'waiting' && row.progress !== 'sending';
}

function toRun(row: RunsTable): Run {
  return {
    id: row.id,
    launchId: row.launch_id,
    actionId: row.action_id,
    actor: JSON.parse(row.actor) as Actor,
    status: row.status as RunStatus,
    createdAt: new Date(row.created_at),
    finishedAt: row.finished_at === null ? undefined : new Date(row.finished_at),
    context: JSON.parse(row.plan) as RunContext,
  };
}

function toRunRow(row: RunChangesTable): RunRow {
  return {
    position: row.position,
    change: JSON.parse(row.change) as Change,
    progress: row.outcome as RunRow['progress'],
    detail: row.detail ?? undefined,
    siteErrorId: row.site_error_id ?? undefined,
  };
}
