/** Whether a run undoes what its action did: an undo of an undo does it again, a retry goes on in the same direction. */
import type { RunOrigin, RunStore } from './run-store.ts';

/** @param origin - Of a run that may not exist yet. */
export async function isTakingBack(runs: Pick<RunStore, 'find'>, origin: RunOrigin): Promise<boolean> {
  let takesBack = false;
  let run: RunOrigin | undefined = origin;
  while (run !== undefined) {
    if (run.undoOf !== undefined) takesBack = !takesBack;
    const earlier: string | undefined = run.undoOf ?? run.retryOf;
    if (earlier === undefined) return takesBack;
    run = await runs.find(earlier);
  }
  // Of a run that is gone nobody can tell.
  return false;
}
