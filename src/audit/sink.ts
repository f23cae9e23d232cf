/**
 * The second sink: every record once more, as ECS lines, to whoever collects them. Store and forward: the log itself is
 * the store, a row of the database says how far the sink has got, and no append ever waits. After a fault a few records
 * may be sent again; their `event.id` tells.
 */
import { createHash } from 'node:crypto';
import { fstatSync, write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import { createFileAppender } from './append-file.ts';
import type { Lines } from './append-file.ts';
import { ecsLine } from './ecs.ts';
import { post } from './post.ts';
import type { AuditTables } from './tables.ts';

export type SinkTarget = {
  /** Names the sink in the database: who changes the target begins anew. Holds no secret. */
  readonly name: string;
  /** Resolves when all lines are handed over. After a failure it is called again with the same object. */
  readonly write: (lines: Lines, signal: AbortSignal) => Promise<void>;
  readonly close?: () => Promise<void>;
};

export type Sink = {
  /** Says that there are new records. */
  readonly wake: () => void;
  readonly status: () => SinkStatus;
  /** Gives up what is under way; the next start goes on with it. */
  readonly close: () => Promise<void>;
};

export type SinkStatus = {
  readonly name: string;
  /** Absent while another process feeds the sink. */
  readonly forwardedUpTo?: number;
  readonly trouble?: string;
};

/** This process feeds the sink until then, and it has got this far. */
type Lease = { readonly until: number; readonly seq: number };

const RECORDS_PER_BATCH = 200;
const GATHER_MS = 100;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** Other replicas append too. */
const LOOK_EVERY_MS = 5_000;
/** A process that dies leaves the sink to another after this long. */
const LEASE_MS = 60_000;

export function createSink(deps: {
  readonly db: Kysely<AuditTables>;
  readonly target: SinkTarget;
  /** Names this process among the replicas. */
  readonly owner: string;
  readonly now: () => Date;
  /** Called when the sink begins to fail, not for every attempt. */
  readonly onTrouble: (name: string, error: unknown) => void;
}): Sink {
  const { db, target, owner, now, onTrouble } = deps;
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  let working: Promise<void> | undefined;
  let hasMore = false;
  let trouble: string | undefined;
  let lease: Lease | undefined;
  let pending: { readonly from: number; readonly to: number; readonly lines: Lines } | undefined;

  /** True when there may be more. */
  async function forward(): Promise<boolean> {
    if (lease === undefined || lease.until - now().getTime() < LEASE_MS / 2) {
      lease = await claim(db, target.name, owner, now());
    }
    if (lease === undefined) return false;
    // What was begun is ended as it was begun, so that no line goes out in two halves.
    if (pending?.from !== lease.seq) pending = await readBatch(lease.seq);
    if (pending === undefined) return false;
    await target.write(pending.lines, closing.signal);
    trouble = undefined;
    const isMine = await move(db, target.name, owner, pending.to);
    lease = isMine ? { ...lease, seq: pending.to } : undefined;
    pending = undefined;
    return true;
  }
  async function readBatch(from: number) {
    const records = await db
      .selectFrom('audit_records')
      .select(['seq', 'hash', 'line'])
      .where('seq', '>', from)
      .orderBy('seq')
      .limit(RECORDS_PER_BATCH)
      .execute();
    const last = records.at(-1);
    if (last === undefined) return undefined;
    const bytes = Buffer.from(records.map((record) => `${ecsLine(record)}\n`).join(''));
    return { from, to: last.seq, lines: { bytes, written: 0 } };
  }
  async function work(): Promise<void> {
    // Under load, one batch for what comes in a moment: each moves the position durably.
    await pause(GATHER_MS);
    for (let wait = FIRST_PAUSE_MS; !isClosing(); wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        hasMore = false;
        while (!isClosing() && (await forward()));
        return;
      } catch (error) {
        if (isClosing()) return;
        if (trouble === undefined) onTrouble(target.name, error);
        trouble = error instanceof Error ? error.message : 'unknown';
        await pause(wait);
      }
    }
  }
  function pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
  }
  function wake(): void {
    hasMore = true;
    if (isClosing() || working !== undefined) return;
    working = work().finally(() => {
      working = undefined;
      // Said while the last look was under way.
      if (hasMore) wake();
    });
  }

  const timer = setInterval(wake, LOOK_EVERY_MS);
  timer.unref();
  wake();
  return {
    wake,
    status: () => ({
      name: target.name,
      ...(lease === undefined ? {} : { forwardedUpTo: lease.seq }),
      ...(trouble === undefined ? {} : { trouble }),
    }),
    close: async () => {
      clearInterval(timer);
      closing.abort();
      await working;
      await target.close?.();
      await release(db, target.name, owner).catch(() => undefined);
    },
  };
}

/** Lines to a file or a named pipe, or for `stdout` to standard output. */
export function fileTarget(path: string): SinkTarget {
  if (path !== 'stdout') {
    const { append, close } = createFileAppender(path);
    return { name: `file:${path}`, write: append, close };
  }
  // A full pipe would block whoever writes to it; opened anew it says that it is full. Other outputs keep their place
  // only when they are written to as they are.
  if (!fstatSync(1).isFIFO()) return { name: 'stdout', write: writeToStdout };
  const { append, close } = createFileAppender('/proc/self/fd/1');
  return { name: 'stdout', write: append, close };
}

/** Lines to a collector, as newline-delimited JSON. @param url - May hold credentials. */
export function addressTarget(url: string): SinkTarget {
  const name = `url:${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
  return { name, write: ({ bytes }, signal) => post(url, 'application/x-ndjson', bytes.toString(), signal) };
}

async function writeToStdout(lines: Lines): Promise<void> {
  while (lines.written < lines.bytes.length) {
    lines.written += (await promisify(write)(1, lines.bytes, lines.written)).bytesWritten;
  }
}

/** Takes or renews the right to feed the sink; undefined while it is another's. */
async function claim(db: Kysely<AuditTables>, name: string, owner: string, now: Date): Promise<Lease | undefined> {
  const until = now.getTime() + LEASE_MS;
  await db
    .insertInto('audit_sinks')
    .values({ name, seq: 0, owner, owned_until: now.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const mine = await db
    .updateTable('audit_sinks')
    .set({ owner, owned_until: new Date(until).toISOString() })
    .where('name', '=', name)
    .where((is) => is.or([is('owner', '=', owner), is('owned_until', '<', now.toISOString())]))
    .returning('seq')
    .executeTakeFirst();
  return mine && { until, seq: mine.seq };
}

/** False when the sink has become another's meanwhile. */
async function move(db: Kysely<AuditTables>, name: string, owner: string, seq: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('audit_sinks')
    .set({ seq })
    .where('name', '=', name)
    .where('owner', '=', owner)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function release(db: Kysely<AuditTables>, name: string, owner: string): Promise<void> {
  const past = new Date(0).toISOString();
  await db
    .updateTable('audit_sinks')
    .set({ owned_until: past })
    .where('name', '=', name)
    .where('owner', '=', owner)
    .execute();
}
