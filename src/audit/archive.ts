/**
 * Moves old records out of the database into a file that can be checked by itself. What stays is a stub: how the archived
 * part ended and which file holds it, said by a record of the log. Only behind such a record does the database let
 * records go, so the chain still verifies from the stub on, and the stub itself cannot be made up.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import type { Kysely } from 'kysely';
import { createChainCheck } from './chain.ts';
import type { ChainResult, Head } from './chain.ts';
import { formatCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { SigningKey } from './checkpoint.ts';
import { auditArchived } from './events/auditors.ts';
import { fileEnd, fileHeader, fileRecord } from './log-file.ts';
import type { AuditLog } from './log.ts';
import { verifyLogFiles } from './read-log-file.ts';
import type { SealedRecord } from './record.ts';
import type { AuditTables } from './tables.ts';
import { readStart } from './verify.ts';

export type ArchiveRequest = {
  /** Records up to the first one that is not older than this. */
  readonly before: Date;
  /** The file to make; compressed with Zstandard when its name ends in `.zst`, else with gzip. */
  readonly path: string;
  /** Who asked for it. */
  readonly operator?: string | undefined;
};

export type Archived = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly head: string;
  /** 64 lower-case hex digits. */
  readonly fileSha256: string;
};

/** Nothing was archived and nothing deleted, for this reason. */
export class ArchiveRefusedError extends Error {
  override readonly name = 'ArchiveRefusedError';
  /** Present when the log itself is not as it was sealed. */
  readonly broken?: ChainResult;
  constructor(message: string, broken?: ChainResult) {
    super(message);
    if (broken !== undefined) this.broken = broken;
  }
}

const PAGE = 500;
const INDEX_ROWS_PER_DELETE = 5_000;

/**
 * Writes the file, reads it back, and only then lets the records go.
 *
 * @throws {@link ArchiveRefusedError} when there is nothing that old, when records have not reached the second sink, when
 *   the chain is broken, or when the file exists.
 */
export async function archiveRecords(
  deps: {
    readonly db: Kysely<AuditTables>;
    readonly log: AuditLog;
    readonly now: () => Date;
    /** Signs what is in the file; unsigned when absent. */
    readonly key?: SigningKey | undefined;
  },
  request: ArchiveRequest,
): Promise<Archived> {
  const { db, log } = deps;
  const { path } = request;
  const start = await readStart(db);
  const partial = `${path}.partial`;
  const file = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
  // Only what is ours is removed below.
  await once(file, 'open');
  try {
    const written = { last: start };
    const compressed = path.endsWith('.zst') ? createZstdCompress() : createGzip();
    const text = Readable.from(fileText(deps, request.before, start, written));
    await pipeline(text, compressed, file);
    const { last } = written;
    if (last.seq === start.seq) throw new ArchiveRefusedError('there is no record that old');
    await refuseUnforwarded(db, last.seq);

    const read = await verifyLogFiles([partial], { checkpoints: [], keys: undefined });
    if (!read.intact || read.size !== last.seq || read.head !== last.hash) {
      throw new ArchiveRefusedError('the file does not read back as it was written');
    }
    const archived: Archived = {
      firstSeq: start.seq + 1,
      lastSeq: last.seq,
      head: last.hash,
      fileSha256: await sha256Of(partial),
    };
    // Unlike a rename, this never replaces a file.
    await link(partial, path).catch((error: unknown) => {
      throw new ArchiveRefusedError(`${path} cannot be made: ${error instanceof Error ? error.message : 'unknown'}`);
    });
    await syncFolder(dirname(path));
    await letGo(log, archived, request.operator);
    await forgetIndex(db, last.seq, request.before);
    return archived;
  } finally {
    file.destroy();
    await rm(partial, { force: true });
  }
}

/** The lines of the file; `written.last` follows the last record in it. */
async function* fileText(
  {
    db,
    now,
    key,
  }: { readonly db: Kysely<AuditTables>; readonly now: () => Date; readonly key?: SigningKey | undefined },
  before: Date,
  start: Head,
  written: { last: Head },
): AsyncGenerator<string> {
  const check = createChainCheck(start);
  const limit = before.toISOString();
  yield fileHeader(start);
  for (let isOld = true; isOld;) {
    const page = await readPage(db, written.last.seq);
    const firstYoung = page.findIndex((record) => !(timeOf(record) < limit));
    isOld = firstYoung === -1 && page.length > 0;
    const old = firstYoung === -1 ? page : page.slice(0, firstYoung);
    for (const record of old) {
      check.push(record);
      yield fileRecord(record);
      written.last = record;
    }
  }
  const result = check.end();
  if (!result.intact) throw new ArchiveRefusedError('the log is not as it was sealed, so nothing is archived', result);
  if (key !== undefined) yield `${formatCheckpoint(signCheckpoint(written.last, now(), key))}\n`;
  yield fileEnd(written.last);
}

function readPage(db: Kysely<AuditTables>, after: number): Promise<SealedRecord[]> {
  return db
    .selectFrom('audit_records')
    .select(['seq', 'hash', 'line'])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(PAGE)
    .execute();
}

/** RFC 3339 UTC, which sorts as it reads; a line that states none is not old. */
function timeOf({ line }: SealedRecord): string {
  return /^\{"v":1,"seq":\d+,"time":"([^"]+)"/.exec(line)?.[1] ?? '\uffff';
}

async function refuseUnforwarded(db: Kysely<AuditTables>, lastSeq: number): Promise<void> {
  const behind = await db
    .selectFrom('audit_sinks')
    .select(['name', 'seq'])
    .where('seq', '<', lastSeq)
    .executeTakeFirst();
  if (behind === undefined) return;
  throw new ArchiveRefusedError(
    `the second sink ${behind.name} has got only to record ${behind.seq}; a sink that is no longer used is to be deleted from audit_sinks`,
  );
}

/** The record that says so, the stub, and the deletion: all of it or nothing. */
async function letGo(log: AuditLog, archived: Archived, operator: string | undefined): Promise<void> {
  await log.append(auditArchived({}, { ...archived, operator }), {
    alongside: async (transaction, [seal]) => {
      const tables = transaction.$extendTables<AuditTables>();
      const { firstSeq, lastSeq, head, fileSha256 } = archived;
      await tables
        .insertInto('audit_archives')
        .values({
          first_seq: firstSeq,
          last_seq: lastSeq,
          head,
          file_sha256: fileSha256,
          sealed_by: seal?.seq ?? 0,
        })
        .execute();
      await tables.deleteFrom('audit_records').where('seq', '<=', lastSeq).execute();
    },
  });
}

/** What archived records were found and counted by. None of it is evidence: it goes a little at a time, behind. */
async function forgetIndex(db: Kysely<AuditTables>, lastSeq: number, before: Date): Promise<void> {
  for (let seq = 0; seq < lastSeq;) {
    const next = Math.min(seq + INDEX_ROWS_PER_DELETE, lastSeq);
    await db.deleteFrom('audit_index').where('seq', '>', seq).where('seq', '<=', next).execute();
    await db.deleteFrom('audit_terms').where('seq', '>', seq).where('seq', '<=', next).execute();
    seq = next;
  }
  const hour = before.toISOString().slice(0, 13);
  await db.deleteFrom('audit_activity').where('hour', '<', hour).execute();
  await db.deleteFrom('audit_hours').where('hour', '<', hour).execute();
  await db.deleteFrom('audit_actors').where('day', '<', hour.slice(0, 10)).execute();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The file's name is durable only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
