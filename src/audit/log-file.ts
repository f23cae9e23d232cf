/**
 * A log in a file, as `record.ts` describes it: writing its lines, and checking them one by one in constant memory. Pure.
 */
import { createChainCheck } from './chain.ts';
import type { BrokenReason, ChainCheck, ChainResult, Head } from './chain.ts';
import { createCheckpointCheck } from './checkpoint-check.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Checkpoint, PublicKeys } from './checkpoint.ts';
import { NO_HASH, statedSeq } from './record.ts';
import type { SealedRecord } from './record.ts';

/** The first line. @param after - The record before the first one in the file; seq 0 at the beginning of a log. */
export function fileHeader(after: Head): string {
  return `{"understudy":"audit log v1","after":{"seq":${after.seq},"hash":"${after.hash}"}}\n`;
}

export function fileRecord({ hash, line }: Pick<SealedRecord, 'hash' | 'line'>): string {
  return `${hash} ${line}\n`;
}

/** The last line. @param end - The last record in the file, or `after` when there is none. */
export function fileEnd(end: Head): string {
  return `{"end":{"seq":${end.seq},"hash":"${end.hash}"}}\n`;
}

export type LogFileCheck = {
  /** Takes the next line without its line end; false once nothing more needs to be read. */
  readonly push: (line: string) => boolean;
  /** The answer. @param isWhole - False when the last line had no line end, or the file could not be read to its end. */
  readonly end: (isWhole: boolean) => ChainResult;
};

const HEADER = /^\{"understudy":"audit log v1","after":\{"seq":(\d{1,15}),"hash":"([0-9a-f]{64})"\}\}$/;
const END = /^\{"end":\{"seq":(\d{1,15}),"hash":"([0-9a-f]{64})"\}\}$/;

/**
 * Checks one file.
 *
 * @param given.checkpoints - Kept elsewhere, beside those in the file itself.
 * @param given.keys - Whose signatures count; undefined when none are to be checked.
 * @param given.from - Where the file before this one ended; anywhere when absent.
 * @param given.goesOn - Another file continues this one.
 */
export function createLogFileCheck(given: {
  readonly checkpoints: readonly Checkpoint[];
  readonly keys: PublicKeys | undefined;
  readonly from?: Head | undefined;
  readonly goesOn?: boolean;
}): LogFileCheck {
  const signed = createCheckpointCheck(given.checkpoints, given.keys);
  let chain: ChainCheck | undefined;
  let after: Head = { seq: 0, hash: NO_HASH };
  let last = after;
  let ended = false;
  let broken: ChainResult | undefined;

  function fail(reason: BrokenReason, brokenAt = last.seq + 1): false {
    broken ??= { intact: false, brokenAt, reason };
    return false;
  }
  function begin(line: string): boolean {
    const header = headIn(HEADER, line);
    if (header === undefined) return fail('not_a_log');
    const { from } = given;
    if (from !== undefined && header.seq > from.seq) return fail('missing', from.seq + 1);
    if (from !== undefined && header.seq < from.seq) return fail('inserted', from.seq + 1);
    if (from !== undefined && header.hash !== from.hash) return fail('rewritten', from.seq);
    after = last = header;
    chain = createChainCheck(after);
    signed.see(after);
    return true;
  }
  function take(check: ChainCheck, line: string): boolean {
    const isRecord = line[64] === ' ';
    const text = isRecord ? line.slice(65) : line;
    last = { seq: statedSeq(text) ?? last.seq + 1, hash: isRecord ? line.slice(0, 64) : '' };
    if (!check.push({ ...last, line: text })) return false;
    signed.see(last);
    return true;
  }

  return {
    push: (line) => {
      if (broken !== undefined) return false;
      if (ended) return fail('concatenated');
      if (chain === undefined) return begin(line);
      if (!line.startsWith('{')) return take(chain, line);
      const end = headIn(END, line);
      const checkpoint = end === undefined ? parseCheckpoint(line) : undefined;
      if (checkpoint !== undefined) signed.seeBehind(checkpoint, last);
      else if (end === undefined) return take(chain, line);
      else if (end.seq !== last.seq || end.hash !== last.hash) return fail(end.seq > last.seq ? 'missing' : 'head');
      else ended = true;
      return true;
    },
    end: (isWhole) => {
      const result = chain?.end();
      // What is wrong with a record says more than what is wrong around it.
      if (result?.intact === false) return result;
      if (broken !== undefined) return broken;
      if (result === undefined) return { intact: false, brokenAt: 1, reason: 'not_a_log' };
      if (!ended || !isWhole) return { intact: false, brokenAt: result.size + 1, reason: 'truncated' };
      return signed.judge(after.seq === 0 ? result : { ...result, after: after.seq }, given.goesOn);
    },
  };
}

function headIn(pattern: RegExp, line: string): Head | undefined {
  const [, seq, hash] = pattern.exec(line) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}
