/** Small sealed logs for tests of what is done with them, and the files they are kept in. */
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import type { Checkpoint } from '../../src/audit/checkpoint.ts';
import { formatCheckpoint, generateSigningKey, readPublicKeys, readSigningKey } from '../../src/audit/checkpoint.ts';
import { fileEnd, fileHeader, fileRecord } from '../../src/audit/log-file.ts';
import { NO_HASH, sealRecord } from '../../src/audit/record.ts';
import type { SealedRecord } from '../../src/audit/record.ts';

export const START = { seq: 0, hash: NO_HASH };

/** `size` records; another `login` makes another log. */
export function sealedLog(size: number, login = 'artist'): readonly SealedRecord[] {
  const records: SealedRecord[] = [];
  for (let n = 1; n <= size; n += 1) {
    const event = loggedOut({ reference: `R${n}`, person: { login, proven: true } });
    records.push(sealRecord(event, records.at(-1) ?? START, new Date(n * 1000)));
  }
  return records;
}

/** Lines of a file without their line ends: header, records, end. A checkpoint stands behind the last record. */
export function fileLines(
  records: readonly SealedRecord[],
  { after = START, checkpoint }: { readonly after?: typeof START; readonly checkpoint?: Checkpoint } = {},
): readonly string[] {
  const lines = [fileHeader(after), ...records.map(fileRecord)];
  if (checkpoint !== undefined) lines.push(`${formatCheckpoint(checkpoint)}\n`);
  return [...lines, fileEnd(records.at(-1) ?? after)].map((line) => line.slice(0, -1));
}

/** A new key, for signing and for checking. */
export function newKey() {
  const { privatePem, publicPem } = generateSigningKey();
  return { signing: readSigningKey(privatePem), keys: readPublicKeys([publicPem]), privatePem, publicPem };
}
