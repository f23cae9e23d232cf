/** What can go wrong with a remote service: it gave no plan, or one that is not to be believed. */
import { ServiceError } from '../../errors.ts';

/** Why there was no answer to look at. Stable: logs and tests tell the cases apart by it. */
export type UnavailableReason =
  | 'not_configured'
  | 'address_refused'
  | 'connection'
  | 'timed_out'
  | 'redirect'
  | 'status'
  | 'content_type'
  | 'too_large'
  | 'not_json'
  | 'aborted';

const MESSAGES: Readonly<Record<UnavailableReason, string>> = {
  not_configured: 'This server is not set up to ask the service behind this action.',
  address_refused: 'The service behind this action is at an address that this server does not call.',
  connection: 'The service behind this action cannot be reached.',
  timed_out: 'The service behind this action did not answer in time.',
  redirect: 'The service behind this action answered with a redirect, which is not followed.',
  status: 'The service behind this action answered with an error.',
  content_type: 'The answer of the service behind this action is not JSON.',
  too_large: 'The answer of the service behind this action is too large.',
  not_json: 'The answer of the service behind this action is not JSON, or too deeply nested.',
  aborted: 'The service behind this action was not waited for.',
};

/** The service gave nothing that could be a plan. */
export class RemoteUnavailableError extends ServiceError {
  override readonly name = 'RemoteUnavailableError';
  readonly code = 'remote_unavailable';
  readonly status: 502 | 503 | 504;
  readonly remedy: string;
  readonly reason: UnavailableReason;
  /** For the log, not for the page: host, status or machine word of the failure; nothing of what the service sent. */
  readonly diagnosis: string | undefined;

  constructor(reason: UnavailableReason, diagnosis?: string) {
    super(MESSAGES[reason]);
    this.reason = reason;
    this.diagnosis = diagnosis;
    this.status = reason === 'timed_out' ? 504 : reason === 'not_configured' ? 503 : 502;
    this.remedy =
      reason === 'not_configured' || reason === 'address_refused'
        ? 'Tell your administrators: REMOTE_ORIGINS, REMOTE_PRIVATE_HOSTS or the secret of this service is missing.'
        : 'Try again in a minute. If it lasts, tell the people who look after this action.';
  }
}

const SHOWN_PROBLEMS = 5;

/** The service's answer is no plan that could be used, and none of it is. */
export abstract class RemoteAnswerError extends ServiceError {
  readonly remedy = 'Tell the people who look after this action; the message says what its service got wrong.';
  /** `changes[3].fields.sg_status_list: …`; places and rules, never values that the service sent. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const more = problems.length - SHOWN_PROBLEMS;
    super(
      `The plan of the service behind this action cannot be used: ${problems.slice(0, SHOWN_PROBLEMS).join('; ')}` +
        (more > 0 ? `; and ${more} more.` : '.'),
    );
    this.problems = problems;
  }
}

/** The answer is malformed, or cannot be meant for these rows. */
export class RemotePlanError extends RemoteAnswerError {
  override readonly name = 'RemotePlanError';
  readonly code = 'remote_plan_invalid';
  readonly status = 502;
}

/** The plan proposes what the action's own file does not announce: the same code as for every kind of action. */
export class RemoteOverstepError extends RemoteAnswerError {
  override readonly name = 'RemoteOverstepError';
  readonly code = 'plan_outside_declaration';
  readonly status = 502;
}
