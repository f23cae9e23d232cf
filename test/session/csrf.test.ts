import { describe, expect, it } from '@jest/globals';
import { csrfToken, verifyCsrfToken } from '../../src/session/csrf.ts';
import { CsrfInvalidError } from '../../src/session/errors.ts';

// HMAC-SHA256 of "csrf\nbinding-of-a-launch" under "the-newest-key", computed with Python.
const KNOWN = 'gBjaa7PrXdosa14RrhgW8HeMwwBm66LVHfnAOsfulUg';
const keys = ['the-newest-key', 'the-key-before'];
const verify = (given: unknown, binding = 'binding-of-a-launch') => verifyCsrfToken(keys, binding, given);

describe('a CSRF token', () => {
  it('is the known answer', () => {
    expect(csrfToken('the-newest-key', 'binding-of-a-launch')).toBe(KNOWN);
    expect(() => verify(KNOWN)).not.toThrow();
  });

  it('made with the key before still counts, and one made with a key that is gone does not', () => {
    expect(() => verify(csrfToken('the-key-before', 'binding-of-a-launch'))).not.toThrow();
    expect(() => verify(csrfToken('a-key-long-gone', 'binding-of-a-launch'))).toThrow(CsrfInvalidError);
  });

  it('belongs to one binding', () => {
    expect(() => verify(KNOWN, 'binding-of-another-launch')).toThrow(CsrfInvalidError);
    expect(() => verify(KNOWN, '')).toThrow(CsrfInvalidError);
  });

  it.each([
    undefined,
    null,
    '',
    7,
    [KNOWN],
    { 0: KNOWN },
    `${KNOWN}=`,
    `${KNOWN} `,
    KNOWN.slice(1),
    KNOWN.toLowerCase(),
  ])('is not %j', (given) => {
    expect(() => verify(given)).toThrow(CsrfInvalidError);
  });

  it('has one spelling: the spare bits of its last digit are not free', () => {
    const twin = KNOWN.slice(0, -1) + String.fromCharCode(KNOWN.charCodeAt(42) + 1);
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(KNOWN, 'base64url'));
    expect(() => verify(twin)).toThrow(CsrfInvalidError);
  });

  it('cannot be checked without a key', () => {
    expect(() => verifyCsrfToken([], 'binding-of-a-launch', KNOWN)).toThrow(CsrfInvalidError);
  });
});
