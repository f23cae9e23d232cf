import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { clickRefused } from '../../src/audit/events/clicks.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { hashRecord, NO_HASH, readContent, sealRecord, statedSeq } from '../../src/audit/record.ts';

// Computed with Python's hashlib from the description of the format, not with our code.
const FIRST_HASH = 'b3a2a467cc728437db4423414f0733811a84bc98cf49dec72178eb3e4ffc7442';
const SECOND_HASH = '41ee09a304a9795470082a1a9f2cccaff6f21f48c0cd442ac81738bd22e18255';
const FIRST_LINE =
  '{"v":1,"seq":1,"time":"2026-01-02T03:04:05.678Z","type":"logout","outcome":"success","reference":"K7Q2-9FMD",' +
  '"person":{"login":"artist","id":12,"proven":true},"details":{}}';
const SECOND_LINE =
  '{"v":1,"seq":2,"time":"2026-01-02T03:04:06.000Z","type":"click.refused","outcome":"refused","code":"ami_stale",' +
  '"clientAddress":"192.0.2.7","actionId":"approve","details":{"entityType":"Vérsion ✓ \\ud800 \\u0000 \\ufffd","reason":"too old"}}';

const start = { seq: 0, hash: NO_HASH };

describe('sealing a record', () => {
  it('gives the bytes and the hash that the format describes', () => {
    const event = loggedOut({ person: { login: 'artist', id: 12, proven: true }, reference: 'K7Q2-9FMD' });
    expect(sealRecord(event, start, new Date('2026-01-02T03:04:05.678Z'))).toEqual({
      seq: 1,
      line: FIRST_LINE,
      hash: FIRST_HASH,
    });
  });

  it('escapes what text columns and UTF-8 cannot hold: NUL, half surrogate pairs, replacement characters', () => {
    const event = clickRefused(
      { clientAddress: '192.0.2.7', actionId: 'approve' },
      { code: 'ami_stale', reason: 'too old' },
      { entityType: 'Vérsion ✓ \ud800 \0 \ufffd' },
    );
    const record = sealRecord(event, { seq: 1, hash: FIRST_HASH }, new Date('2026-01-02T03:04:06Z'));
    expect(record).toEqual({ seq: 2, line: SECOND_LINE, hash: SECOND_HASH });
    expect(readContent(record).details).toEqual({ entityType: 'Vérsion ✓ \ud800 \0 \ufffd', reason: 'too old' });
  });

  it('shows its example in the description of the format', () => {
    const source = readFileSync(new URL('../../src/audit/record.ts', import.meta.url), 'utf8');
    expect(source).toContain(` *   ${FIRST_LINE}\n *   ${FIRST_HASH}\n`);
  });

  it('cannot be made to hold a second line, or a member of our own name', () => {
    const event = clickRefused({ reference: 'x\n{"v":1,"seq":9,' }, { code: 'a","seq":7,"b":"' });
    const { line } = sealRecord(event, start, new Date(0));
    expect(line).not.toContain('\n');
    expect(statedSeq(line)).toBe(1);
    expect(readContent({ seq: 1, hash: '', line })).toMatchObject({ seq: 1, code: 'a","seq":7,"b":"' });
  });

  it('hashes a line of megabytes as it does a short one', () => {
    // Also from Python: sha256 over the same description with a line of 500,000 times "é✓".
    expect(hashRecord(NO_HASH, 'é✓'.repeat(500_000))).toBe(
      'a18cb586bddc623e20842b6adf964db71401059d8e92ad71e78db80bdc79b5c9',
    );
  });
});

describe('the number that a line states', () => {
  it.each([
    ['{"v":1,"seq":12,"time":', 12],
    ['{"v":1,"seq":0,', undefined],
    ['{"v":1,"seq":012,', undefined],
    ['{"v":1,"seq":-1,', undefined],
    ['{"v":1, "seq":1,', undefined],
    ['{"v":2,"seq":1,', undefined],
    [' {"v":1,"seq":1,', undefined],
    ['', undefined],
  ])('of %j is %j', (line, seq) => {
    expect(statedSeq(line)).toBe(seq);
  });
});
