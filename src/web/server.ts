/** Configuration → parts → a server that listens, and that drains when it is told to. The one place where the parts meet. */
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { loadCatalogue } from '../actions/catalogue.ts';
import type { ActionDefinition } from '../actions/definition.ts';
import { ActionFilesError } from '../actions/errors.ts';
import type { AmiPayload } from '../ami/payload.ts';
import { createAuditLog } from '../audit/log.ts';
import type { Config, Secrets } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { createRelyingParty } from '../login/relying-party.ts';
import { createConfirmRun } from '../runs/confirm.ts';
import { createPerformer } from '../runs/performer.ts';
import { createPlanStore } from '../runs/plan-store.ts';
import { createMakePreview } from '../runs/preview.ts';
import { createResolveActor } from '../runs/resolve-actor.ts';
import { createRunStore } from '../runs/run-store.ts';
import { createLaunchStore } from '../session/launches.ts';
import { createLoginAttempts } from '../session/login-attempts.ts';
import { createSession } from '../session/middleware.ts';
import { createRedisStore } from '../session/redis-store.ts';
import { randomId } from '../session/secret.ts';
import { createSqlStore } from '../session/sql-store.ts';
import { createShotgrid } from '../shotgrid/client.ts';
import { ShotgridUnavailableError } from '../shotgrid/errors.ts';
import { createFieldSchemas } from '../shotgrid/field-schemas.ts';
import { createApp } from './app.ts';
import type { Logger } from './logger.ts';
import { createRecorder } from './recorder.ts';

export type RunningServer = {
  readonly port: number;
  /** Takes no more requests, lets runs end their batch, and closes everything. */
  drain(): Promise<void>;
};

/** What a test may replace. */
export type Overrides = { readonly now?: () => Date };

/** A session lasts this long after its last use. */
const SESSION_SECONDS = 8 * 60 * 60;
const IDP_TIMEOUT_MS = 10_000;
const PRUNE_EVERY_MS = 60_000;

/**
 * Starts everything, or fails with what is wrong: files of actions, the database, the port.
 * The identity provider, the site and Redis may be down at this time; `/readyz` says so.
 */
