/** What can be wrong with an action, as its caller and its author are told. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';

/** The menu item calls an action that this server does not have. */
export class ActionUnknownError extends ServiceError {
  override readonly name = 'ActionUnknownError';
  readonly code = 'action_unknown';
  readonly status = 404;
  constructor() {
    super(said('explanation.actionUnknown'), said('remedy.actionUnknown'));
  }
}

/** The action cannot be used on what was selected. */
export class ActionNotApplicableError extends ServiceError {
  override readonly name = 'ActionNotApplicableError';
  readonly code = 'action_not_applicable';
  readonly status = 400;
}

/** Files under the actions folder that cannot be used; `problems` say file, line and what to write instead. */
export class ActionFilesError extends Error {
  override readonly name = 'ActionFilesError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `The action files have ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n  ${problems.join('\n  ')}`,
    );
    this.problems = problems;
  }
}
