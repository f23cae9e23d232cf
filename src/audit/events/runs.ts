/** The vocabulary of the audit log: what was to be changed, and what became of it. See `compose.ts`. Pure. */
import type { AuditContext, AuditedChange, AuditedRowOutcome, AuditEvent } from '../event.ts';
import { ROWS_PER_RECORD, refused, event, rowOf, inParts, worstOf, type Refusal } from './compose.ts';

/**
 * The person confirmed the plan with this digest. `undoOf` is the run that it takes back, `retryOf` the one it goes on with,
 * `runOf` the login that run was done as: where an admin undoes for somebody, not the context's person.
 */
export function runConfirmed(
  context: AuditContext,
  run: {
    readonly digest: string;
    readonly undoOf?: string | undefined;
    readonly retryOf?: string | undefined;
    readonly runOf?: string | undefined;
  },
): AuditEvent {
  return event('run.confirmed', 'success', context, run);
}

/** A confirmation was not acted on: run already, plan changed, launch expired … */
export function runRefused(context: AuditContext, refusal: Refusal): AuditEvent {
  return refused('run.refused', context, refusal);
}

/** Somebody, the context's person, asked a run to stop before its next batch. `runOf` is the login that it acts as. */
export function runCancelled(
  context: AuditContext,
  run: { readonly runOf: string; readonly because?: 'logout' | undefined },
): AuditEvent {
  return event('run.cancelled', 'success', context, run);
}

/** What a run is about to write; durable before the first write. Nothing to change is said too. */
export function changesIntended(context: AuditContext, changes: readonly AuditedChange[]): readonly AuditEvent[] {
  const rows = changes.map((change, position) => ({ position, ...change }));
  return inParts(rows, ROWS_PER_RECORD).map(({ items, ...part }) =>
    event('changes.intended', 'intended', context, { ...part, total: changes.length, rows: items.map(rowOf) }),
  );
}

/** What became of some of a run's rows, as soon as it is known. */
export function changesPerformed(context: AuditContext, outcomes: readonly AuditedRowOutcome[]): readonly AuditEvent[] {
  return inParts(outcomes, ROWS_PER_RECORD).map(({ items, ...part }) =>
    event('changes.performed', worstOf(items.map((row) => row.outcome)), context, { ...part, rows: items.map(rowOf) }),
  );
}

/** A run came to its end; `counts` are rows by outcome. */
export function runFinished(
  context: AuditContext,
  run: { readonly counts: Readonly<Record<string, number>>; readonly note?: string | undefined },
): AuditEvent {
  const words = Object.keys(run.counts).filter((word) => (run.counts[word] ?? 0) > 0);
  return event('run.finished', worstOf(words), context, run);
}
