/** What stands beside the chain: the checkpoints signed so far, and how far each second sink has got. */
import type { Kysely } from 'kysely';
import type { ChainResult } from './chain.ts';
import type { Checkpoint, PublicKeys } from './checkpoint.ts';
import type { Checkpoints } from './checkpoints.ts';
import { reading, type AuditLog } from './log.ts';
import type { Sink } from './sink.ts';
import type { AuditTables } from './tables.ts';

export type SinkPosition = {
  readonly name: string;
  /** 0 before the first. */
  readonly forwardedUpTo: number;
  readonly behindBy: number;
  /** Why it does not get on, as far as this process feeds it. */
  readonly trouble: string | undefined;
};

export type CheckedLog = {
  readonly result: ChainResult;
  /** The newest that this database has, whoever signed it. */
  readonly newest: Checkpoint | undefined;
  /** Newest first: those that the log was held against. */
  readonly checked: readonly Checkpoint[];
  /** How many were left out, since this server does not have the keys that they are signed with. */
  readonly unknown: number;
};

export type AuditBeside = {
  /**
   * A checkpoint of all that is in the log now, to go with what is taken out of it; undefined when this server signs none.
   *
   * @throws {@link AuditUnavailableError} when it cannot be signed: what needs one then does not leave.
   */
  sign(): Promise<Checkpoint | undefined>;
  /** The checkpoint of the first `size` records, or the newest; undefined when none was signed. */
  checkpoint(size: number | 'newest'): Promise<Checkpoint | undefined>;
  /** The log's check, held against the newest checkpoints of its own database. Those kept elsewhere prove more. */
  verify(): Promise<CheckedLog>;
  sinks(): Promise<readonly SinkPosition[]>;
};

/** Each takes a signature's check; every one covers all records before it. */
const MOST_CHECKED = 100;

/** @param deps.keys - Of this server: their public halves. */
export function createAuditBeside(deps: {
  readonly db: Kysely<AuditTables>;
  readonly log: Pick<AuditLog, 'verify'>;
  readonly keys: PublicKeys;
  readonly sinks: readonly Pick<Sink, 'status'>[];
  /** Absent where this server has no key to sign with. */
  readonly sign?: Checkpoints['sign'] | undefined;
}): AuditBeside {
  const { db, keys } = deps;
  return {
    sign: () => reading(async () => deps.sign?.()),
    checkpoint: (size) =>
      reading(async () => {
        const [found] = await readNewest(db, 1, size === 'newest' ? undefined : size);
        return found;
      }),
    async verify() {
      // Read first, so that the log is at least as long as they say.
      const signed = await reading(() => readNewest(db, MOST_CHECKED));
      const checked = signed.filter(({ keyId }) => keys.has(keyId));
      const result = await deps.log.verify(checked.length === 0 ? {} : { checkpoints: checked, keys });
      return { result, newest: signed[0], checked, unknown: signed.length - checked.length };
    },
    async sinks() {
      if (deps.sinks.length === 0) return [];
      const [rows, { seq }] = await reading(() =>
        Promise.all([
          db.selectFrom('audit_sinks').select(['name', 'seq']).execute(),
          db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow(),
        ]),
      );
      return deps.sinks.map((sink) => {
        const { name, trouble } = sink.status();
        const forwardedUpTo = rows.find((row) => row.name === name)?.seq ?? 0;
        return { name, forwardedUpTo, behindBy: Math.max(0, seq - forwardedUpTo), trouble };
      });
    },
  };
}

async function readNewest(db: Kysely<AuditTables>, limit: number, size?: number): Promise<readonly Checkpoint[]> {
  const rows = await db
    .selectFrom('audit_checkpoints')
    .select(['size', 'head', 'time', 'key_id', 'signature'])
    .$if(size !== undefined, (query) => query.where('size', '=', size ?? 0))
    .orderBy('size', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ key_id: keyId, ...row }) => ({ ...row, keyId }));
}
