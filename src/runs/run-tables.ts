/** The tables of runs as the database has them. Times are RFC 3339 UTC text, objects JSON text. */
import type { Kysely } from 'kysely';

export type RunsTable = {
  id: string;
  launch_id: string | null;
  undo_of: string | null;
  retry_of: string | null;
  action_id: string;
  /** The run's context; its changes are rows of their own. */
  plan: string;
  actor: string;
  status: string;
  created_at: string;
  finished_at: string | null;
  cancel_requested_at: string | null;
  lease_token: string | null;
  lease_until: string | null;
};

export type RunChangesTable = {
  run_id: string;
  position: number;
  change: string;
  /** `waiting`, `sending`, or an outcome. */
  outcome: string;
  detail: string | null;
  site_error_id: string | null;
  created_id: number | null;
  updated_at: string | null;
};

/** A transaction or the database itself. */
export type Executor = Kysely<object>;

/** `read_only`, or `action:` and an id: what is switched off. */
export type SwitchesTable = { name: string; reason: string; by_login: string; by_name: string; since: string };

export type RunTables = { runs: RunsTable; run_changes: RunChangesTable; switches: SwitchesTable };

export function runTables(executor: Executor): Kysely<RunTables> {
  return executor.$extendTables<RunTables>();
}
