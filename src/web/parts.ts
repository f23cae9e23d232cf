/** Configuration → the parts of the server, each made once and given what it needs. The one place where they meet. */
import { setTimeout as delay } from 'node:timers/promises';
import { loadCatalogue } from '../actions/catalogue.ts';
import { setUpProblems } from '../actions/set-up-problems.ts';
import type { AmiPayload } from '../ami/payload.ts';
import { createReconciliation } from '../audit/reconcile-run.ts';
import type { Config, Secrets } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { createRelyingParty, type RelyingParty } from '../login/relying-party.ts';
import { readTokensFile } from '../menu/tokens-file.ts';
import type { Meter, Readings } from '../metrics/meter.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createCancelRun, type CancelRun } from '../runs/cancel.ts';
import { createConfirmRun } from '../runs/confirm.ts';
import { createExplainPerson } from '../runs/explain-person.ts';
import { createFollowUps, type FollowUps } from '../runs/follow-ups.ts';
import { createPerformer } from '../runs/performer.ts';
import { createPlanStore } from '../runs/plan-store.ts';
import { createMakePreview } from '../runs/preview.ts';
import { createProgress, type Progress } from '../runs/progress.ts';
import { createResolveActor, createResolveSelf } from '../runs/resolve-actor.ts';
import type { RunQueue } from '../runs/run-queue.ts';
import { createRunStore } from '../runs/run-store.ts';
import { createSwitches } from '../runs/switches.ts';
import { createApprovals } from '../session/approvals.ts';
import { endWith } from '../session/end-with.ts';
import { createFormStore } from '../session/form-store.ts';
import { createHandOvers } from '../session/hand-overs.ts';
import { createLaunchStore } from '../session/launches.ts';
import { createLoginAttempts } from '../session/login-attempts.ts';
import { createLogoutTokens } from '../session/logout-tokens.ts';
import { createSession } from '../session/middleware.ts';
import { createPasswordAttempts } from '../session/password-attempts.ts';
import { randomId } from '../session/secret.ts';
import { createSiteSessions } from '../session/site-sessions.ts';
import { createSqlStore } from '../session/sql-store.ts';
import type { SessionStore } from '../session/store.ts';
import { createShotgrid, type Shotgrid } from '../shotgrid/client.ts';
import { ShotgridUnavailableError } from '../shotgrid/errors.ts';
import { readScript, readSiteEvents } from '../shotgrid/event-log.ts';
import { createFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { AppDeps } from './app.ts';
import { createApprovalDesk } from './approval-desk.ts';
import { createAudit } from './audit-parts.ts';
import { createEndSessions } from './end-sessions.ts';
import { createServersDoctor } from './doctor-parts.ts';
import { createReadEventLogEntry } from './event-log-entry.ts';
import { createServersInventory } from './inventory-parts.ts';
import type { KeptForm } from './launch-forms.ts';
import { createLegacyLogin, identityOnSite, withoutSiteGroups } from './legacy-login.ts';
import { createRateLimits } from './limits/rate-limits.ts';
import { createRefusalTally } from './limits/refusal-tally.ts';
import type { Logger } from './logger.ts';
import { measureAudit } from './measure-audit.ts';
import { createRecorder } from './recorder.ts';
import { createReadSite } from './read-site.ts';
import { createReference } from './reference.ts';
import { createSecretTokensOf } from './secret-tokens.ts';
import { createServiceParts } from './service-parts.ts';

/** What a test may replace. */
export type Overrides = {
  readonly now?: () => Date;
  /** How often the site is asked whether a person has approved. */
  readonly approvalPollMs?: number;
};

export type Parts = Omit<AppDeps, 'isDraining'> & {
  /** Undo and retry of runs. */
  readonly followUps: FollowUps;
  readonly cancelRun: CancelRun;
  readonly progress: Progress;
  /** Forgets what has expired. */
  prune(): Promise<void>;
  /** Reads action files that have changed. */
  refreshActions(): Promise<void>;
  /** Lets go of everything, once no request and no run needs it any more. */
  close(): Promise<void>;
};

/** A session lasts this long after its last use. */
const SESSION_SECONDS = 8 * 60 * 60;
/** However much it is used, somebody signs in once a day. */
const LONGEST_SESSION_SECONDS = 24 * 60 * 60;
/** Longer than any launch waits for its confirmation. */
const KEEP_PLANS_MS = 7 * 24 * 60 * 60 * 1_000;
/** As often as ShotGrid's own toolkit asks. */
const APPROVAL_POLL_MS = 2_000;
const IDP_TIMEOUT_MS = 10_000;

/** The identity provider, the site and Redis may be down at this time; action files and database may not. */
export async function createParts(
  config: Config,
  secrets: Secrets,
  log: Logger,
  now: () => Date,
  { approvalPollMs = APPROVAL_POLL_MS }: Omit<Overrides, 'now'> = {},
): Promise<Parts> {
  const isHttps = config.publicUrl.startsWith('https:');
  const { scriptName } = config;
  const catalogue = await loadCatalogue(config.actionsDir, setUpProblems(config, secrets));

  // Better found now than at every click.
  if (config.ami.tokensFile !== undefined) await readTokensFile(config.ami.tokensFile);

  const database = await openDatabase(secrets.databaseUrl);
  const metrics = createMetrics({ read: readFigures });
  const { meter } = metrics;
  const audit = measureAudit(createAudit({ database, config, secrets, log, now, owner: randomId() }), meter, () =>
    performance.now(),
  );
  const shotgrid = createSite(config, secrets, log, now, meter);
  const relyingParty = createProvider(config, secrets, now, meter);
  const services = createServiceParts({ config, secrets, db: database.db, relyingParty, now });
  // So that a service can fetch the key before it is first needed.
  if (catalogue.all().some(({ proof }) => proof?.kind === 'assertion')) await services.assertions.prepare();
  const siteSessions = createSiteSessions({
    db: database.db,
    now,
    secrets: secrets.sessionSecrets,
    siteUrl: config.shotgridUrl,
    maxAgeSeconds: SESSION_SECONDS,
  });
  const approvals = createApprovals({ db: database.db, now, secrets: secrets.sessionSecrets });
  const sessions = endWith(await createSessions(), async (id) => {
    await siteSessions.forgetSession(id);
    await approvals.forgetSession(id);
  });
  const launches = createLaunchStore<AmiPayload>({ db: database.db, now, secure: isHttps });
  const handOvers = createHandOvers({ db: database.db, now, secrets: secrets.sessionSecrets, secure: isHttps });
  const attempts = createLoginAttempts({ db: database.db, now, secure: isHttps });
  const formStore = createFormStore<KeptForm>({ db: database.db, now, secrets: secrets.sessionSecrets });
  const plans = createPlanStore(database.db);
  const runs = createRunStore(database.db, now);
  const resolveActor = createResolveActor({ shotgrid, policy: config.sudoPolicy });
  const readFieldSchemas = createFieldSchemas({ client: shotgrid.asScript(), now });
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined);
  const progress = createProgress({ runs, sleep });
  const confirmRun = createConfirmRun({ audit, runs, scriptName, randomId });
  const cancelRun = createCancelRun({ audit, runs, scriptName });
  const logoutTokens = createLogoutTokens({ db: database.db, now });
  const { logoutRuns } = config;
  const desk = createApprovalDesk({
    approvals,
    siteSessions,
    shotgrid,
    audit,
    machineId: new URL(config.publicUrl).host,
    pollMs: approvalPollMs,
    sleep,
    randomId,
    createReference,
    now,
    log,
  });
  const recorder = createRecorder({ audit, scriptName, onRefused: (code) => meter.refused(code) });
  const limits = createRateLimits({ ...config.limits, now });
  const queue = await createRunQueue();
  const identityRules = {
    loginClaim: config.oidc.loginClaim,
    stripDomain: config.oidc.loginStripDomain,
    groupsClaim: config.oidc.groupsClaim,
    adminGroups: withoutSiteGroups(config.adminGroups),
    auditorGroups: withoutSiteGroups(config.auditorGroups),
  };
  const passwordAttempts = createPasswordAttempts({ db: database.db, now, secrets: secrets.sessionSecrets });
  const onSite = {
    siteUrl: config.shotgridUrl,
    groups: { adminGroups: config.adminGroups, auditorGroups: config.auditorGroups },
  };
  const legacyLogin = createLegacyLogin({ shotgrid, ...onSite, attempts: passwordAttempts });
  const switches = createSwitches({ db: database.db, now });
  const performer = createPerformer({
    shotgrid,
    audit,
    runs,
    scriptName,
    now,
    sleep,
    randomId,
    ownSessions: {
      find: ({ id, actor }) => siteSessions.findForRun(id, actor),
      forget: (executor, runId) => siteSessions.forgetRun(executor, runId),
    },
    settings: config.runs,
    queue,
    onSettled: (runId) => progress.nudge(runId),
    onTrouble: (runId, error) => log.error({ runId, reason: reasonOf(error) }, 'a run has trouble'),
  });

  return {
    publicUrl: config.publicUrl,
    siteUrl: config.shotgridUrl,
    issuerUrl: config.oidc.provider?.issuerUrl,
    legacy: config.legacyLogin ? { legacyLogin, siteSessions } : undefined,
    scriptName,
    trustProxy: config.trustProxy,
    sessionSecrets: secrets.sessionSecrets,
    algorithm: config.ami.algorithm,
    maxAgeSeconds: config.ami.maxAgeSeconds,
    identityRules,
    log,
    now,
    session: createSession({
      secrets: secrets.sessionSecrets,
      store: sessions.store,
      secure: isHttps,
      maxAgeSeconds: SESSION_SECONDS,
      longestSeconds: LONGEST_SESSION_SECONDS,
      now,
    }),
    checks: [
      { name: 'database', check: () => database.check() },
      { name: 'audit', check: () => audit.check() },
      { name: 'sessions', check: () => sessions.check() },
      ...(relyingParty === undefined ? [] : [{ name: 'idp', check: () => relyingParty.check() }]),
      { name: 'shotgrid', check: () => checkSite(shotgrid) },
    ],
    recorder,
    limits,
    tally: createRefusalTally({
      now,
      record: (context, met) => recorder.limitMet(context, met),
      onTrouble: (error) => log.error({ reason: reasonOf(error) }, 'refusals could not be recorded'),
    }),
    metrics,
    metricsTokens: secrets.metricsTokens,
    catalogue,
    secretTokensOf: createSecretTokensOf(config, secrets, now),
    readEventLogEntry: createReadEventLogEntry(shotgrid.asScript(), (ms) => delay(ms)),
    readFieldSchemas,
    launches,
    handOvers,
    formStore,
    ...services,
    relyingParty,
    attempts,
    plans,
    runs,
    switches,
    script: shotgrid.asScript(),
    sudoPolicy: config.sudoPolicy,
    explainPerson: createExplainPerson({
      script: shotgrid.asScript(),
      policy: config.sudoPolicy,
      rules: identityRules,
      issuerUrl: config.oidc.provider?.issuerUrl ?? config.shotgridUrl,
      rolesOnSite: config.oidc.provider === undefined ? (person) => identityOnSite(person, onSite).roles : undefined,
      actions: () => catalogue.all(),
      held: () => switches.current(),
    }),
    inventory: createServersInventory({ config, catalogue, script: shotgrid.asScript(), audit, now }),
    doctor: createServersDoctor({ config, secrets, database, now }),
    audit,
    auditBeside: audit.beside,
    reconciliation: createReconciliation({
      db: database.db,
      log: audit,
      readEvents: (span) => readSiteEvents(shotgrid.asScript(), span),
      readScript: () => readScript(shotgrid.asScript(), scriptName),
      now,
    }),
    desk,
    readSite: createReadSite({ shotgrid, now }),
    resolveActor,
    makePreview: createMakePreview({ resolveActor, plans, readFieldSchemas, now }),
    confirmRun,
    followUps: createFollowUps({
      runs,
      plans,
      confirmRun,
      resolveSelf: createResolveSelf({ shotgrid, policy: config.sudoPolicy }),
      readFieldSchemas,
      now,
    }),
    cancelRun,
    sessions,
    logoutTokens,
    endSessions: createEndSessions({ sessions, launches, formStore, runs, cancelRun, logoutRuns }),
    progress,
    performer,
    async prune() {
      limits.prune();
      try {
        await Promise.all([
          launches.prune(),
          handOvers.prune(),
          formStore.prune(),
          attempts.prune(),
          passwordAttempts.prune(),
          sessions.prune(),
          logoutTokens.prune(),
        ]);
        await Promise.all([siteSessions.prune(), approvals.prune()]);
        await plans.prune(new Date(now().getTime() - KEEP_PLANS_MS));
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'could not forget what has expired');
      }
    },
    async refreshActions() {
      try {
        if (await catalogue.refresh()) {
          log.info(
            { actions: catalogue.all().map(({ id }) => id), problems: catalogue.problems() },
            'action files read anew',
          );
        }
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'action files cannot be read; the last good ones are used');
      }
    },
    async close() {
      await desk.close();
      await shotgrid.close();
      await services.remote.close();
      await sessions.close();
      await audit.close();
      await database.close();
    },
  };

  async function readFigures(): Promise<Readings> {
    const [{ readOnly, actions }, waiting] = await Promise.all([switches.current(), runs.abandoned()]);
    return {
      runsInProgress: performer.inProgress,
      runsWaiting: waiting.length,
      database: database.connections(),
      shotgrid: shotgrid.stats,
      isReadOnly: readOnly !== undefined,
      actionsOff: actions.size,
    };
  }

  /** Undefined on one machine: it performs its runs itself. */
  async function createRunQueue(): Promise<RunQueue | undefined> {
    const { redisUrl } = secrets;
    if (redisUrl === undefined) return undefined;
    const { createQueue } = await import('./run-queue.ts');
    return createQueue({
      url: redisUrl,
      sleep,
      onError: (error) => log.warn({ reason: error.message }, 'the queue of runs'),
    });
  }

  async function createSessions(): Promise<SessionStore> {
    const { redisUrl } = secrets;
    if (redisUrl === undefined) return createSqlStore({ db: database.db, now, maxAgeSeconds: SESSION_SECONDS });
    // Imported when needed: the client takes a tenth of an idle server's memory.
    const { createRedisStore } = await import('../session/redis-store.ts');
    return createRedisStore({
      url: redisUrl,
      maxAgeSeconds: SESSION_SECONDS,
      now,
      onError: (error) => log.warn({ reason: error.message }, 'Redis'),
    });
  }
}

