/**
 * Asking the hosts of other menu items whether they answer: begun by an administrator, done in the background, and kept in the
 * audit log alone, so that every replica knows when it was done, by whom, and what came of it.
 */
import type { Request } from 'express';
import type { AuditLog } from '../audit/log.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { Inventory } from '../menu/read-inventory.ts';
import type { Reach } from '../menu/probe.ts';
import type { Recorder } from './recorder.ts';
import { contextOf } from './request-context.ts';

export type HostCheck = {
  readonly state: 'never' | 'checking' | 'done' | 'not_ended';
  /** When it ended, or began where it has not ended. */
  readonly at: Date | undefined;
  readonly by: string | undefined;
  /** By `host:port`: of the last one that ended. */
  readonly reach: ReadonlyMap<string, Reach>;
};

export type HostChecks = {
  readonly current: () => Promise<HostCheck>;
  /** Begins one, unless one is under way. @throws AuditUnavailableError: then nobody is asked. */
  readonly begin: (request: Request) => Promise<void>;
};

/** Twice what the slowest hosts take: whoever began it is gone. */
const LOST_MS = 60_000;

const REACHES: readonly Reach[] = ['answers', 'no_answer', 'no_such_host', 'not_asked'];

export function createHostChecks(deps: {
  readonly inventory: Pick<Inventory, 'probe'>;
  readonly audit: Pick<AuditLog, 'search'>;
  readonly recorder: Pick<Recorder, 'hostsAsked' | 'hostsAnswered'>;
  readonly now: () => Date;
}): HostChecks {
  const newest = async (type: string): Promise<AuditRecord | undefined> =>
    (await deps.audit.search({ type, limit: 1 })).records[0];

  async function current(): Promise<HostCheck> {
    const [asked, answered] = await Promise.all([newest('admin.hosts_asked'), newest('admin.hosts_answered')]);
    const reach = answered === undefined ? new Map<string, Reach>() : reachOf(answered);
    const isOpen = asked !== undefined && asked.seq > (answered?.seq ?? 0);
    const last = isOpen ? asked : answered;
    if (last === undefined) return { state: 'never', at: undefined, by: undefined, reach };
    const at = new Date(last.content.time);
    const isLost = isOpen && deps.now().getTime() - at.getTime() > LOST_MS;
    const state = isOpen && !isLost ? 'checking' : isLost || last.content.outcome === 'failed' ? 'not_ended' : 'done';
    return { state, at, by: last.content.person?.login, reach };
  }

  return {
    current,
    async begin(request) {
      if ((await current()).state === 'checking') return;
      await deps.recorder.hostsAsked(request);
      void finish(request);
    },
  };

  async function finish(request: Request): Promise<void> {
    const { log } = contextOf(request);
    try {
      const found = await deps.inventory.probe().catch((error: unknown) => {
        log.warn({ reason: reasonOf(error) }, 'the hosts of menu items were not asked');
        return undefined;
      });
      await deps.recorder.hostsAnswered(request, { found });
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'what the hosts of menu items said could not be recorded');
    }
  }
}

function reachOf({ content }: AuditRecord): ReadonlyMap<string, Reach> {
  const hosts = content.details?.['hosts'];
  if (!Array.isArray(hosts)) return new Map();
  return new Map(
    hosts.flatMap((one: unknown): [string, Reach][] => {
      if (one === null || typeof one !== 'object' || !('host' in one) || !('reach' in one)) return [];
      const reach = REACHES.find((known) => known === one.reach);
      return typeof one.host === 'string' && reach !== undefined ? [[one.host, reach]] : [];
    }),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
