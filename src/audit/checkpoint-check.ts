/** Whether records agree with checkpoints that were kept elsewhere: record by record, in constant memory. Pure. */
import type { BrokenReason, ChainResult } from './chain.ts';
import { checkCheckpoint } from './checkpoint.ts';
import type { Checkpoint, CheckpointFault, PublicKeys } from './checkpoint.ts';
import type { SealedRecord } from './record.ts';

export type CheckpointCheck = {
  /** Takes every record, whose place in the chain the caller has checked. */
  readonly see: (record: Pick<SealedRecord, 'seq' | 'hash'>) => void;
  /** Takes a checkpoint that stands right behind the record seen last. */
  readonly seeBehind: (checkpoint: Checkpoint, last: Pick<SealedRecord, 'seq' | 'hash'>) => void;
  /**
   * What the checkpoints say of a log that is `result` by itself; a broken chain stays what it is.
   *
   * @param goesOn - The rest of the log is elsewhere and checked there: nothing is cut off here, or left unsigned.
   */
  readonly judge: (result: ChainResult, goesOn?: boolean) => ChainResult;
};

/**
 * @param given - Checkpoints from elsewhere, in any order.
 * @param keys - Whom to believe. Undefined: signatures are not looked at, and nothing counts as signed.
 */
export function createCheckpointCheck(given: readonly Checkpoint[], keys: PublicKeys | undefined): CheckpointCheck {
  let fault: { readonly reason: CheckpointFault; readonly size: number } | undefined;
  let rewrittenAt: number | undefined;
  let signedUpTo: number | undefined;

  /** Only what is signed may accuse the log, or vouch for it. */
  function isBelieved(checkpoint: Checkpoint): boolean {
    const reason = keys === undefined ? undefined : checkCheckpoint(checkpoint, keys);
    if (reason !== undefined) fault ??= { reason, size: checkpoint.size };
    return reason === undefined;
  }
  function compare({ size, head }: Checkpoint, record: Pick<SealedRecord, 'seq' | 'hash'>): void {
    if (size === record.seq && head === record.hash) signedUpTo = Math.max(signedUpTo ?? 0, size);
    else rewrittenAt ??= size;
  }

  const waiting = given.filter(isBelieved).sort((a, b) => b.size - a.size);
  return {
    see: (record) => {
      for (let next = waiting.at(-1); next !== undefined && next.size <= record.seq; next = waiting.at(-1)) {
        // One about records before the first here can be neither confirmed nor denied.
        if (next.size === record.seq) compare(next, record);
        waiting.pop();
      }
    },
    seeBehind: (checkpoint, last) => {
      if (isBelieved(checkpoint)) compare(checkpoint, last);
    },
    judge: (result, goesOn = false) => {
      if (!result.intact) return result;
      const broken = (brokenAt: number, reason: BrokenReason) => ({ intact: false, brokenAt, reason }) as const;
      if (rewrittenAt !== undefined) return broken(rewrittenAt, 'rewritten');
      if (!goesOn && waiting.length > 0) return broken(result.size + 1, 'cut');
      if (fault !== undefined) return broken(fault.size, fault.reason);
      if (keys === undefined || (goesOn && signedUpTo === undefined)) return result;
      return signedUpTo === undefined ? broken(result.size, 'unsigned') : { ...result, signedUpTo };
    },
  };
}
