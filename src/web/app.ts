/** The order of everything that happens to a request; each route brings its own needs. */
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import type { Request, RequestHandler } from 'express';
import type { RemoteServices } from '../actions/remote/services.ts';
import { hasRole } from '../login/identity.ts';
import type { FormStore } from '../session/form-store.ts';
import { isFramed } from '../session/frame.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { SiteInfo } from '../shotgrid/site-info.ts';
import { createAskToSignIn } from './ask-to-sign-in.ts';
import { createAssets } from './assets.ts';
import { createEquipAction } from './equip-action.ts';
import { errorPage } from './error-page.ts';
import { PageUnknownError } from './errors.ts';
import type { ServiceError } from '../errors.ts';
import { createFormSite } from '../runs/form-site.ts';
import { createLaunchForms, type KeptForm } from './launch-forms.ts';
import type { Logger } from './logger.ts';
import { findLimitMet, type RateLimits } from './limits/rate-limits.ts';
import type { RefusalTally } from './limits/refusal-tally.ts';
import { createLoginHint } from './login-hint.ts';
import { createActingFor, createFindMatter } from './matter.ts';
import { createOfferApproval } from './offer-approval.ts';
import { createClaimLaunch, createOpenLaunch } from './open-launch.ts';
import { createOpenRun } from './open-run.ts';
import { createPresentForm } from './present-form.ts';
import { createPresentMoved } from './present-moved.ts';
import { createPresentPreview } from './present-preview.ts';
import { createPresentProposal } from './present-proposal.ts';
import { createPresentRun } from './present-run.ts';
import type { HandOff } from './hand-off.ts';
import type { Prove } from './prove.ts';
import type { Recorder } from './recorder.ts';
import { createReference } from './reference.ts';
import { requestContext } from './request-context.ts';
import { createRespond } from './respond.ts';
import { approvalRoutes, type ApprovalDeps } from './routes/approval.ts';
import { accountRoutes, type AccountDeps } from './routes/account.ts';
import { adminRoutes, type AdminDeps } from './routes/admin.ts';
import { amiRoutes, type AmiDeps } from './routes/ami.ts';
import { backChannelRoutes, type BackChannelDeps } from './routes/back-channel-logout.ts';
import { auditRoutes, type AuditDeps } from './routes/audit.ts';
import { followUpRoutes, type FollowUpDeps } from './routes/follow-up.ts';
import { formRoutes, type FormDeps } from './routes/form.ts';
import { healthRoutes, type Check } from './routes/health.ts';
import { homeRoutes } from './routes/home.ts';
import { launchRoutes, type LaunchDeps } from './routes/launch.ts';
import { legacyLoginRoutes, type LegacyLoginDeps } from './routes/legacy-login.ts';
import { loginRoutes, type LoginDeps } from './routes/login.ts';
import { overlayRoutes, type OverlayDeps } from './routes/overlay.ts';
import { popOutRoutes, type PopOutDeps } from './routes/pop-out.ts';
import { metricsRoutes, type MetricsDeps } from './routes/metrics.ts';
import { reportRoutes } from './routes/report.ts';
import { runEventsRoutes, type RunEventsDeps } from './routes/run-events.ts';
import { runRoutes, type RunDeps } from './routes/run.ts';
import { siteSessionRoutes } from './routes/site-session.ts';
import { wellKnownRoutes, type WellKnownDeps } from './routes/well-known.ts';
import { requireOwnHost } from './own-host.ts';
import { requireSameOrigin } from './same-origin.ts';
import { securityHeaders } from './security-headers.ts';
import { createCsrf, identityOf } from './viewer.ts';

/** What a route needs and this file makes itself. */
type Made =
  | 'respond'
  | 'csrf'
  | 'recorder'
  | 'present'
  | 'presentForm'
  | 'openLaunch'
  | 'claimLaunch'
  | 'askToSignIn'
  | 'presentMoved'
  | 'forms'
  | 'formSite'
  | 'openRun'
  | 'actingFor'
  | 'findMatter'
  | 'presentRun'
  | 'presentProposal'
  | 'isHttps'
  | 'siteUrl'
  | 'publicUrl'
  | 'now';

export type AppDeps = {
  readonly publicUrl: string;
  readonly siteUrl: string;
  /** Of the identity provider, where there is one. */
  readonly issuerUrl: string | undefined;
  /** Signing in with the password of the site, where that is on. */
  readonly legacy: Pick<LegacyLoginDeps, 'legacyLogin' | 'siteSessions'> | undefined;
  readonly scriptName: string;
  readonly trustProxy: boolean | number | string;
  /** Newest first. */
  readonly sessionSecrets: readonly string[];
  readonly session: RequestHandler;
  readonly formStore: FormStore<KeptForm>;
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly recorder: Recorder;
  readonly limits: RateLimits;
  readonly tally: RefusalTally;
  readonly checks: readonly Check[];
  readonly isDraining: () => boolean;
  readonly log: Logger;
  readonly now: () => Date;
} & Omit<AmiDeps, Made> &
  Omit<LoginDeps, Made | 'loginHint'> &
  Omit<LaunchDeps, Made> &
  Omit<FormDeps, Made> &
  Omit<OverlayDeps, Made> &
  Omit<PopOutDeps, Made> &
  Omit<RunDeps, Made> &
  Omit<RunEventsDeps, Made> &
  Omit<FollowUpDeps, Made> &
  Omit<AuditDeps, Made> &
  Omit<AccountDeps, Made> &
  Omit<ApprovalDeps, Made> &
  Omit<BackChannelDeps, Made | 'relyingParty'> &
  Omit<AdminDeps, Made> &
  MetricsDeps &
  Omit<WellKnownDeps, Made> & {
    readonly remote: RemoteServices;
    readonly prove: Prove;
    readonly readSite: () => Promise<SiteInfo>;
    readonly handOff: HandOff | undefined;
  };

