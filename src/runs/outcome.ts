/** What became of a row, and of a run: the words that page, record and JSON share. Pure. */

/** Final word on one row. `unknown` is said when nobody can tell, and is never turned into a guess. */
export type RowOutcome =
  | {
      readonly outcome: 'done';
      /** The id that ShotGrid gave to a row that was created. */
      readonly createdId?: number | undefined;
      /** What is worth knowing although it is done. */
      readonly detail?: string | undefined;
    }
  | { readonly outcome: 'already_so' }
  | {
      /** `not_done`: the run ended before the row's turn came, and nothing was sent for it. */
      readonly outcome: 'refused' | 'failed' | 'unknown' | 'not_done';
      /** Why, in words that are safe to show. */
      readonly detail: string;
      /** ShotGrid's own name for the request that failed. */
      readonly siteErrorId?: string | undefined;
    };

export type OutcomeWord = RowOutcome['outcome'];

export const OUTCOME_WORDS: readonly OutcomeWord[] = ['done', 'already_so', 'refused', 'failed', 'unknown', 'not_done'];

export type RunCounts = Readonly<Record<OutcomeWord | 'waiting', number>>;

/** Of a run: `cancelled` and `interrupted` ones have rows that are `not_done`; the others never. */
export type RunStatus = 'running' | 'finished' | 'cancelled' | 'interrupted';

export function countOutcomes(outcomes: Iterable<OutcomeWord | undefined>): RunCounts {
  const counts = noRows();
  for (const outcome of outcomes) counts[outcome ?? 'waiting'] += 1;
  return counts;
}

/** A tally to add to. */
export function noRows(): Record<OutcomeWord | 'waiting', number> {
  return { done: 0, already_so: 0, refused: 0, failed: 0, unknown: 0, not_done: 0, waiting: 0 };
}
