/**
 * Who performs a run at this moment. A lease is a token with an end; whoever cannot show its token any more has lost the run and
 * may neither send nor settle. Every mark before a batch renews it, so nobody takes a run over sooner than one lease after
 * the last batch was sent.
 */
import { createRowStore } from './row-store.ts';
import { runTables, type Executor } from './run-tables.ts';

/** Another process has taken the run over. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  constructor() {
    super('this run is performed by another process now');
  }
}

export type Lease = { readonly runId: string; readonly token: string; readonly seconds: number };

export function createLeases(database: Executor, now: () => Date) {
  const db = runTables(database);
  const stamp = (): string => now().toISOString();
  const endOf = (seconds: number): string => new Date(now().getTime() + seconds * 1000).toISOString();

  /**
   * Renews the lease, within a transaction that does what only its holder may: nobody can take the run before it commits.
   *
   * @throws {@link LeaseLostError} when it is another's.
   */
  async function holdLease(executor: Executor, { runId, token, seconds }: Lease): Promise<void> {
    const { numUpdatedRows } = await runTables(executor)
      .updateTable('runs')
      .set({ lease_until: endOf(seconds) })
      .where('id', '=', runId)
      .where('lease_token', '=', token)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new LeaseLostError();
  }

  return {
    holdLease,

    /** The lease renewed. @throws {@link LeaseLostError} */
    renewLease: (lease: Lease): Promise<void> => holdLease(database, lease),

    /**
     * Marks rows as being sent, within a transaction and while the lease is ours: whoever takes the run over finds either the mark, or
     * the row untouched. False when the run was asked to stop; then nothing is marked and nothing may be sent.
     *
     * @throws {@link LeaseLostError}
     */
    async markSending(executor: Executor, lease: Lease, positions: readonly number[]): Promise<boolean> {
      await holdLease(executor, lease);
      const run = await runTables(executor)
        .selectFrom('runs')
        .select('cancel_requested_at')
        .where('id', '=', lease.runId)
        .executeTakeFirst();
      if (run?.cancel_requested_at !== null) return false;
      await createRowStore(database, now).markRows(executor, lease.runId, positions);
      return true;
    },

    /** True when the run is unfinished and nobody else's now. */
    async takeLease({ runId, token, seconds }: Lease): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set({ lease_token: token, lease_until: endOf(seconds) })
        .where('id', '=', runId)
        .where('status', '=', 'running')
        .where((either) => either.or([either('lease_until', 'is', null), either('lease_until', '<', stamp())]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Lets the next process have it at once. */
    async releaseLease({ runId, token }: Lease): Promise<void> {
      await db
        .updateTable('runs')
        .set({ lease_token: null, lease_until: null })
        .where('id', '=', runId)
        .where('lease_token', '=', token)
        .execute();
    },

    /** Unfinished runs that nobody performs, oldest first; of new ones only those that wait since `forMs`. */
    async abandoned(forMs = 0): Promise<readonly string[]> {
      const rows = await db
        .selectFrom('runs')
        .select('id')
        .where('status', '=', 'running')
        .where((either) => either.or([either('lease_until', 'is', null), either('lease_until', '<', stamp())]))
        .where('created_at', '<=', new Date(now().getTime() - forMs).toISOString())
        .orderBy('created_at')
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}
