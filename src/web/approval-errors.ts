/** What can become of an approval that a person was asked for in ShotGrid. */
import { ServiceError } from '../errors.ts';
import { said } from '../texts/said.ts';
import type { ApprovalState } from '../session/approvals.ts';

export class ApprovalDeniedError extends ServiceError {
  override readonly name = 'ApprovalDeniedError';
  readonly code = 'approval_denied';
  readonly status = 403;
  constructor() {
    super(said('explanation.approvalDenied'), said('remedy.approvalDenied'));
  }
}

export class ApprovalExpiredError extends ServiceError {
  override readonly name = 'ApprovalExpiredError';
  readonly code = 'approval_expired';
  readonly status = 403;
  constructor() {
    super(said('explanation.approvalExpired'), said('remedy.approvalExpired'));
  }
}

/** The session that came of it was thrown away unused. */
export class ApprovedByAnotherError extends ServiceError {
  override readonly name = 'ApprovedByAnotherError';
  readonly code = 'approval_other_person';
  readonly status = 403;
  constructor() {
    super(said('explanation.approvalOfAnother'), said('remedy.approvalOfAnother'));
  }
}

export class ApprovalLostError extends ServiceError {
  override readonly name = 'ApprovalLostError';
  readonly code = 'approval_lost';
  readonly status = 503;
  constructor() {
    super(said('explanation.approvalLost'), said('remedy.approvalLost'));
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
