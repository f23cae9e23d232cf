/** What can go wrong with a remote service: it gave no plan, or one that is not to be believed. */
import { ServiceError } from '../../errors.ts';
import { said, type SaidKey } from '../../texts/said.ts';

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

const MESSAGES: Readonly<Record<UnavailableReason, SaidKey>> = {
  not_configured: 'explanation.remoteNotConfigured',
  address_refused: 'explanation.remoteAddressRefused',
  connection: 'explanation.remoteConnection',
  timed_out: 'explanation.remoteTimedOut',
  redirect: 'explanation.remoteRedirect',
  status: 'explanation.remoteStatus',
  content_type: 'explanation.remoteContentType',
  too_large: 'explanation.remoteTooLarge',
  not_json: 'explanation.remoteNotJson',
  aborted: 'explanation.remoteAborted',
};

/** The service gave nothing that could be a plan. */
export class RemoteUnavailableError extends ServiceError {
  override readonly name = 'RemoteUnavailableError';
  readonly code = 'remote_unavailable';
  readonly status: 502 | 503 | 504;
  readonly reason: UnavailableReason;
  /** For the log, not for the page: host, status or machine word of the failure; nothing of what the service sent. */
  readonly diagnosis: string | undefined;

  constructor(reason: UnavailableReason, diagnosis?: string) {
    const isForAdmins = reason === 'not_configured' || reason === 'address_refused';
    super(said(MESSAGES[reason]), said(isForAdmins ? 'remedy.remoteNotConfigured' : 'remedy.remoteUnavailable'));
    this.reason = reason;
    this.diagnosis = diagnosis;
    this.status = reason === 'timed_out' ? 504 : reason === 'not_configured' ? 503 : 502;
  }
}

const SHOWN_PROBLEMS = 5;

/** The service's answer is no plan that could be used, and none of it is. */
export abstract class RemoteAnswerError extends ServiceError {
  /** `changes[3].fields.sg_status_list: …`; places and rules, never values that the service sent. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const more = problems.length - SHOWN_PROBLEMS;
    const shown = { english: problems.slice(0, SHOWN_PROBLEMS).join('; ') };
    super(
      more > 0
        ? said('explanation.remotePlanUnusableMore', { problems: shown, more })
        : said('explanation.remotePlanUnusable', { problems: shown }),
      said('remedy.remotePlanUnusable'),
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
