/** Refusals of the auditors' pages. */
import { ServiceError } from '../errors.ts';

/** A search that cannot be understood as it stands; `problems` says what is wrong with which part. */
export class AuditFilterError extends ServiceError {
  override readonly name = 'AuditFilterError';
  readonly code = 'audit_filter_invalid';
  readonly status = 400;
  readonly remedy = 'Correct what is named and search again: nothing of what was typed is lost.';
  readonly problems: Readonly<Record<string, string>>;
  constructor(problems: ReadonlyMap<string, string>) {
    super(`This search cannot be understood: ${[...problems].map(([name, what]) => `${name} ${what}`).join('; ')}.`);
    this.problems = Object.fromEntries(problems);
  }
}

/** No checkpoint of this size was signed, or none at all. */
export class CheckpointUnknownError extends ServiceError {
  override readonly name = 'CheckpointUnknownError';
  readonly code = 'checkpoint_unknown';
  readonly status = 404;
  readonly remedy =
    'An export names its checkpoint; /audit/checkpoints/newest is the newest. Checkpoints are signed once AUDIT_CHECKPOINT_KEYS is set.';
  constructor() {
    super('No such checkpoint was signed.');
  }
}

/** No record has this number. */
export class RecordUnknownError extends ServiceError {
  override readonly name = 'RecordUnknownError';
  readonly code = 'record_unknown';
  readonly status = 404;
  readonly remedy =
    'Check the number. If a record of it was there before, verify the log: a missing record shows there.';
  constructor() {
    super('The log has no record of this number.');
  }
}
