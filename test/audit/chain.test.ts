import { describe, expect, it } from '@jest/globals';
import { createChainCheck, verifyChain } from '../../src/audit/chain.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { hashRecord, NO_HASH, sealRecord } from '../../src/audit/record.ts';
import type { SealedRecord } from '../../src/audit/record.ts';

const SIZE = 6;
const numbers = Array.from({ length: SIZE }, (_, index) => index + 1);

function sealed(size = SIZE, login = 'artist'): SealedRecord[] {
  const records: SealedRecord[] = [];
  let head = { seq: 0, hash: NO_HASH };
  for (let n = 1; n <= size; n += 1) {
    const record = sealRecord(
      loggedOut({ reference: `R${n}`, person: { login, proven: true } }),
      head,
      new Date(n * 1000),
    );
    records.push(record);
    head = record;
  }
  return records;
}

/** As in an exported file, where a record's number is what its own line states. */
const at = (records: readonly SealedRecord[], n: number) => records[n - 1]!;
const broken = (brokenAt: number, reason: string) => ({ intact: false, brokenAt, reason });

/** A record that a forger seals onto `previous` with the right hash: the chain has no secret. */
function forged(previous: { readonly seq: number; readonly hash: string }): SealedRecord {
  return sealRecord(loggedOut({ reference: 'forged' }), previous, new Date(0));
}

describe('a chain', () => {
  it('is intact as it was sealed, and says how long it is and how it ends', () => {
    const records = sealed();
    expect(verifyChain(records)).toEqual({ intact: true, size: SIZE, head: at(records, SIZE).hash });
  });

  it('is intact when it is empty', () => {
    expect(verifyChain([])).toEqual({ intact: true, size: 0, head: NO_HASH });
  });

  it('can be checked on from a record that is known', () => {
    const records = sealed();
    expect(verifyChain(records.slice(3), at(records, 3))).toMatchObject({ intact: true, size: SIZE });
    expect(verifyChain(records.slice(3), { seq: 3, hash: NO_HASH })).toEqual(broken(4, 'edited'));
  });

  it.each(numbers)('names record %i when any one byte of its line changes', (n) => {
    const records = sealed();
    const { line } = at(records, n);
    for (let position = 0; position < line.length; position += 1) {
      const changed = line.slice(0, position) + (line[position] === 'x' ? 'y' : 'x') + line.slice(position + 1);
      expect(verifyChain(records.with(n - 1, { ...at(records, n), line: changed }))).toEqual(broken(n, 'edited'));
    }
  });

  it.each(numbers)('names record %i when any one digit of its hash changes', (n) => {
    const records = sealed();
    const { hash } = at(records, n);
    for (let position = 0; position < hash.length; position += 1) {
      const changed = hash.slice(0, position) + (hash[position] === '0' ? '1' : '0') + hash.slice(position + 1);
      expect(verifyChain(records.with(n - 1, { ...at(records, n), hash: changed }))).toEqual(broken(n, 'edited'));
    }
  });

  it.each(numbers)('names record %i when it is edited and its own hash made anew', (n) => {
    const records = sealed();
    const line = at(records, n).line.replace('artist', 'nobody');
    const hash = hashRecord(n === 1 ? NO_HASH : at(records, n - 1).hash, line);
    // The last record has nothing after it that would disagree: only its head, kept elsewhere, does.
    const expected = n === SIZE ? { intact: true, size: SIZE, head: hash } : broken(n + 1, 'edited');
    expect(verifyChain(records.with(n - 1, { seq: n, hash, line }))).toEqual(expected);
  });

  it.each(numbers.slice(0, -1))('says that record %i is missing', (n) => {
    expect(verifyChain(sealed().toSpliced(n - 1, 1))).toEqual(broken(n, 'missing'));
  });

  it.each(numbers.slice(0, -2))('says that record %i is missing when two in a row are', (n) => {
    expect(verifyChain(sealed().toSpliced(n - 1, 2))).toEqual(broken(n, 'missing'));
  });

  it('says that the first is missing when all before the last are', () => {
    expect(verifyChain(sealed().slice(-1))).toEqual(broken(1, 'missing'));
  });

  it('says where records were reordered, for every pair', () => {
    const records = sealed();
    for (const a of numbers) {
      for (const b of numbers.filter((n) => n > a)) {
        const swapped = records.with(a - 1, at(records, b)).with(b - 1, at(records, a));
        expect(verifyChain(swapped)).toEqual(broken(a, 'reordered'));
      }
    }
  });

  it('says where records were reordered although their numbers were put right', () => {
    const records = sealed();
    const swapped = records.with(1, { ...at(records, 4), seq: 2 }).with(3, { ...at(records, 2), seq: 4 });
    expect(verifyChain(swapped)).toEqual(broken(2, 'reordered'));
  });

  it.each(numbers)('says that something was inserted before record %i', (n) => {
    const records = sealed();
    const previous = n === 1 ? { seq: 0, hash: NO_HASH } : at(records, n - 1);
    const bad = { ...forged(previous), hash: 'f'.repeat(64) };
    expect(verifyChain(records.toSpliced(n - 1, 0, bad))).toEqual(broken(n, 'inserted'));
    // With the right hash the forged record passes, and the true one after it does not.
    expect(verifyChain(records.toSpliced(n - 1, 0, forged(previous)))).toEqual(broken(n + 1, 'inserted'));
  });

  it.each(numbers)('says that record %i was inserted again', (n) => {
    const records = sealed();
    expect(verifyChain(records.toSpliced(n, 0, at(records, n)))).toEqual(broken(n + 1, 'inserted'));
  });

  it('says so when another log was put behind it', () => {
    expect(verifyChain([...sealed(), ...sealed(3, 'other')])).toEqual(broken(SIZE + 1, 'inserted'));
  });

  it('takes a number that its line does not state for an edit', () => {
    const records = sealed();
    const line = at(records, 3).line.replace('"seq":3', '"seq":99');
    expect(verifyChain(records.with(2, { ...at(records, 3), line }))).toEqual(broken(3, 'edited'));
  });

  it.each(['', 'null', '{}', '\ufffd', '{"v":1,"seq":3'])('calls a line of garbage edited: %j', (line) => {
    expect(verifyChain(sealed().with(2, { seq: 3, hash: 'f'.repeat(64), line }))).toEqual(broken(3, 'edited'));
  });

  it('does not take a damaged byte for the replacement character that it is shown as', () => {
    const line = '{"v":1,"seq":1,"name":"\ufffd"}';
    expect(verifyChain([{ seq: 1, line, hash: hashRecord(NO_HASH, line) }])).toEqual(broken(1, 'edited'));
  });

  it('cannot notice a cut tail by itself: that takes a head kept elsewhere', () => {
    const records = sealed();
    expect(verifyChain(records.slice(0, 4))).toEqual({ intact: true, size: 4, head: at(records, 4).hash });
  });

  it('cannot notice that everything was made anew: that takes a head kept elsewhere', () => {
    const head = at(sealed(), SIZE).hash;
    const result = verifyChain(sealed(SIZE, 'forger'));
    expect(result).toMatchObject({ intact: true });
    expect(result).not.toMatchObject({ head });
  });

  it('stops asking for records once it knows what is wrong', () => {
    const records = sealed();
    const check = createChainCheck();
    expect(check.push({ ...at(records, 1), line: 'x' })).toBe(true);
    expect(check.push(at(records, 2))).toBe(false);
    expect(check.end()).toEqual(broken(1, 'edited'));
  });
});
