/** The number a person can read out over the telephone, and with which the record is found: `K7QM-3XW9-TZ`. */
import { randomBytes } from 'node:crypto';

// No I, L, O, U: nothing to mistake for 1, 0 or V.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 50 random bits: two in a log of a billion records are unlikely, and a clash only finds one record more. */
export function createReference(random: (size: number) => Uint8Array = randomBytes): string {
  const letters = Array.from(random(10), (byte) => ALPHABET[byte & 31] ?? '0').join('');
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
}
