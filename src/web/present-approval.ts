/** An approval as its page shows it, and as the page asks for it again and again. Pure. */
import type { Approval } from '../session/approvals.ts';
import { refusalOf } from './approval-errors.ts';
import { timeText } from './present.ts';

export type ApprovalShown = {
  readonly path: string;
  /** For asking again; absent where that is not offered. */
  readonly csrf?: string | undefined;
  readonly isWaiting: boolean;
  /** Where the person approves; on the site. */
  readonly url: string | undefined;
  readonly until: string;
  readonly untilText: string;
};

export function presentApproval(
  { state, request, expiresAt }: Approval,
  { path, csrf }: Pick<ApprovalShown, 'path' | 'csrf'>,
): ApprovalShown {
  return {
    path,
    csrf,
    isWaiting: state === 'waiting',
    url: state === 'waiting' ? request?.url : undefined,
    until: expiresAt.toISOString(),
    untilText: timeText(expiresAt),
  };
}

/** The JSON twin; `next` is where to go on once it is approved. */
export function approvalJson(
  approval: Approval,
  paths: { readonly path: string; readonly next: string; readonly csrf: string },
) {
  const { state, request, reference, expiresAt } = approval;
  const refusal = refusalOf(state);
  return {
    state,
    ...(state === 'waiting' ? { approveAt: request?.url, expiresAt: expiresAt.toISOString() } : {}),
    ...(state === 'approved' ? { next: paths.next } : {}),
    ...(refusal === undefined
      ? {}
      : {
          code: refusal.code,
          status: refusal.status,
          message: refusal.message,
          remedy: refusal.remedy,
          reference,
          again: { method: 'POST', path: paths.path, fields: { csrf: paths.csrf } },
        }),
  };
}
