/** All of `runs/` over one site and one database, in this process, with people who may more or less. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Site } from '../../infra/studio/site/start.ts';
import type { Change, Plan } from '../../src/actions/plan.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { Database } from '../../src/database/open.ts';
import type { Identity } from '../../src/login/identity.ts';
import { createCancelRun } from '../../src/runs/cancel.ts';
import { createConfirmRun, type KeepOwnSession } from '../../src/runs/confirm.ts';
import { createFollowUps } from '../../src/runs/follow-ups.ts';
import type { RunCounts } from '../../src/runs/outcome.ts';
import { createPerformer, type PerformerSettings } from '../../src/runs/performer.ts';
import type { Permissions } from '../../src/runs/permissions.ts';
import { createPlanStore } from '../../src/runs/plan-store.ts';
import { createProgress } from '../../src/runs/progress.ts';
import { createResolveSelf } from '../../src/runs/resolve-actor.ts';
import { createRunStore, type Run } from '../../src/runs/run-store.ts';
import { createSiteSessions } from '../../src/session/site-sessions.ts';
import { createShotgrid } from '../../src/shotgrid/client.ts';
import { createFieldSchemas } from '../../src/shotgrid/field-schemas.ts';
import { until } from '../support/until.ts';

const now = () => new Date();
const PEOPLE: Readonly<Record<string, number>> = { artist: 24, manager: 25, 'admin.flag-on': 26, 'admin.flag-off': 27 };

export type Engine = ReturnType<typeof createEngine>;

/** What has to be known of a site; one in another process will do. */
export type EngineSite = Pick<Site, 'url' | 'scriptName' | 'scriptKey'>;

export function createEngine(site: EngineSite, database: Database, settings: Partial<PerformerSettings> = {}) {
  const scriptName = site.scriptName;
  const shotgrid = createShotgrid({
    siteUrl: site.url,
    scriptName,
    scriptKey: site.scriptKey,
    now,
    // Faults on order are many; nobody waits for them.
    sleep: () => Promise.resolve(),
  });
  const audit = createAuditLog({ database, now });
  const runs = createRunStore(database.db, now);
  const plans = createPlanStore(database.db);
  const readFieldSchemas = createFieldSchemas({ client: shotgrid.asScript(), now });
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined);
  const progress = createProgress({ runs, sleep });
  let ids = 0;
  const randomId = (): string => `id-${++ids}`;
  const confirmRun = createConfirmRun({ audit, runs, scriptName, randomId });
  const siteSessions = createSiteSessions({
    db: database.db,
    now,
    secrets: ['a secret of these tests, long enough'],
    siteUrl: site.url,
    maxAgeSeconds: 3600,
  });
  const troubles: unknown[] = [];
  const performer = createPerformer({
    shotgrid,
    audit,
    runs,
    scriptName,
    now,
    randomId,
    sleep: (ms, signal) => sleep(Math.min(ms, 100), signal),
    ownSessions: {
      find: ({ id, actor }) => siteSessions.findForRun(id, actor),
      forget: (executor, runId) => siteSessions.forgetRun(executor, runId),
    },
    settings: { batchRows: 50, concurrency: 4, leaseSeconds: 20, ...settings },
    onSettled: progress.nudge,
    onTrouble: (_run, error) => troubles.push(error),
  });

  const engine = {
    shotgrid,
    audit,
    runs,
    plans,
    siteSessions,
    progress,
    performer,
    troubles,
    cancelRun: createCancelRun({ audit, runs, scriptName }),
    followUps: createFollowUps({
      runs,
      plans,
      confirmRun,
      resolveSelf: createResolveSelf({ shotgrid, policy: 'flag' }),
      readFieldSchemas,
      now,
    }),
    client: (login: string) => shotgrid.asPerson({ login }),
    identity: (login: string): Identity => ({
      issuer: 'https://idp',
      subject: `person-${login}`,
      login,
      name: login,
      roles: login.startsWith('admin') ? ['user', 'admin'] : ['user'],
    }),

    /** @param token - Of the person's own session, where the run is to be done with that. */
    async confirm(login: string, changes: readonly Change[], onlyAllowed?: Permissions, token?: string): Promise<Run> {
      const plan: Plan = { changes, untouched: [] };
      const { run } = await confirmRun({
        keepOwnSession: token === undefined ? undefined : engine.keepOwnSession(login, token),
        launchId: randomId(),
        actionId: 'test',
        actor: {
          id: PEOPLE[login] ?? 0,
          login,
          name: login,
          issuer: 'https://idp',
          subject: `person-${login}`,
          ...(token === undefined ? {} : { bySelf: true }),
        },
        plan,
        digest: 'd',
        onlyAllowed,
        context: {
          title: 'Test',
          entityType: 'Version',
          project: undefined,
          referrerPath: undefined,
          untouched: [],
          reference: 'AAAA-BBBB-CC',
          clientAddress: undefined,
        },
      });
      return run;
    },

    keepOwnSession:
      (login: string, token: string): KeepOwnSession =>
      (executor, runId) =>
        siteSessions.keepForRun(
          executor,
          runId,
          { issuer: 'https://idp', subject: `person-${login}`, sessionId: `browser of ${login}` },
          { token, userId: PEOPLE[login] ?? 0, login, since: now().toISOString() },
        ),

    /** The run's end. */
    async finish({ id }: Pick<Run, 'id'>, patienceMs?: number): Promise<Run & { readonly counts: RunCounts }> {
      engine.performer.start(id);
      const run = await until(async () => {
        const found = await runs.find(id);
        return found?.status === 'running' ? undefined : found;
      }, patienceMs);
      return { ...run, counts: await runs.counts(id) };
    },

    run: async (login: string, changes: readonly Change[], onlyAllowed?: Permissions) =>
      engine.finish(await engine.confirm(login, changes, onlyAllowed)),

    /** Previewed, confirmed as previewed, and performed. */
    async follow(kind: 'undo' | 'retry', run: Run, login: string) {
      const preview = await engine.followUps.preview(kind, run, engine.identity(login));
      const confirmed = await engine.followUps.confirm(kind, run, engine.identity(login), {
        digest: preview.digest,
        reference: 'DDDD-EEEE-FF',
        clientAddress: undefined,
      });
      return { preview, run: await engine.finish(confirmed!.run) };
    },

    async close(): Promise<void> {
      await performer.drain();
      await audit.close();
      await shotgrid.close();
    },
  };
  return engine;
}

export function setStatus(id: number, after = 'apr', before = 'rev'): Change {
  return {
    kind: 'update',
    entityType: 'Version',
    id,
    name: `v${id}`,
    fields: [{ field: 'sg_status_list', before, after }],
  };
}

export function noteOn(subject: string, projectId: number): Change {
  return {
    kind: 'create',
    entityType: 'Note',
    name: subject,
    fields: [
      { field: 'subject', before: null, after: subject },
      { field: 'project', before: null, after: { type: 'Project', id: projectId } },
    ],
  };
}

export function remove(entityType: string, id: number): Change {
  return { kind: 'delete', entityType, id, name: `${entityType} ${id}`, fields: [] };
}
