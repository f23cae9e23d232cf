/** Refusals of the auditors' pages. */
import { ServiceError } from '../errors.ts';
import { inEnglish, said, type Said } from '../texts/said.ts';

/** A search that cannot be understood as it stands; `problems` says what is wrong with which part. */
export class AuditFilterError extends ServiceError {
  override readonly name = 'AuditFilterError';
  readonly code = 'audit_filter_invalid';
  readonly status = 400;
  /** In English, by name. */
  readonly problems: Readonly<Record<string, string>>;
  constructor(problems: ReadonlyMap<string, Said>) {
    const each = [...problems].map(([name, problem]) => said('explanation.searchProblem', { name, problem }));
    super(said('explanation.searchInvalid', { problems: each }), said('remedy.searchInvalid'));
    this.problems = Object.fromEntries([...problems].map(([name, problem]) => [name, inEnglish(problem)]));
  }
}

/** No checkpoint of this size was signed, or none at all. */
export class CheckpointUnknownError extends ServiceError {
  override readonly name = 'CheckpointUnknownError';
  readonly code = 'checkpoint_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.checkpointUnknown'), said('remedy.checkpointUnknown'));
  }
}

/** No record has this number. */
export class RecordUnknownError extends ServiceError {
  override readonly name = 'RecordUnknownError';
  readonly code = 'record_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.recordUnknown'), said('remedy.recordUnknown'));
  }
}
