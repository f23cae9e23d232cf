/**
 * What can go wrong between us and the ShotGrid site. Messages are safe to show; of the site's own words only
 * a sanitised, capped line is kept, in `site`.
 */
import { ServiceError } from '../errors.ts';
import { said, type SaidKey } from '../texts/said.ts';

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

const UNAVAILABLE: Record<UnavailableReason, readonly [message: SaidKey, remedy: SaidKey]> = {
  unreachable: ['explanation.siteUnreachable', 'remedy.siteUnavailable'],
  timed_out: ['explanation.siteTimedOut', 'remedy.siteUnavailable'],
  busy: ['explanation.siteBusy', 'remedy.tryInAMinute'],
  rate_limited: ['explanation.siteRateLimited', 'remedy.tryInMinutes'],
  site_error: ['explanation.siteError', 'remedy.siteUnavailable'],
  unreadable: ['explanation.siteUnreadable', 'remedy.siteUnreadable'],
  blocked: ['explanation.siteBlocked', 'remedy.siteBlocked'],
  script_refused: ['explanation.siteScriptRefused', 'remedy.siteScriptRefused'],
  closed: ['explanation.siteClosed', 'remedy.tryInAMinute'],
};

/**
 * No usable answer from the site. For a write this says more: it is certain that nothing was applied
 * (otherwise the error is {@link OutcomeUnknownError}).
 */
export class ShotgridUnavailableError extends ServiceError {
  override readonly name = 'ShotgridUnavailableError';
  readonly code = 'shotgrid_unavailable';
  readonly status = 503;
  readonly reason: UnavailableReason;
  /** Machine word of the failure (`ECONNREFUSED`, `status 502` …), for logs. */
  readonly failure: string | undefined;
  readonly site: SiteFault | undefined;

  constructor(
    reason: UnavailableReason,
    details: { readonly failure?: string; readonly site?: SiteFault | undefined } = {},
  ) {
    const [message, remedy] = UNAVAILABLE[reason];
    super(said(message), said(remedy));
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

  /** @param texts - The message twice: as it is where the site gave no reason, and with its `words`. */
  constructor(
    texts: { readonly alone: SaidKey; readonly because: SaidKey; readonly remedy: SaidKey },
    site: SiteFault,
  ) {
    super(
      site.message === '' ? said(texts.alone) : said(texts.because, { words: { english: site.message } }),
      said(texts.remedy),
    );
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

  constructor(site: SiteFault) {
    super(
      {
        alone: 'explanation.siteRefused',
        because: 'explanation.siteRefusedBecause',
        remedy: 'remedy.siteRefused',
      },
      site,
    );
  }
}

/** HTTP 404: the row, the type or the route is not there (or not for this person). Nothing was applied. */
export class ShotgridNotFoundError extends SiteFaultError {
  override readonly name = 'ShotgridNotFoundError';
  readonly code = 'shotgrid_not_found';
  readonly status = 404;

  constructor(site: SiteFault) {
    super(
      {
        alone: 'explanation.siteNotFound',
        because: 'explanation.siteNotFoundBecause',
        remedy: 'remedy.siteNotFound',
      },
      site,
    );
  }
}

/** The site does not understand the request (other 4xx, 3xx), or it is malformed here already. Nothing was applied. */
export class ShotgridRequestError extends SiteFaultError {
  override readonly name = 'ShotgridRequestError';
  readonly code = 'shotgrid_request_invalid';
  readonly status = 502;

  constructor(site: SiteFault) {
    super(
      {
        alone: 'explanation.siteRequestInvalid',
        because: 'explanation.siteRequestInvalidBecause',
        remedy: 'remedy.siteRequestInvalid',
      },
      site,
    );
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
  /** Machine word of the failure (`timed_out`, `ECONNRESET`, `status 502` …), for logs. */
  readonly failure: string;
  readonly site: SiteFault | undefined;

  constructor(failure: string, site?: SiteFault) {
    super(said('explanation.outcomeUnknown'), said('remedy.outcomeUnknown'));
    this.failure = failure;
    this.site = site;
  }
}
