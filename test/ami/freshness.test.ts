import { describe, expect, it } from '@jest/globals';
import { AmiMalformedError, AmiStaleError } from '../../src/ami/errors.ts';
import { parseUtc, verifyFreshness } from '../../src/ami/freshness.ts';

const at = (now: string) => ({ now: new Date(now), maxAgeSeconds: 10 });

describe('the age of a click', () => {
  it.each(['2026-05-01T12:00:00Z', '2026-05-01T12:00:10.000Z', '2026-05-01T11:59:50.000Z'])(
    'accepts a click of noon at %s',
    (now) => {
      expect(() => verifyFreshness('2026-05-01T12:00:00Z', at(now))).not.toThrow();
    },
  );

  it('refuses the past and the future, with different words and one code', () => {
    expect(() => verifyFreshness('2026-05-01T12:00:00Z', at('2026-05-01T12:00:10.001Z'))).toThrow('too old');
    expect(() => verifyFreshness('2026-05-01T12:00:00Z', at('2026-05-01T11:59:49.999Z'))).toThrow('in the future');
    expect(() => verifyFreshness('2026-05-01T12:00:00Z', at('2027-05-01T12:00:00Z'))).toThrow(AmiStaleError);
  });

  it('counts a fraction of a second', () => {
    expect(() => verifyFreshness('2026-05-01T12:00:00.5Z', at('2026-05-01T12:00:10.5Z'))).not.toThrow();
    expect(() => verifyFreshness('2026-05-01T12:00:00.5Z', at('2026-05-01T12:00:10.6Z'))).toThrow(AmiStaleError);
  });

  it.each([
    undefined,
    '',
    'now',
    '2026-05-01',
    '2026-05-01T12:00:00',
    '2026-05-01 12:00:00Z',
    '2026-05-01T12:00:00z',
    '2026-05-01T12:00:00+00:00',
    '2026-05-01T12:00:00.Z',
    '2026-02-30T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-05-01T24:00:00Z',
    '2026-05-01T12:00:60Z',
    '2026-05-01T12:00:00Z\n',
    '１０26-05-01T12:00:00Z',
    '1777636800',
  ])('takes %j for no time at all', (timestamp) => {
    expect(() => verifyFreshness(timestamp, at('2026-05-01T12:00:00Z'))).toThrow(AmiMalformedError);
  });

  it('reads UTC text as the time it names', () => {
    expect(parseUtc('2024-02-29T23:59:59.123456789Z')).toEqual(new Date(Date.UTC(2024, 1, 29, 23, 59, 59, 123)));
  });
});
