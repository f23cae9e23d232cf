/** What can become of an approval that a person was asked for in ShotGrid. */
import { ServiceError } from '../errors.ts';
import type { ApprovalState } from '../session/approvals.ts';

export class ApprovalDeniedError extends ServiceError {
  override readonly name = 'ApprovalDeniedError';
  readonly code = 'approval_denied';
  readonly status = 403;
  readonly remedy = 'If that was a mistake, ask ShotGrid again and approve. Your click is still waiting here.';
  constructor() {
    super('The request was denied in ShotGrid.');
  }
}

export class ApprovalExpiredError extends ServiceError {
  override readonly name = 'ApprovalExpiredError';
  readonly code = 'approval_expired';
  readonly status = 403;
  readonly remedy = 'Ask ShotGrid again, and approve within five minutes. Your click is still waiting here.';
  constructor() {
    super('Nobody approved the request in time.');
  }
}

/** The session that came of it was thrown away unused. */
export class ApprovedByAnotherError extends ServiceError {
  override readonly name = 'ApprovedByAnotherError';
  readonly code = 'approval_other_person';
  readonly status = 403;
  readonly remedy =
    'Sign in to ShotGrid as yourself, then ask again. Never approve a request for somebody else, and never let anybody approve yours.';
  constructor() {
    super('The request was approved by somebody else than you, so nothing of that approval was kept.');
  }
}

export class ApprovalLostError extends ServiceError {
  override readonly name = 'ApprovalLostError';
  readonly code = 'approval_lost';
  readonly status = 503;
  readonly remedy = 'Ask again in a minute. Your click is still waiting here.';
  constructor() {
    super('ShotGrid stopped answering while your approval was waited for.');
  }
}

/** Undefined while nothing is wrong. */
export function refusalOf(state: ApprovalState): ServiceError | undefined {
  switch (state) {
    case 'waiting':
    case 'approved':
      return undefined;
    case 'denied':
      return new ApprovalDeniedError();
    case 'expired':
      return new ApprovalExpiredError();
    case 'other_person':
      return new ApprovedByAnotherError();
    case 'lost':
      return new ApprovalLostError();
  }
}
