/**
 * When checkpoints are signed, and where they go: every so many records, every so many minutes if there is something
 * new, and when the server stops. Nobody waits for them; what cannot be delivered is tried again.
 */
import { createPublicKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { createFileAppender } from './append-file.ts';
import type { Lines } from './append-file.ts';
import { checkCheckpoint, formatCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { Checkpoint, PublicKeys, SigningKey } from './checkpoint.ts';
import { post } from './post.ts';
import type { AuditTables } from './tables.ts';

export type CheckpointPlan = {
  /** Signs; older keys only verify, and are not needed here. */
  readonly key: SigningKey;
  readonly everyRecords: number;
  readonly everyMinutes: number;
  /** Writes a checkpoint into the server's own log. */
  readonly toLog: (checkpoint: Checkpoint) => void;
  /** Takes every checkpoint as one more line. */
  readonly file?: string | undefined;
  /** Is sent every checkpoint as JSON. May hold credentials. */
  readonly url?: string | undefined;
};

export type Checkpoints = {
  /** Says that the log now has `size` records. */
  readonly wake: (size: number) => void;
  /**
   * Signs what is there now, for somebody who takes it away; published like every other.
   *
   * @returns a checkpoint of at least every record that was durable before the call; undefined for a log without records.
   * @throws whatever keeps the database from answering.
   */
  readonly sign: () => Promise<Checkpoint | undefined>;
  /** Signs what is there now, if that is new, and tries once more to deliver. */
  readonly close: () => Promise<void>;
};

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** An address that is down for days gets the newest ones: each covers all before it. */
const MOST_WAITING = 100;
const TRY_MS = 10_000;
const LAST_TRY_MS = 2_000;

export function createCheckpoints(deps: {
  readonly db: Kysely<AuditTables>;
  readonly now: () => Date;
  readonly plan: CheckpointPlan;
  readonly onTrouble: (where: 'database' | 'file' | 'address', error: unknown) => void;
}): Checkpoints {
  const { db, now, plan, onTrouble } = deps;
  const ownKeys: PublicKeys = new Map([[plan.key.keyId, createPublicKey(plan.key.privateKey)]]);
  const closing = new AbortController();
  const outlets = [
    ...(plan.file === undefined ? [] : [createOutlet('file', fileOutlet(plan.file))]),
    ...(plan.url === undefined ? [] : [createOutlet('address', addressOutlet(plan.url))]),
  ];
  let signed = 0;
  let signing: Promise<void> | undefined;

  async function sign(): Promise<Checkpoint | undefined> {
    const head = await db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
    if (head.seq === 0) return undefined;
    const checkpoint = signCheckpoint(head, now(), plan.key);
    const { size, time, keyId, signature } = checkpoint;
    // Of several replicas that sign at the same moment one publishes.
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('audit_checkpoints')
      .values({ size, head: checkpoint.head, time, key_id: keyId, signature })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    signed = Math.max(signed, size);
    if (numInsertedOrUpdatedRows !== 1n) return (await published(checkpoint)) ?? checkpoint;
    plan.toLog(checkpoint);
    for (const outlet of outlets) outlet.take(checkpoint);
    return checkpoint;
  }
  /** What somebody else signed of the same records a moment before, so that one size has one checkpoint. */
  async function published({ size, head }: Checkpoint): Promise<Checkpoint | undefined> {
    const row = await db.selectFrom('audit_checkpoints').selectAll().where('size', '=', size).executeTakeFirst();
    if (row?.head !== head) return undefined;
    const { time, key_id: keyId, signature } = row;
    const stored = { size, head, time, keyId, signature };
    return checkCheckpoint(stored, ownKeys) === undefined ? stored : undefined;
  }
  function signOnce(): Promise<void> {
    return (signing ??= sign()
      .then(
        () => undefined,
        (error: unknown) => onTrouble('database', error),
      )
      .finally(() => {
        signing = undefined;
      }));
  }

  /** Delivers in order, one at a time, and keeps what cannot be delivered. */
  function createOutlet(where: 'file' | 'address', outlet: Outlet) {
    let waiting: string[] = [];
    let working: Promise<void> | undefined;
    async function work(): Promise<void> {
      for (let pause = FIRST_PAUSE_MS; waiting[0] !== undefined;) {
        try {
          // What is left when the server stops still gets one short try.
          await outlet.deliver(waiting[0], AbortSignal.timeout(closing.signal.aborted ? LAST_TRY_MS : TRY_MS));
          waiting.shift();
          pause = FIRST_PAUSE_MS;
        } catch (error) {
          onTrouble(where, error);
          if (closing.signal.aborted) return;
          await delay(pause, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        }
      }
    }
    return {
      take: (checkpoint: Checkpoint) => {
        waiting = [...waiting, formatCheckpoint(checkpoint)].slice(-MOST_WAITING);
        working ??= work().finally(() => {
          working = undefined;
        });
      },
      end: async () => {
        await working;
        await outlet.close?.();
      },
    };
  }

  const timer = setInterval(() => void signOnce(), plan.everyMinutes * 60_000);
  timer.unref();
  void db
    .selectFrom('audit_checkpoints')
    .select(({ fn }) => fn.max('size').as('size'))
    .executeTakeFirst()
    .then(
      (last) => {
        signed = Math.max(signed, last?.size ?? 0);
      },
      // The first checkpoint then comes early, or finds the same trouble and reports it.
      () => undefined,
    );
  return {
    sign,
    wake: (size) => {
      if (size - signed >= plan.everyRecords) void signOnce();
    },
    close: async () => {
      clearInterval(timer);
      await signing;
      await signOnce();
      closing.abort();
      await Promise.all(outlets.map((outlet) => outlet.end()));
    },
  };
}

type Outlet = {
  readonly deliver: (line: string, signal: AbortSignal) => Promise<void>;
  readonly close?: () => Promise<void>;
};

function fileOutlet(path: string): Outlet {
  const { append, close } = createFileAppender(path);
  let begun: { readonly line: string; readonly lines: Lines } | undefined;
  return {
    deliver: async (line, signal) => {
      if (begun?.line !== line) begun = { line, lines: { bytes: Buffer.from(`${line}\n`), written: 0 } };
      await append(begun.lines, signal);
    },
    close,
  };
}

function addressOutlet(url: string): Outlet {
  return { deliver: (line, signal) => post(url, 'application/json', line, signal) };
}
