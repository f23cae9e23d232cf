/** With whose rights a run writes: by the script's sudo, or by the person's own session for as long as that is kept for the run. */
import type { Shotgrid, ShotgridClient } from '../shotgrid/client.ts';
import { SiteSessionEndedError } from '../shotgrid/own-session-errors.ts';
import { selfClient, sudoClient, type OwnSession } from './resolve-actor.ts';
import type { Run } from './run-store.ts';
import type { Executor } from './run-tables.ts';

/** The own sessions that runs are done with, while their people are not there. */
export type RunSessions = {
  /** Undefined once it was forgotten: the person signed out, or said so. */
  find(run: Pick<Run, 'id' | 'actor'>): Promise<OwnSession | undefined>;
  /** The run has ended. */
  forget(executor: Executor, runId: string): Promise<void>;
};

/** @throws {@link SiteSessionEndedError} when the run's own session is not kept any more: it is never done otherwise. */
export type RunClient = () => Promise<ShotgridClient>;

export function createRunClient(
  deps: { readonly shotgrid: Shotgrid; readonly ownSessions?: RunSessions | undefined },
  run: Pick<Run, 'id' | 'actor'>,
): RunClient {
  const { actor } = run;
  if (actor.bySelf !== true) {
    const client = sudoClient(deps.shotgrid, actor);
    return () => Promise.resolve(client);
  }
  return async () => {
    // Looked up each time: access tokens that were had before live on for minutes, and whether we may still use them is ours to see to.
    const own = await deps.ownSessions?.find(run);
    if (own === undefined) throw new SiteSessionEndedError();
    return selfClient(deps.shotgrid, actor, own);
  };
}
