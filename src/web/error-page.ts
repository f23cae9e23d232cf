/** The only place where an error becomes an answer: page or JSON, with code, reference and what to do next. */
import type { ErrorRequestHandler, Request } from 'express';
import { ServiceError } from '../errors.ts';
import { isFramed } from '../session/frame.ts';
import type { TextKey } from '../texts/language.ts';
import { RequestMalformedError, UnexpectedError } from './errors.ts';
import { headingOf } from './heading.ts';
import type { Offer, OfferApproval } from './offer-approval.ts';
import { contextOf, type Story } from './request-context.ts';
import type { Respond } from './respond.ts';

/** Codes after which the click is still waiting, so that its page can be tried again. */
const LAUNCH_SURVIVES: ReadonlySet<string> = new Set([
  'login_failed',
  'identity_mismatch',
  'person_unknown',
  'sudo_flag_off',
  'sudo_inactive',
  'sudo_admin_refused',
  'sudo_refused_by_site',
  'own_session_needed',
  'site_session_ended',
  'site_session_mismatch',
  'approval_off',
  'csrf_invalid',
  'hand_over_invalid',
  'plan_changed',
  'action_off',
  'read_only',
  'audit_unavailable',
  'shotgrid_unavailable',
  'idp_unavailable',
  'store_unavailable',
  'remote_unavailable',
  'remote_plan_invalid',
  'action_failed',
  'plan_invalid',
  'plan_outside_declaration',
  'proof_unavailable',
  'token_exchange_failed',
  'unexpected',
]);

/** Refusals that do not meet a person who comes with their own session on the site. */
const OWN_SESSION_HELPS: ReadonlySet<string> = new Set([
  'sudo_flag_off',
  'sudo_admin_refused',
  'own_session_needed',
  'site_session_ended',
  'approval_off',
]);

export function errorPage(deps: {
  readonly respond: Respond;
  readonly siteUrl: string;
  /** Seals the refusal; answers false when it could not be recorded. Never throws. */
  readonly recordRefusal: (request: Request, error: ServiceError) => Promise<void>;
  readonly offerApproval?: OfferApproval;
  /** Whether people may sign in with their password on the site, which opens a session of their own. */
  readonly hasPasswords?: boolean;
}): ErrorRequestHandler {
  return async function answerError(thrown: unknown, request, response, _next) {
    const error = toServiceError(thrown);
    const { log, reference, story } = contextOf(request);
    if (response.headersSent) {
      // The answer has gone; what failed after it (a session's touch, a broken download) is no refusal.
      log.error({ code: error.code, err: describe(thrown) }, 'failed after the answer had begun');
      if (!response.writableEnded) response.destroy();
      return;
    }
    const line = { code: error.code, err: error instanceof UnexpectedError ? describe(error.cause) : describe(error) };
    if (error.status >= 500) log.error(line, 'refused');
    else log.info(line, 'refused');
    const offer = await deps.offerApproval?.(request, error);
    if (offer?.goThere === true) {
      response.redirect(303, offer.path);
      return;
    }
    await deps.recordRefusal(request, error);
    if ('retryAfterSeconds' in error) response.set('Retry-After', String(error.retryAfterSeconds));
    const steps = isFramed(request)
      ? stepsInFrame(error.code, story, deps.siteUrl, offer)
      : nextSteps(error.code, story, deps.siteUrl, { offer, hasPasswords: deps.hasPasswords === true });
    deps.respond(request, response, {
      status: error.status,
      page: 'error',
      model: ({ t }) => ({
        title: t(headingOf(error.code)),
        narrow: true,
        heading: t(headingOf(error.code)),
        message: error.said.message,
        remedy: error.said.remedy,
        nothingChanged: error.status !== 404,
        approval: offer?.approval,
        ...(offer?.approval === undefined ? {} : { style: 'approval.css', scripts: ['approval.js'] }),
        code: error.code,
        reference,
        actions: steps.map((step) => ({ ...step, label: t(step.label) })),
      }),
      json: {
        code: error.code,
        status: error.status,
        message: error.message,
        remedy: error.remedy,
        reference,
        ...(offer === undefined ? {} : { approval: offer.path }),
      },
    });
  };
}

