/**
 * What can go wrong between us and the ShotGrid site. Messages are safe to show; of the site's own words only
 * a sanitised, capped line is kept, in `site`.
 */
import { ServiceError } from '../errors.ts';

/** What the site itself said in its error envelope, made safe to show. */
export type SiteFault = {
  /** HTTP status of the answer. */
  readonly status: number;
  /** `errors[].code`: 102 authentication, 103 malformed, 104 refused or not there … */
  readonly code: number | undefined;
  /** `errors[].id`: the site's name for this request, which its support can look up. */
  readonly errorId: string | undefined;
  readonly message: string;
};

/** Why no usable answer came. */
export type UnavailableReason =
  | 'unreachable' // no connection, or it broke
  | 'timed_out'
  | 'busy' // our own queue for the site was full for too long
  | 'rate_limited' // 429 after the last attempt
  | 'site_error' // 5xx after the last attempt
  | 'unreadable' // not the JSON this API speaks, or too much of it
  | 'blocked' // 403: the site does not speak to this server
  | 'script_refused' // the script name or key is wrong
  | 'closed'; // this server is shutting down

const UNAVAILABLE: Record<UnavailableReason, readonly [message: string, remedy: string]> = {
  unreachable: [
    'The ShotGrid site cannot be reached.',
    'Try again in a minute. If it goes on, tell your ShotGrid admin.',
  ],
  timed_out: [
    'The ShotGrid site did not answer in time.',
    'Try again in a minute. If it goes on, tell your ShotGrid admin.',
  ],
  busy: ['Too many calls to the ShotGrid site are waiting.', 'Try again in a minute.'],
  rate_limited: ['The ShotGrid site asks us to slow down.', 'Try again in a few minutes.'],
  site_error: [
    'The ShotGrid site has a problem of its own.',
    'Try again in a minute. If it goes on, tell your ShotGrid admin.',
  ],
  unreadable: [
    'The ShotGrid site gave an answer that cannot be understood.',
    'Tell your ShotGrid admin: something between this server and the site may be answering in its place.',
  ],
  blocked: [
    'The ShotGrid site refuses to speak to this server.',
    "Tell your ShotGrid admin: the site may allow API calls from listed addresses only, and this server's is not among them.",
  ],
  script_refused: [
    'The ShotGrid site does not accept the script key of this server.',
    'Tell the people who run this server: the script name or script key is wrong, or the script was deleted.',
  ],
  closed: ['This server is shutting down.', 'Try again in a minute.'],
};

/**
 * No usable answer from the site. For a write this says more: it is certain that nothing was applied
 * (otherwise the error is {@link OutcomeUnknownError}).
 */
export class ShotgridUnavailableError extends ServiceError {
  override readonly name = 'ShotgridUnavailableError';
  readonly code = 'shotgrid_unavailable';
  readonly status = 503;
  readonly remedy: string;
  readonly reason: UnavailableReason;
  /** Machine word of the failure (`ECONNREFUSED`, `status 502` …), for logs. */
  readonly failure: string | undefined;
  readonly site: SiteFault | undefined;

  constructor(
    reason: UnavailableReason,
    details: { readonly failure?: string; readonly site?: SiteFault | undefined } = {},
  ) {
    super(UNAVAILABLE[reason][0]);
    this.remedy = UNAVAILABLE[reason][1];
    this.reason = reason;
    this.failure = details.failure;
    this.site = details.site;
  }
}

/** What the errors in which the site answered with a fault of ours or of the person's have in common. */
export abstract class SiteFaultError extends ServiceError {
  readonly site: SiteFault;
  readonly siteStatus: number;
  readonly siteCode: number | undefined;
  readonly siteErrorId: string | undefined;
  readonly siteMessage: string;

  constructor(message: string, site: SiteFault) {
    super(site.message === '' ? message : `${message}: ${site.message}`);
    this.site = site;
    this.siteStatus = site.status;
    this.siteCode = site.code;
    this.siteErrorId = site.errorId;
    this.siteMessage = site.message;
  }
}

/** HTTP 400 with code 104: the acting person may not do this, or a value is not legal. Nothing was applied. */
export class ShotgridRefusedError extends SiteFaultError {
  override readonly name = 'ShotgridRefusedError';
  readonly code = 'shotgrid_refused';
  readonly status = 403;
  readonly remedy = 'Ask your ShotGrid admin whether your permission group may do this, or choose other rows.';

  constructor(site: SiteFault) {
    super('ShotGrid refused this', site);
  }
}

/** HTTP 404: the row, the type or the route is not there (or not for this person). Nothing was applied. */
export class ShotgridNotFoundError extends SiteFaultError {
  override readonly name = 'ShotgridNotFoundError';
  readonly code = 'shotgrid_not_found';
  readonly status = 404;
  readonly remedy = 'Reload the ShotGrid page: the row may have been deleted meanwhile.';

  constructor(site: SiteFault) {
    super('ShotGrid does not have this', site);
  }
}

/** The site does not understand the request (other 4xx, 3xx), or it is malformed here already. Nothing was applied. */
export class ShotgridRequestError extends SiteFaultError {
  override readonly name = 'ShotgridRequestError';
  readonly code = 'shotgrid_request_invalid';
  readonly status = 502;
  readonly remedy = 'Tell the author of the action: it asks ShotGrid for something that is not possible.';

  constructor(site: SiteFault) {
    super('ShotGrid does not accept this request', site);
  }
}

/** A request refused here, before anything was sent. */
export function malformedRequest(message: string): ShotgridRequestError {
  return new ShotgridRequestError({ status: 0, code: undefined, errorId: undefined, message });
}

/** A write whose fate is not known: it may or may not have been applied, and is not sent again. Read back to decide. */
export class OutcomeUnknownError extends ServiceError {
  override readonly name = 'OutcomeUnknownError';
  readonly code = 'outcome_unknown';
  readonly status = 504;
  readonly remedy = 'Look at the rows in ShotGrid before you try again: the change may have been made.';
  /** Machine word of the failure (`timed_out`, `ECONNRESET`, `status 502` …), for logs. */
  readonly failure: string;
  readonly site: SiteFault | undefined;

  constructor(failure: string, site?: SiteFault) {
    super('It is not known whether ShotGrid made this change.');
    this.failure = failure;
    this.site = site;
  }
}