export function createApp(deps: AppDeps): Express {
  const { recorder, siteUrl, publicUrl } = deps;
  const isHttps = publicUrl.startsWith('https:');
  const assets = createAssets(new URL('./assets/', import.meta.url));
  const csrf = createCsrf(deps.sessionSecrets);
  const respond = createRespond({
    folder: fileURLToPath(new URL('./pages/', import.meta.url)),
    common: (request) => {
      const identity = identityOf(request);
      return {
        asset: assets.href,
        siteUrl,
        framed: isFramed(request),
        viewer: identity && {
          name: identity.name,
          isAuditor: hasRole(identity, 'auditor'),
          isAdmin: hasRole(identity, 'admin'),
          csrf: csrf.sessionToken(request),
        },
      };
    },
  });
  const present = createPresentPreview({
    readFieldSchemas: deps.readFieldSchemas,
    siteUrl,
    scriptName: deps.scriptName,
  });
  const formSite = createFormSite({ readFieldSchemas: deps.readFieldSchemas });
  const made = {
    respond,
    csrf,
    recorder,
    present,
    presentForm: createPresentForm({ site: formSite, siteUrl, scriptName: deps.scriptName }),
    claimLaunch: createClaimLaunch(deps.launches),
    openLaunch: createOpenLaunch({ ...deps, equip: createEquipAction(deps) }),
    askToSignIn: createAskToSignIn({ handOvers: deps.handOvers, respond, siteUrl }),
    presentMoved: createPresentMoved({ siteUrl }),
    forms: createLaunchForms({ store: deps.formStore, site: formSite }),
    formSite,
    openRun: createOpenRun(deps),
    actingFor: createActingFor(deps.desk),
    findMatter: createFindMatter(deps),
    presentRun: createPresentRun({ readFieldSchemas: deps.readFieldSchemas, siteUrl, scriptName: deps.scriptName }),
    presentProposal: createPresentProposal({
      readFieldSchemas: deps.readFieldSchemas,
      siteUrl,
      scriptName: deps.scriptName,
    }),
    isHttps,
    siteUrl,
    publicUrl,
    now: deps.now,
  };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.trustProxy);
  // Queries are flat: `a[b]=c` is a name like any other.
  app.set('query parser', 'simple');

  app.use(requestContext({ log: deps.log, createReference, now: deps.now }));
  app.use(securityHeaders({ publicUrl, siteUrl, issuerUrl: deps.issuerUrl }));
  app.use(assets.router);
  app.use(deps.limits.byAddress);
  // Probes and Prometheus come by whatever address a machine has.
  app.use(healthRoutes(deps));
  app.use(metricsRoutes(deps));
  app.use(requireOwnHost(publicUrl));
  app.use(wellKnownRoutes(deps));
  // Before the session: the answer to the cross-site POST must neither need nor touch it.
  app.use(amiRoutes({ ...deps, ...made }));
  const { relyingParty } = deps;
  if (relyingParty !== undefined) app.use(backChannelRoutes({ ...deps, ...made, relyingParty }));

  app.use(deps.session);
  app.use(deps.limits.byPerson);
  const ownFormsOnly = requireSameOrigin(publicUrl);
  app.use((request, response, next) => (request.method === 'POST' ? ownFormsOnly(request, response, next) : next()));
  const loginHint = createLoginHint(deps.launches, deps.handOvers);
  const hasProvider = deps.relyingParty !== undefined;
  if (deps.legacy !== undefined)
    app.use(legacyLoginRoutes({ ...deps, ...deps.legacy, ...made, loginHint, hasProvider }));
  app.use(loginRoutes({ ...deps, ...made, loginHint }));
  app.use(popOutRoutes({ ...deps, ...made }));
  app.use(overlayRoutes({ ...deps, ...made }));
  app.use(launchRoutes({ ...deps, ...made }));
  app.use(approvalRoutes({ ...deps, ...made }));
  app.use(formRoutes({ ...deps, ...made }));
  app.use(reportRoutes({ ...deps, ...made }));
  app.use(runEventsRoutes({ ...deps, ...made }));
  app.use(followUpRoutes({ ...deps, ...made }));
  app.use(runRoutes({ ...deps, ...made }));
  app.use(auditRoutes({ ...deps, ...made }));
  app.use(siteSessionRoutes({ ...deps, ...made }));
  app.use(accountRoutes({ ...deps, ...made }));
  app.use(adminRoutes({ ...deps, ...made }));
  app.use(homeRoutes({ ...deps, ...made }));
  app.use(() => {
    throw new PageUnknownError();
  });
  const recordRefusal = async (request: Request, error: ServiceError): Promise<void> => {
    await recorder.refusal(request, error);
    const met = findLimitMet(request, error);
    if (met !== undefined) await deps.tally.note(met, () => recorder.contextOf(request));
  };
  app.use(
    errorPage({
      respond,
      siteUrl,
      recordRefusal,
      offerApproval: createOfferApproval({ ...deps, ...made }),
      hasPasswords: deps.legacy !== undefined,
    }),
  );
  return app;
}