type Step = { readonly label: TextKey; readonly href: string; readonly quiet: boolean; readonly target?: string };

/** Where the approval is not asked for on this very page. */
function stepOffered(offer: Offer | undefined): readonly Step[] {
  if (offer === undefined || offer.approval !== undefined) return [];
  return [{ label: 'error.continueAsYourself', href: offer.path, quiet: false }];
}

type Place = Pick<Story, 'launchId' | 'runId' | 'resumePath'>;

function nextSteps(
  code: string,
  { launchId, resumePath }: Place,
  siteUrl: string,
  { offer, hasPasswords }: { readonly offer: Offer | undefined; readonly hasPasswords: boolean },
): readonly Step[] {
  const steps: Step[] = [...stepOffered(offer)];
  if (launchId !== undefined && LAUNCH_SURVIVES.has(code)) {
    const launch = resumePath ?? `/launches/${launchId}`;
    if (hasPasswords && OWN_SESSION_HELPS.has(code)) {
      steps.push({
        label: 'error.signInWithPassword',
        href: `/login?return_to=${encodeURIComponent(launch)}&prompt=login`,
        quiet: offer !== undefined,
      });
    }
    if (code === 'identity_mismatch' || code === 'login_failed') {
      steps.push({
        label: code === 'login_failed' ? 'error.signInAgain' : 'error.signInAsOther',
        href: `/login?return_to=${encodeURIComponent(launch)}&prompt=login`,
        quiet: false,
      });
    } else if (code === 'token_exchange_failed') {
      // A fresh sign-in brings fresh tokens; at the provider that often takes no typing.
      const href = `/login?return_to=${encodeURIComponent(launch)}&again=1`;
      steps.push({ label: 'error.signInAgain', href, quiet: false });
    } else steps.push({ label: 'error.tryAgain', href: launch, quiet: steps.length > 0 || offer !== undefined });
  } else if (code === 'login_failed') {
    steps.push({ label: 'error.signInAgain', href: '/login', quiet: false });
  }
  return [...steps, { label: 'common.backToShotGrid', href: siteUrl, quiet: steps.length > 0 }];
}

/** In ShotGrid's page the way to the identity provider leads through a window, which the launch's own page offers. */
function stepsInFrame(
  code: string,
  { launchId, runId }: Place,
  siteUrl: string,
  offer: Offer | undefined,
): readonly Step[] {
  const steps: Step[] = [...stepOffered(offer)];
  if (launchId !== undefined && LAUNCH_SURVIVES.has(code)) {
    const launch = `/launches/${launchId}`;
    if (code === 'identity_mismatch') {
      steps.push({ label: 'error.signInAsOther', href: `${launch}?sign_in=other`, quiet: false });
    } else if (code === 'token_exchange_failed') {
      steps.push({ label: 'error.signInAgain', href: `${launch}?sign_in=again`, quiet: false });
    } else steps.push({ label: 'error.tryAgain', href: launch, quiet: offer !== undefined });
  } else if (code === 'login_required' && runId !== undefined) {
    steps.push({ label: 'error.openRunInTab', href: `/runs/${runId}`, quiet: false, target: '_blank' });
  }
  return [...steps, { label: 'common.backToShotGrid', href: siteUrl, quiet: steps.length > 0, target: '_top' }];
}

/** Errors of Express and its body readers carry a status of their own; everything else nobody expected. */
function toServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  if (thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number') {
    if (thrown.status >= 400 && thrown.status < 500) {
      return new RequestMalformedError(thrown.status);
    }
  }
  return new UnexpectedError({ cause: thrown });
}

/** Name, stack and causes for the log; own properties stay out, since libraries hang requests and tokens there. */
function describe(error: unknown): { readonly name: string; readonly stack: string; readonly cause?: unknown } {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' };
  const described = { name: error.name, stack: error.stack ?? error.message };
  return error.cause === undefined ? described : { ...described, cause: describe(error.cause) };
}
