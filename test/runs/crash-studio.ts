/** What the crash tests share: a site with rows to lose, runs over them, real server processes to kill, and the final reckoning. */
import { expect } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newSecret, startStudio, type Studio } from '../../infra/studio/start.ts';
import type { Change } from '../../src/actions/plan.ts';
import { createAuditLog, type AuditLog } from '../../src/audit/log.ts';
import type { Database } from '../../src/database/open.ts';
import { createConfirmRun } from '../../src/runs/confirm.ts';
import { isSettled, type RunRow } from '../../src/runs/row-store.ts';
import { createRunStore, type RunStore } from '../../src/runs/run-store.ts';
import { createShotgrid } from '../../src/shotgrid/client.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { spawnService, type Service } from '../support/spawn-service.ts';

const now = () => new Date();
const MANAGER = 25;
const PROJECT = { type: 'Project', id: 70 };

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export const KINDS = ['update', 'create', 'delete'] as const;
export type Kind = (typeof KINDS)[number];

export type CrashStudio = {
  readonly studio: Studio;
  readonly runs: RunStore;
  readonly audit: AuditLog;
  /** Confirms one run of each kind over `rows` rows each; answers with their ids. */
  confirmRuns(rows: number): Promise<Readonly<Record<Kind, string>>>;
  /** A server process on the same database; kill it with `stop`. */
  startServer(): Promise<Service>;
  unfinished(): Promise<readonly string[]>;
  /** Holds a run's outcomes against the site, its event log and the audit log. */
  reckon(kind: Kind, runId: string): Promise<void>;
  close(): Promise<void>;
};

/** How often to kill: `CRASH_KILLS` times, as `npm run soak` says, or as often as every run of the tests can afford. */
export function killsOr(usual: number): number {
  const asked = Number(process.env['CRASH_KILLS'] ?? usual);
  if (!Number.isSafeInteger(asked) || asked < 1) throw new Error('CRASH_KILLS is no number of kills');
  return asked;
}

