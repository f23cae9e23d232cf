/** The rows of runs in the database, and what becomes of each. `sending` is durable before anything is sent. */
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Change } from '../actions/plan.ts';
import { noRows, type OutcomeWord, type RowOutcome, type RunCounts } from './outcome.ts';
import { runTables, type Executor, type RunChangesTable } from './run-tables.ts';

export type RunRow = {
  readonly position: number;
  readonly change: Change;
  /** `sending`: perhaps written already; only the site can tell. */
  readonly progress: 'waiting' | 'sending' | OutcomeWord;
  readonly detail: string | undefined;
  readonly siteErrorId: string | undefined;
  /** The id that ShotGrid gave to a row that this run created. */
  readonly createdId: number | undefined;
  readonly updatedAt: Date | undefined;
};

const INSERT_CHUNK = 100;
/** Both databases limit how many values one statement may carry. */
const POSITIONS_CHUNK = 500;

export function createRowStore(database: Executor, now: () => Date) {
  const db = runTables(database);
  const stamp = (): string => now().toISOString();

  return {
    async insertRows(
      executor: Executor,
      runId: string,
      changes: readonly Change[],
      settled: ReadonlyMap<number, RowOutcome>,
    ): Promise<void> {
      for (const [start, chunk] of chunks(changes, INSERT_CHUNK)) {
        await runTables(executor)
          .insertInto('run_changes')
          .values(
            chunk.map((change, offset) => {
              const outcome = settled.get(start + offset);
              return {
                run_id: runId,
                position: start + offset,
                change: JSON.stringify(change),
                updated_at: null,
                ...(outcome === undefined ? WAITING : columnsOf(outcome)),
              };
            }),
          )
          .execute();
      }
    },

    /** All rows, in order; `page` gives the rows from a position on. */
    async rows(runId: string, page?: { readonly from: number; readonly limit: number }): Promise<readonly RunRow[]> {
      let query = db.selectFrom('run_changes').selectAll().where('run_id', '=', runId).orderBy('position');
      if (page !== undefined) query = query.where('position', '>=', page.from).limit(page.limit);
      return (await query.execute()).map(toRunRow);
    },

    /** The next rows without a last word, from a position on. */
    async openRows(runId: string, from: number, limit: number): Promise<readonly RunRow[]> {
      const rows = await db
        .selectFrom('run_changes')
        .selectAll()
        .where('run_id', '=', runId)
        .where('position', '>=', from)
        .where('outcome', 'in', ['waiting', 'sending'])
        .orderBy('position')
        .limit(limit)
        .execute();
      return rows.map(toRunRow);
    },

    /** Rows by outcome; `waiting` counts those under way too. */
    async counts(runId: string): Promise<RunCounts> {
      const groups = await db
        .selectFrom('run_changes')
        .select(['outcome', sql<number>`cast(count(*) as integer)`.as('rows')])
        .where('run_id', '=', runId)
        .groupBy('outcome')
        .execute();
      const counts = noRows();
      for (const { outcome, rows } of groups)
        counts[outcome === 'sending' ? 'waiting' : (outcome as OutcomeWord)] += rows;
      return counts;
    },

    /** Ids of the rows that this run is known to have created. */
    async createdIds(runId: string): Promise<readonly number[]> {
      const rows = await db
        .selectFrom('run_changes')
        .select('created_id')
        .where('run_id', '=', runId)
        .where('created_id', 'is not', null)
        .execute();
      return rows.flatMap(({ created_id: id }) => (id === null ? [] : [id]));
    },

    async markRows(executor: Executor, runId: string, positions: readonly number[]): Promise<void> {
      for (const [, chunk] of chunks(positions, POSITIONS_CHUNK)) {
        await runTables(executor)
          .updateTable('run_changes')
          .set({ outcome: 'sending', updated_at: stamp() })
          .where('run_id', '=', runId)
          .where('position', 'in', chunk)
          .execute();
      }
    },

    async settle(executor: Executor, runId: string, outcomes: ReadonlyMap<number, RowOutcome>): Promise<void> {
      // Most rows of a batch end alike: one statement for all that do.
      const alike = Map.groupBy(outcomes, ([, outcome]) => JSON.stringify(columnsOf(outcome)));
      for (const [columns, group] of alike) {
        for (const [, chunk] of chunks(group, POSITIONS_CHUNK)) {
          await runTables(executor)
            .updateTable('run_changes')
            .set({ ...(JSON.parse(columns) as ReturnType<typeof columnsOf>), updated_at: stamp() })
            .where('run_id', '=', runId)
            .where(
              'position',
              'in',
              chunk.map(([position]) => position),
            )
            .execute();
        }
      }
    },
  };
}

/** Whether the last word on this row has been said. */
export function isSettled(row: RunRow): row is RunRow & { readonly progress: OutcomeWord } {
  return row.progress !== 'waiting' && row.progress !== 'sending';
}

const WAITING = { outcome: 'waiting', detail: null, site_error_id: null, created_id: null } as const;

function columnsOf(outcome: RowOutcome): Omit<RunChangesTable, 'run_id' | 'position' | 'change' | 'updated_at'> {
  return {
    outcome: outcome.outcome,
    detail: 'detail' in outcome ? (outcome.detail ?? null) : null,
    site_error_id: 'siteErrorId' in outcome ? (outcome.siteErrorId ?? null) : null,
    created_id: 'createdId' in outcome ? (outcome.createdId ?? null) : null,
  };
}

function toRunRow(row: Selectable<RunChangesTable>): RunRow {
  return {
    position: row.position,
    change: JSON.parse(row.change) as Change,
    progress: row.outcome as RunRow['progress'],
    detail: row.detail ?? undefined,
    siteErrorId: row.site_error_id ?? undefined,
    createdId: row.created_id ?? undefined,
    updatedAt: row.updated_at === null ? undefined : new Date(row.updated_at),
  };
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly [start: number, chunk: readonly T[]]> {
  for (let start = 0; start < items.length; start += size) yield [start, items.slice(start, start + size)];
}
