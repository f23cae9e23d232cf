/**
 * Whether a sequence of records is the one that was sealed: pure functions on records, no database, no clock.
 * The format is described in `record.ts`.
 */
import { hashRecord, NO_HASH, statedSeq } from './record.ts';
import type { SealedRecord } from './record.ts';

/** The end of a chain: how many records, and the hash of the last one. */
export type Head = { readonly seq: number; readonly hash: string };

/** What is wrong at a place; the same words in the page, the command and the record of the check. */
export type BrokenReason =
  | 'edited' // the bytes are not those that were sealed
  | 'missing' // the record is not there at all
  | 'reordered' // the record is there, but later
  | 'inserted' // something stands here that was never sealed here
  | 'head' // the end of the records is not where the log says that it is
  | 'stub' // what the log says of records that were archived is not what was sealed
  | 'cut' // the records end before a checkpoint
  | 'rewritten' // another record than the one that a checkpoint was signed for
  | 'unknown_key' // a checkpoint is signed with a key that was not given
  | 'bad_signature' // a checkpoint is not what was signed
  | 'unsigned' // keys were given, and no checkpoint was there to check with them
  | 'truncated' // a file ends before its own end
  | 'concatenated' // a file holds more behind its end
  | 'not_a_log'; // a file is no log at all

export type ChainResult =
  | {
      readonly intact: true;
      readonly size: number;
      readonly head: string;
      /** The records up to this one are not here: in an archive, or not in this file. Absent when all are. */
      readonly after?: number;
      /** How far the records are covered by a checkpoint whose signature was checked. */
      readonly signedUpTo?: number;
    }
  | { readonly intact: false; readonly brokenAt: number; readonly reason: BrokenReason };

export type ChainCheck = {
  /** Takes the next record; false once the chain is broken and nothing more needs to be read. */
  readonly push: (record: SealedRecord) => boolean;
  /** The answer for everything pushed. */
  readonly end: () => ChainResult;
};

/** The start of every chain. */
const EMPTY: Head = { seq: 0, hash: NO_HASH };

/**
 * Checks records one by one in constant memory.
 *
 * @param from - The record before the first one pushed, when that is known and trusted.
 */
export function createChainCheck(from: Head = EMPTY): ChainCheck {
  let { seq, hash } = from;
  // Once something is wrong, what follows tells which kind of wrong it is.
  let suspicion: ((record: SealedRecord | undefined) => BrokenReason | undefined) | undefined;
  let broken: ChainResult | undefined;

  function settle(record: SealedRecord | undefined): void {
    const reason = suspicion?.(record);
    if (reason !== undefined) broken = { intact: false, brokenAt: seq + 1, reason };
  }

  return {
    push: (record) => {
      if (broken === undefined && suspicion === undefined) {
        if (isNext(record, seq, hash)) {
          ({ seq, hash } = record);
          return true;
        }
        suspicion = suspect(record, seq + 1, hash);
      } else if (broken === undefined) settle(record);
      return broken === undefined;
    },
    end: () => {
      if (broken === undefined) settle(undefined);
      return broken ?? { intact: true, size: seq, head: hash };
    },
  };
}

/** Checks a whole sequence that is at hand. */
export function verifyChain(records: Iterable<SealedRecord>, from: Head = EMPTY): ChainResult {
  const check = createChainCheck(from);
  for (const record of records) if (!check.push(record)) break;
  return check.end();
}

function isNext(record: SealedRecord, seq: number, hash: string): boolean {
  return (
    record.seq === seq + 1 &&
    record.line.startsWith(`{"v":1,"seq":${record.seq},`) &&
    // A damaged byte reads as U+FFFD, which no sealed line holds.
    !record.line.includes('\uFFFD') &&
    hashRecord(hash, record.line) === record.hash
  );
}

/** What `found`, which is not the next record, means: asked with each record after it, and with undefined at the end. */
function suspect(found: SealedRecord, expected: number, previousHash: string) {
  const stated = statedSeq(found.line) ?? expected;
  return (later: SealedRecord | undefined): BrokenReason | undefined => {
    const laterStates = later === undefined ? undefined : statedSeq(later.line);
    // The record after it was sealed onto its hash: the place is right, so the content is wrong.
    if (laterStates === expected + 1 && isSealedOn(found.hash, later)) return 'edited';
    if (stated < expected || found.seq < expected) return 'inserted';
    if (stated === expected && found.seq === expected) {
      return laterStates === expected && isSealedOn(previousHash, later) ? 'inserted' : 'edited';
    }
    // A later record stands here: the expected one comes afterwards, or never.
    if (laterStates === expected) return 'reordered';
    return later === undefined ? 'missing' : undefined;
  };
}

function isSealedOn(hash: string, record: SealedRecord | undefined): boolean {
  if (record === undefined) return false;
  return hashRecord(hash, record.line) === record.hash;
}