/** @param environment - More variables for the servers. */
export async function startCrashStudio(
  database: Database & { readonly url: string },
  latencyFactor: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<CrashStudio> {
  await compile();
  const folder = await mkdtemp(join(tmpdir(), 'understudy-crash-'));
  const studio = await startStudio({ server: 'http://localhost' });
  const { site, facts } = studio;
  const shotgrid = createShotgrid({ siteUrl: site.url, scriptName: facts.scriptName, scriptKey: facts.scriptKey, now });
  const audit = createAuditLog({ database, now });
  const runs = createRunStore(database.db, now);
  const sessionSecrets = newSecret();
  let confirmed = 0;
  /** Not known to have ended: what has ended is not asked for again. */
  const open = new Set<string>();

  /** Versions of their own, so that no two runs meet. */
  async function makeVersions(rows: number, label: string): Promise<readonly number[]> {
    const made = await shotgrid.asScript().batch(
      Array.from({ length: rows }, (_, index) => ({
        operation: 'create',
        entityType: 'Version',
        data: { project: project(), code: `${label} ${index}`, sg_status_list: 'rev' },
      })),
    );
    return made.map((result) => (result.operation === 'create' ? result.row.id : 0));
  }

  function project(): { readonly type: string; readonly id: number } {
    const [row] = site.rows('Project');
    return row === undefined ? PROJECT : { type: 'Project', id: row.id };
  }

  async function changesOf(kind: Kind, rows: number, label: string): Promise<readonly Change[]> {
    if (kind === 'create') {
      return Array.from({ length: rows }, (_, index) => ({
        kind,
        entityType: 'Note',
        name: `${label} ${index}`,
        fields: [
          { field: 'subject', before: null, after: `${label} ${index}` },
          { field: 'project', before: null, after: project() },
        ],
      }));
    }
    const ids = await makeVersions(rows, label);
    const row = (id: number) => ({ entityType: 'Version', id, name: `${label} ${id}` });
    return kind === 'update'
      ? ids.map((id) => ({
          kind,
          ...row(id),
          fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
        }))
      : ids.map((id) => ({ kind, ...row(id), fields: [] }));
  }

  async function confirmRun(kind: Kind, rows: number): Promise<string> {
    const id = `${kind}-${++confirmed}`;
    const changes = await changesOf(kind, rows, `crash ${id}`);
    const confirm = createConfirmRun({ audit, runs, scriptName: facts.scriptName, randomId: () => id });
    await confirm({
      launchId: id,
      actionId: kind,
      actor: { id: MANAGER, login: 'manager', name: 'Manager', issuer: 'https://idp', subject: 'manager' },
      plan: { changes, untouched: [] },
      digest: id,
      context: {
        title: kind,
        entityType: 'Version',
        project: undefined,
        referrerPath: undefined,
        untouched: [],
        reference: id,
        clientAddress: undefined,
      },
    });
    open.add(id);
    return id;
  }

  async function auditedPositions(runId: string): Promise<readonly number[]> {
    const positions: number[] = [];
    for (let before: number | undefined; ;) {
      const page = await audit.search({ runId, type: 'changes.performed', limit: 100, beforeSeq: before });
      for (const { content } of page.records) {
        const { rows } = content.details as { readonly rows: readonly { readonly position: number }[] };
        positions.push(...rows.map(({ position }) => position));
      }
      before = page.nextBeforeSeq;
      if (before === undefined) return positions;
    }
  }

  return {
    studio,
    runs,
    audit,
    async confirmRuns(rows) {
      site.setLatency(0);
      const ids = { update: '', create: '', delete: '' };
      for (const kind of KINDS) ids[kind] = await confirmRun(kind, rows);
      site.clearCalls();
      site.setLatency(latencyFactor);
      return ids;
    },
    startServer: () =>
      spawnService({
        program: '/usr/bin/env',
        args: (port) => [
          ...Object.entries({
            ...studio.environment,
            PUBLIC_URL: `http://localhost:${port}`,
            PORT: String(port),
            SESSION_SECRETS: sessionSecrets,
            DATABASE_URL: database.url,
            RUN_BATCH_ROWS: '10',
            RUN_LEASE_SECONDS: '1',
            LOG_LEVEL: 'error',
            ...COMPILE_CACHE,
            ...environment,
          }).map(([name, value]) => `${name}=${value}`),
          process.execPath,
          MAIN,
        ],
        answers: async (port) => {
          const { ok } = await fetch(`http://127.0.0.1:${port}/healthz`);
          if (!ok) throw new Error('not yet');
        },
        stopSignal: 'SIGKILL',
      }),
    async unfinished() {
      for (const id of open) if ((await runs.find(id))?.status !== 'running') open.delete(id);
      return [...open];
    },
    async reckon(kind, runId) {
      const rows = await runs.rows(runId);
      expect(rows.every(isSettled)).toBe(true);
      const tally = rows.map(({ position }) => position);
      expect((await auditedPositions(runId)).toSorted((a, b) => a - b)).toEqual(tally);
      const events = site.eventLog();
      switch (kind) {
        case 'update':
          expect(rows.every(({ progress }) => progress === 'done')).toBe(true);
          expect(timesPerRow(rows, eventsOf(events, 'Shotgun_Version_Change', 'sg_status_list'))).toEqual(once(rows));
          break;
        case 'delete':
          expect(rows.every(({ progress }) => progress === 'done')).toBe(true);
          expect(timesPerRow(rows, eventsOf(events, 'Shotgun_Version_Retirement', null))).toEqual(once(rows));
          break;
        case 'create': {
          const made = Map.groupBy(site.rows('Note'), (note) => String(note['subject']));
          for (const { change, progress, createdId } of rows) {
            const notes = made.get(change.name) ?? [];
            // Never twice; there and known, or of unknown fate and said so.
            if (progress === 'done') expect(notes.map(({ id }) => id)).toEqual([createdId]);
            else expect({ progress, notes: notes.length <= 1 }).toEqual({ progress: 'unknown', notes: true });
          }
        }
      }
    },
    async close() {
      await shotgrid.close();
      await audit.close();
      await studio.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server that is killed keeps nothing that it compiled; one that ends because nothing is set up does. */
function compile(): Promise<void> {
  return new Promise((resolve) => execFile(process.execPath, [MAIN], { env: COMPILE_CACHE }, () => resolve()));
}

type SiteEvents = ReturnType<Studio['site']['eventLog']>;

/** The rows that events of this kind are about, but for those that came with a row's creation. */
function eventsOf(events: SiteEvents, type: string, field: string | null): readonly number[] {
  return events.flatMap((event) => {
    const meta = event['meta'] as { readonly entity_id: number; readonly in_create?: boolean };
    const isIt = event['event_type'] === type && event['attribute_name'] === field && meta.in_create !== true;
    return isIt ? [meta.entity_id] : [];
  });
}

function timesPerRow(rows: readonly RunRow[], ids: readonly number[]): readonly number[] {
  const times = Map.groupBy(ids, (id) => id);
  return rows.map(({ change }) => times.get(change.id ?? 0)?.length ?? 0);
}

function once(rows: readonly RunRow[]): readonly number[] {
  return rows.map(() => 1);
}
