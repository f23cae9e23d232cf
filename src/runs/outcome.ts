/** What became of a row, and of a run: the words that page, record and JSON share. Pure. */

/** Final word on one row. `unknown` is said when nobody can tell, and is never turned into a guess. */
export type RowOutcome =
  | { readonly outcome: 'done' | 'already_so' }
  | {
      readonly outcome: 'refused' | 'failed' | 'unknown';
      /** Why, in words that are safe to show. */
      readonly detail: string;
      /** ShotGrid's own name for the request that failed. */
      readonly siteErrorId?: string | undefined;
    };

export type OutcomeWord = RowOutcome['outcome'];

export const OUTCOME_WORDS: readonly OutcomeWord[] = ['done', 'already_so', 'refused', 'failed', 'unknown'];

export type RunCounts = Readonly<Record<OutcomeWord | 'waiting', number>>;

export function countOutcomes(outcomes: Iterable<OutcomeWord | undefined>): RunCounts {
  const counts = { done: 0, already_so: 0, refused: 0, failed: 0, unknown: 0, waiting: 0 };
  for (const outcome of outcomes) counts[outcome ?? 'waiting'] += 1;
  return counts;
}
