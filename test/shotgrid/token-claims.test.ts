import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SudoClaimMismatchError } from '../../src/shotgrid/person-errors.ts';
import { verifyTokenClaims } from '../../src/shotgrid/token-claims.ts';
import { jwt } from './local-site.ts';

// Payload of a token as a live site writes it, encoded by hand.
const LIVE =
  'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJteS1zaXRlLnNob3RncmlkLmF1dG9kZXNrLmNvbSIsImF1ZCI6Im15LXNpdGUuc2hvdGdyaWQuYXV0b2Rlc2suY29tIiwiZXhwIjoxNzE0NTY1NDAwLCJpYXQiOjE3MTQ1NjQ4MDAsImp0aSI6IjEiLCJ1c2VyIjp7InR5cGUiOiJBcGlVc2VyIiwiaWQiOjI5OH0sInN1ZG9fYXNfbG9naW4iOiJhbm4iLCJhdXRoX3R5cGUiOiJhcGlfa2V5Iiwic2Vzc2lvbl91dWlkIjpudWxsfQ.c2ln';

describe('the claims of a token', () => {
  it('let it be used for exactly the person it names', () => {
    expect(() => verifyTokenClaims(LIVE, 'ann')).not.toThrow();
    expect(() => verifyTokenClaims(jwt({ sudo_as_login: 'jürgen@studio.com' }), 'jürgen@studio.com')).not.toThrow();
    expect(() => verifyTokenClaims(jwt({ sudo_as_login: null }), null)).not.toThrow();
  });

  it.each([
    ['the site ignored sudo', { sudo_as_login: null }, 'ann'],
    ['it names nobody', {}, 'ann'],
    ['it names somebody else', { sudo_as_login: 'bob' }, 'ann'],
    ['it names another spelling', { sudo_as_login: 'Ann' }, 'ann'],
    ['it names a part', { sudo_as_login: 'ann' }, 'ann smith'],
    ['it names a list', { sudo_as_login: ['ann'] }, 'ann'],
    ['it names the wrong type', { sudo_as_login: true }, 'true'],
    ['it names a person when the script was meant', { sudo_as_login: 'ann' }, null],
    ['it says nothing when the script was meant', {}, null],
    ['it says "" when the script was meant', { sudo_as_login: '' }, null],
    ['it has no issuer', { sudo_as_login: 'ann', iss: undefined }, 'ann'],
    ['its end is no time', { sudo_as_login: 'ann', exp: 'later' }, 'ann'],
    ['its login is inherited', { __proto__: { sudo_as_login: 'ann' } }, 'ann'],
  ])('forbid its use when %s', (_, claims, login) => {
    expect(() => verifyTokenClaims(jwt(claims), login)).toThrow(SudoClaimMismatchError);
  });

  it.each(['', 'a', 'a.b', 'a.b.c', 'a..c', '.e30.', 'a.bnVsbA.c', 'a.W10.c', 'a.b.c.d', `${LIVE}.x`])(
    'cannot be read from %j, so it is not used',
    (token) => {
      expect(() => verifyTokenClaims(token, 'ann')).toThrow(SudoClaimMismatchError);
      expect(() => verifyTokenClaims(token, null)).toThrow(SudoClaimMismatchError);
    },
  );

  it('never name two people at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (named, asked) => {
        const verify = (): void => verifyTokenClaims(jwt({ sudo_as_login: named }), asked);
        if (named === asked) expect(verify).not.toThrow();
        else expect(verify).toThrow(SudoClaimMismatchError);
      }),
    );
  });

  it('are not shown in the error', () => {
    const token = jwt({ sudo_as_login: 'bob' });
    expect(() => verifyTokenClaims(token, 'ann')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(token) }),
    );
    expect(() => verifyTokenClaims(token, 'ann')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('bob') }),
    );
  });
});
