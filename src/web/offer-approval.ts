/** Where a person is not acted for, or their own session is over: whether they can go on as themselves, and how. */
import type { Request } from 'express';
import type { ServiceError } from '../errors.ts';
import type { SiteInfo } from '../shotgrid/site-info.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import type { FindMatter } from './matter.ts';
import { presentApproval, type ApprovalShown } from './present-approval.ts';
import { contextOf } from './request-context.ts';
import { wantsJson } from './respond.ts';

export type Offer = {
  /** Of the approval's own page. */
  readonly path: string;
  /** Instead of any refusal: the action says from the start that it is done so. */
  readonly goThere: boolean;
  /** The approval to be given, for the page of the refusal itself. */
  readonly approval?: ApprovalShown | undefined;
};

/** Undefined where there is no such way. Never throws: a refusal stands also without an offer. */
export type OfferApproval = (request: Request, error: ServiceError) => Promise<Offer | undefined>;

const REFUSED: ReadonlySet<string> = new Set(['sudo_flag_off', 'sudo_admin_refused', 'sudo_refused_by_site']);
const OVER: ReadonlySet<string> = new Set(['site_session_ended', 'site_session_mismatch']);
const NEEDED = 'own_session_needed';

export function createOfferApproval(deps: {
  readonly desk: ApprovalDesk;
  readonly findMatter: FindMatter;
  readonly readSite: () => Promise<SiteInfo>;
}): OfferApproval {
  return async function offerApproval(request, error) {
    const { code } = error;
    if (!REFUSED.has(code) && !OVER.has(code) && code !== NEEDED) return undefined;
    try {
      const found = await deps.findMatter(request);
      if (found === undefined) return undefined;
      const { matter } = found;
      if (OVER.has(code)) await deps.desk.dropEnded(matter.holder, matter.context, error);
      const path = `${found.path}/approval`;
      if (code === NEEDED) return { path, goThere: !wantsJson(request) };
      if (!(await deps.readSite()).appSessionLauncherEnabled) return undefined;
      // A program asks for itself; and with a session that is here already, there is nothing to be approved.
      if (wantsJson(request) || (await deps.desk.session(matter.holder)) !== undefined) return { path, goThere: false };
      const approval = (await deps.desk.find(matter)) ?? (await deps.desk.begin(matter));
      // What it came to, if it has ended, is told on its own page.
      const isWaiting = approval.state === 'waiting';
      return { path, goThere: false, approval: isWaiting ? presentApproval(approval, { path }) : undefined };
    } catch (trouble) {
      const reason = trouble instanceof Error ? trouble.message : 'unknown';
      contextOf(request).log.warn({ reason }, 'no approval could be offered');
      return undefined;
    }
  };
}
