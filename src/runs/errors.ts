/** What can be wrong with a plan, with what is asked of a run, and with who asks it. */
import { ServiceError } from '../errors.ts';

/** The action proposed something that its own definition does not announce. Nothing of such a plan is done. */
export class PlanOutsideDeclarationError extends ServiceError {
  override readonly name = 'PlanOutsideDeclarationError';
  readonly code = 'plan_outside_declaration';
  readonly status = 502;
  readonly remedy =
    'Tell the author of the action: what it proposes must stay within what its definition says it touches.';
  constructor(what: string) {
    super(`The action proposed more than it may do: ${what}.`);
  }
}

/** The action proposed a value that ShotGrid would not take. Nothing of such a plan is done. */
export class PlanInvalidError extends ServiceError {
  override readonly name = 'PlanInvalidError';
  readonly code = 'plan_invalid';
  readonly status = 502;
  readonly remedy = 'Tell the author of the action which row and field it is about, or answer its form differently.';
  constructor(what: string) {
    super(`The action proposed something that ShotGrid would not take: ${what}.`);
  }
}

/** The action's definition does not let this person use it, or not here. */
export class ActionNotAllowedError extends ServiceError {
  override readonly name = 'ActionNotAllowedError';
  readonly code = 'action_not_allowed';
  readonly status = 403;
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Only the person's own session will do here, and there is none. */
export class OwnSessionNeededError extends ServiceError {
  override readonly name = 'OwnSessionNeededError';
  readonly code = 'own_session_needed';
  readonly status = 403;
  readonly remedy =
    'Approve in ShotGrid that this server acts for you with your own session; nothing you typed is lost.';
  constructor() {
    super('This is done by yourself, with your own session in ShotGrid, and not by the script of this server.');
  }
}

/** The action's own code broke; how, is in the cause, for the log alone. */
export class ActionFailedError extends ServiceError {
  override readonly name = 'ActionFailedError';
  readonly code = 'action_failed';
  readonly status = 502;
  readonly remedy =
    'Try again. If it happens twice, tell the author of the action; what broke is in the log of this server.';
  constructor(cause: unknown) {
    super('The action could not say what it would change.', { cause });
  }
}

/** The run cannot be undone or tried again, or not any more. */
export class FollowUpRefusedError extends ServiceError {
  override readonly name = 'FollowUpRefusedError';
  readonly code: 'undo_refused' | 'retry_refused';
  readonly status = 409;
  readonly remedy: string;
  constructor(kind: 'undo' | 'retry', message: string, remedy: string) {
    super(message);
    this.code = `${kind}_refused`;
    this.remedy = remedy;
  }
}

/** Somebody else's run. */
export class RunNotYoursError extends ServiceError {
  override readonly name = 'RunNotYoursError';
  readonly code = 'run_not_yours';
  readonly status = 403;
  readonly remedy = 'Ask the person who confirmed the run, or an administrator of this server.';
  constructor(what: string) {
    super(`This run was confirmed by somebody else, so you cannot ${what} it.`);
  }
}