function createSite(config: Config, secrets: Secrets, log: Logger, now: () => Date, meter: Meter): Shotgrid {
  return createShotgrid({
    siteUrl: config.shotgridUrl,
    scriptName: config.scriptName,
    scriptKey: secrets.scriptKeys,
    proxyUrl: secrets.shotgridProxy,
    now,
    onCall: (call) => {
      log.debug({ shotgrid: call }, 'call to ShotGrid');
      meter.shotgridCalled(call);
    },
  });
}

function createProvider(config: Config, secrets: Secrets, now: () => Date, meter: Meter): RelyingParty | undefined {
  const { provider } = config.oidc;
  const { oidcClientSecret } = secrets;
  if (provider === undefined || oidcClientSecret === undefined) return undefined;
  return createRelyingParty({
    ...provider,
    clientSecret: oidcClientSecret,
    scopes: config.oidc.scopes,
    redirectUri: `${config.publicUrl}/login/callback`,
    postLogoutRedirectUri: `${config.publicUrl}/signed-out`,
    allowHttp: provider.issuerUrl.startsWith('http:'),
    timeoutMs: IDP_TIMEOUT_MS,
    now,
    onCall: (call) => meter.idpCalled(call),
  });
}

async function checkSite(shotgrid: Shotgrid): Promise<void> {
  const readiness = await shotgrid.check();
  if (!readiness.ready) throw new ShotgridUnavailableError('unreachable');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown';
}
