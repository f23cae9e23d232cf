/** Which rows go into one call. Pure. */
import type { Change } from '../actions/plan.ts';

/** A revive is a call of its own, and a batch of them is only a group of calls. */
const REVIVES_A_BATCH = 8;
/** Below this a call of its own costs more than it saves. */
const LEAST_ROWS = 10;

/**
 * Rows in order, in groups of at most `batchRows`, as even as they come, and as many groups as there are calls at a time where that
 * makes all of them end sooner.
 */
export function splitBatches<T extends { readonly change: Change }>(
  rows: readonly T[],
  limits: { readonly batchRows: number; readonly concurrency: number },
): readonly (readonly T[])[] {
  const revives = rows.filter(({ change }) => change.kind === 'revive');
  const others = rows.filter(({ change }) => change.kind !== 'revive');
  const fewest = Math.ceil(others.length / limits.batchRows);
  const rounds = Math.ceil(fewest / limits.concurrency);
  const worthwhile = Math.floor(others.length / LEAST_ROWS);
  const count = Math.max(fewest, Math.min(rounds * limits.concurrency, worthwhile));
  return [...inGroups(others, count), ...inGroups(revives, Math.ceil(revives.length / REVIVES_A_BATCH))];
}

function inGroups<T>(rows: readonly T[], count: number): readonly (readonly T[])[] {
  return Array.from({ length: count }, (_, index) =>
    rows.slice(Math.floor((index * rows.length) / count), Math.floor(((index + 1) * rows.length) / count)),
  );
}