export async function startServer(
  config: Config,
  secrets: Secrets,
  log: Logger,
  overrides: Overrides = {},
): Promise<RunningServer> {
  const now = overrides.now ?? (() => new Date());
  const isHttps = config.publicUrl.startsWith('https:');
  const secretTokensOf = createSecretTokensOf(secrets);
  const catalogue = await loadCatalogue(config.actionsDir);
  checkSecretTokens(catalogue.all(), secrets);

  const database = await openDatabase(secrets.databaseUrl);
  const audit = createAuditLog({ database, now });
  const shotgrid = createShotgrid({
    siteUrl: config.shotgridUrl,
    scriptName: config.scriptName,
    scriptKey: secrets.scriptKey,
    proxyUrl: secrets.shotgridProxy,
    now,
    onCall: (call) => log.debug({ shotgrid: call }, 'call to ShotGrid'),
  });
  const relyingParty = createRelyingParty({
    issuerUrl: config.oidc.issuerUrl,
    clientId: config.oidc.clientId,
    clientSecret: secrets.oidcClientSecret,
    scopes: config.oidc.scopes,
    redirectUri: `${config.publicUrl}/login/callback`,
    postLogoutRedirectUri: `${config.publicUrl}/signed-out`,
    allowHttp: config.oidc.issuerUrl.startsWith('http:'),
    timeoutMs: IDP_TIMEOUT_MS,
    now,
  });
  const sessions =
    secrets.redisUrl === undefined
      ? createSqlStore({ db: database.db, now, maxAgeSeconds: SESSION_SECONDS })
      : createRedisStore({
          url: secrets.redisUrl,
          maxAgeSeconds: SESSION_SECONDS,
          onError: (error) => log.warn({ reason: error.message }, 'Redis'),
        });
  const launches = createLaunchStore<AmiPayload>({ db: database.db, now, secure: isHttps });
  const attempts = createLoginAttempts({ db: database.db, now, secure: isHttps });
  const plans = createPlanStore(database.db);
  const runs = createRunStore(database.db, now);
  const resolveActor = createResolveActor({ shotgrid, policy: config.sudoPolicy });
  const performer = createPerformer({
    shotgrid,
    audit,
    runs,
    scriptName: config.scriptName,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    onTrouble: (runId, error) =>
      log.error(
        { runId, reason: error instanceof Error ? (error.stack ?? error.message) : 'unknown' },
        'a run has trouble',
      ),
  });

  let isDraining = false;
  const app = createApp({
    publicUrl: config.publicUrl,
    siteUrl: config.shotgridUrl,
    issuerUrl: config.oidc.issuerUrl,
    scriptName: config.scriptName,
    trustProxy: config.trustProxy,
    sessionSecrets: secrets.sessionSecrets,
    session: createSession({
      secrets: secrets.sessionSecrets,
      store: sessions.store,
      secure: isHttps,
      maxAgeSeconds: SESSION_SECONDS,
    }),
    recorder: createRecorder({ audit, scriptName: config.scriptName }),
    checks: [
      { name: 'database', check: () => database.check() },
      { name: 'audit', check: () => audit.check() },
      { name: 'sessions', check: () => sessions.check() },
      { name: 'idp', check: () => relyingParty.check() },
      { name: 'shotgrid', check: checkSite },
    ],
    isDraining: () => isDraining,
    log,
    now,
    catalogue,
    launches,
    readEventLogEntry: createReadEventLogEntry(),
    secretTokensOf,
    algorithm: config.ami.algorithm,
    maxAgeSeconds: config.ami.maxAgeSeconds,
    relyingParty,
    attempts,
    identityRules: {
      loginClaim: config.oidc.loginClaim,
      stripDomain: config.oidc.loginStripDomain,
      groupsClaim: config.oidc.groupsClaim,
      adminGroups: config.adminGroups,
      auditorGroups: config.auditorGroups,
    },
    resolveActor,
    makePreview: createMakePreview({ resolveActor, plans, now }),
    plans,
    runs,
    confirmRun: createConfirmRun({ audit, runs, scriptName: config.scriptName, randomId }),
    performer,
    readFieldSchemas: createFieldSchemas({ client: shotgrid.asScript(), now }),
    audit,
  });

  const server = await listen(app, config.port, config.host);
  await performer.resume();
  const pruning = setInterval(() => void prune(), PRUNE_EVERY_MS);
  pruning.unref();

  return {
    port: (server.address() as AddressInfo).port,
    async drain() {
      isDraining = true;
      clearInterval(pruning);
      await performer.drain();
      await close(server);
      await shotgrid.close();
      await sessions.close();
      await audit.close();
      await database.close();
    },
  };

  async function checkSite(): Promise<void> {
    const readiness = await shotgrid.check();
    if (!readiness.ready) throw new ShotgridUnavailableError('unreachable');
  }

  /** The site shows a row some tenths of a second after the click that it belongs to. */
  function createReadEventLogEntry(): (id: number) => Promise<unknown> {
    return async function readEventLogEntry(id) {
      for (const pause of [0, 300, 700]) {
        await delay(pause);
        const row = await shotgrid.asScript().find('EventLogEntry', id, ['event_type', 'user', 'meta', 'created_at']);
        if (row !== undefined) return row.fields;
      }
      return undefined;
    };
  }

  async function prune(): Promise<void> {
    try {
      await Promise.all([launches.prune(), attempts.prune(), sessions.prune()]);
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'could not forget what has expired');
    }
  }
}

function createSecretTokensOf(secrets: Secrets): (action: ActionDefinition) => readonly string[] {
  return ({ secretTokensVariable }) =>
    secretTokensVariable === undefined
      ? secrets.amiSecretTokens
      : (secrets.amiSecretTokensByName.get(secretTokensVariable) ?? []);
}

/** An action whose tokens are not there would refuse every click: better not to start. */
function checkSecretTokens(actions: readonly ActionDefinition[], secrets: Secrets): void {
  const problems = actions.flatMap(({ id, secretTokensVariable: name }) =>
    name === undefined || secrets.amiSecretTokensByName.has(name) ? [] : [`${id}: the variable ${name} is not set`],
  );
  if (problems.length > 0) throw new ActionFilesError(problems);
}

function listen(app: ReturnType<typeof createApp>, port: number, host: string): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) => (error === undefined ? resolve(server) : reject(error)));
    // A sender that dawdles is cut off; ShotGrid's page sends its form at once.
    server.requestTimeout = 30_000;
    server.headersTimeout = 10_000;
  });
}

function close(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Whoever does not finish by then is cut off.
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
}
