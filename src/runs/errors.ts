/** What can be wrong with a plan, with what is asked of a run, and with who asks it. */
import { ServiceError } from '../errors.ts';
import { said, type Said } from '../texts/said.ts';

/** The action proposed something that its own definition does not announce. Nothing of such a plan is done. */
export class PlanOutsideDeclarationError extends ServiceError {
  override readonly name = 'PlanOutsideDeclarationError';
  readonly code = 'plan_outside_declaration';
  readonly status = 502;
  /** @param problem - For the author, in English. */
  constructor(problem: string) {
    super(said('explanation.planOutside', { problem: { english: problem } }), said('remedy.planOutside'));
  }
}

/** The action proposed a value that ShotGrid would not take. Nothing of such a plan is done. */
export class PlanInvalidError extends ServiceError {
  override readonly name = 'PlanInvalidError';
  readonly code = 'plan_invalid';
  readonly status = 502;
  /** @param problem - For the author, in English. */
  constructor(problem: string) {
    super(said('explanation.planInvalid', { problem: { english: problem } }), said('remedy.planInvalid'));
  }
}

/** The action's definition does not let this person use it, or not here. */
export class ActionNotAllowedError extends ServiceError {
  override readonly name = 'ActionNotAllowedError';
  readonly code = 'action_not_allowed';
  readonly status = 403;
}

/** Only the person's own session will do here, and there is none. */
export class OwnSessionNeededError extends ServiceError {
  override readonly name = 'OwnSessionNeededError';
  readonly code = 'own_session_needed';
  readonly status = 403;
  constructor() {
    super(said('explanation.ownSessionNeeded'), said('remedy.approveOwnSession'));
  }
}

/** The action's own code broke; how, is in the cause, for the log alone. */
export class ActionFailedError extends ServiceError {
  override readonly name = 'ActionFailedError';
  readonly code = 'action_failed';
  readonly status = 502;
  constructor(cause: unknown) {
    super(said('explanation.actionFailed'), said('remedy.actionFailed'), { cause });
  }
}

/** The run cannot be undone or tried again, or not any more. */
export class FollowUpRefusedError extends ServiceError {
  override readonly name = 'FollowUpRefusedError';
  readonly code: 'undo_refused' | 'retry_refused';
  readonly status = 409;
  constructor(kind: 'undo' | 'retry', message: Said, remedy: Said) {
    super(message, remedy);
    this.code = `${kind}_refused`;
  }
}

/** Somebody else's run. */
export class RunNotYoursError extends ServiceError {
  override readonly name = 'RunNotYoursError';
  readonly code = 'run_not_yours';
  readonly status = 403;
  constructor(what: 'undo' | 'retry' | 'cancel') {
    super(said('explanation.runNotYours', { what }), said('remedy.runNotYours'));
  }
}
