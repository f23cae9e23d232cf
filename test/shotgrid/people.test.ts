import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPerson, type HumanUser, type PersonToCheck, type SudoPolicy } from '../../src/shotgrid/people.ts';
import { rejectionOf } from './rejection-of.ts';

const ANN: HumanUser = {
  id: 24,
  login: 'ann',
  name: 'Ann Artist',
  email: 'ann@studio.com',
  status: 'act',
  sudoFlag: 'on',
  permissionGroups: ['artist'],
  permissionGroupName: 'Artist',
  retired: false,
};

function ask(change: {
  person?: Partial<HumanUser> | null;
  claimed?: Partial<PersonToCheck['claimed']>;
  identity?: string;
  policy?: SudoPolicy;
}): PersonToCheck {
  return {
    claimed: { id: 24, login: 'ann', ...change.claimed },
    identity: { login: change.identity ?? 'ann' },
    person: change.person === null ? undefined : { ...ANN, ...change.person },
    policy: change.policy ?? 'flag',
  };
}

function code(question: PersonToCheck): string {
  return rejectionOf(() => checkPerson(question))?.code ?? 'allowed';
}

describe('the click, the sign-in and the live person', () => {
  it('are one and the same: then that person may be acted for, under the stored login', () => {
    expect(checkPerson(ask({})).login).toBe('ann');
    expect(checkPerson(ask({ identity: ' ANN ' })).login).toBe('ann');
  });

  // Each of the three rows goes through when its one comparison is taken out of the code.
  it.each([
    ['the id of the click is another', ask({ claimed: { id: 25 } }), 'click_id'],
    ['the login of the click is another', ask({ claimed: { login: 'bob' } }), 'click_login'],
    ['the person who signed in is another', ask({ identity: 'bob' }), 'signed_in_login'],
  ])('are refused when %s', (_, question, mismatch) => {
    expect(rejectionOf(() => checkPerson(question))).toMatchObject({
      code: 'identity_mismatch',
      status: 403,
      mismatch,
    });
  });

  it.each([
    ['ann', 'Ann', 'ann', 'identity_mismatch'], // the click's login is a copy, so it is the same text
    ['ann', 'ann ', 'ann', 'identity_mismatch'],
    ['Ann', 'Ann', 'ann', 'allowed'], // the provider's login is compared without case …
    ['ann', 'ann', ' Ann\t', 'allowed'], // … and without blanks around it
    ['josé', 'josé', 'jose\u0301', 'allowed'], // … composed or not
    ['josé', 'josé', 'jose', 'identity_mismatch'],
    ['ann', 'ann', 'an n', 'identity_mismatch'],
    ['ann', 'ann', 'ann@studio.com', 'identity_mismatch'],
    ['ann', 'ann', 'аnn', 'identity_mismatch'], // a Cyrillic а
    ['ann', 'ann', 'ann\u0000', 'identity_mismatch'],
    ['ann', 'ann', '', 'identity_mismatch'],
    ['', '', '', 'person_unknown'],
    [' ', ' ', '', 'person_unknown'],
  ])('with logins %j (stored), %j (click), %j (signed in): %s', (stored, clicked, signedIn, verdict) => {
    expect(code(ask({ person: { login: stored }, claimed: { login: clicked }, identity: signedIn }))).toBe(verdict);
  });

  it('are never taken for each other, whatever the logins', () => {
    const login = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('ann', 'bob', 'ANN', 'ann '));
    fc.assert(
      fc.property(
        login,
        login,
        login,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (a, b, c, i, j) => {
          const question = ask({ person: { id: i, login: a }, claimed: { id: j, login: b }, identity: c });
          if (code(question) !== 'allowed') return;
          expect(i).toBe(j);
          expect(a).toBe(b);
          expect(c.trim().toUpperCase()).toBe(a.trim().toUpperCase());
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("do not tell a stranger about the person's account", () => {
    expect(code(ask({ identity: 'bob', person: { status: 'dis', sudoFlag: 'off', retired: true } }))).toBe(
      'identity_mismatch',
    );
  });
});

describe('a person', () => {
  it.each([
    ['is not on the site', ask({ person: null }), 'person_unknown'],
    ['is retired', ask({ person: { retired: true } }), 'sudo_inactive'],
    ['is disabled', ask({ person: { status: 'dis' } }), 'sudo_inactive'],
    ['has a status we do not know', ask({ person: { status: 'ACT' } }), 'sudo_inactive'],
    ['has no readable status', ask({ person: { status: undefined } }), 'sudo_inactive'],
    ['has the checkbox off', ask({ person: { sudoFlag: 'off' } }), 'sudo_flag_off'],
    ['has a checkbox we cannot read', ask({ person: { sudoFlag: 'unreadable' } }), 'sudo_flag_off'],
    ['is on a site older than the checkbox', ask({ person: { sudoFlag: 'not_on_this_site' } }), 'allowed'],
    ['is an admin with the checkbox on', ask({ person: { permissionGroups: ['admin'] } }), 'allowed'],
    [
      'is an admin with the checkbox off',
      ask({ person: { permissionGroups: ['admin'], sudoFlag: 'off' } }),
      'sudo_flag_off',
    ],
  ])('who %s: with the policy "flag"', (_, question, verdict) => {
    expect(code(question)).toBe(verdict);
  });

  it.each([
    ['an artist', ['artist'], 'allowed'],
    ['an admin', ['admin'], 'sudo_admin_refused'],
    ['an admin in capitals', [' Admin '], 'sudo_admin_refused'],
    ['in a group made from the admins', ['lead_admin', 'admin'], 'sudo_admin_refused'],
    ['in a group that cannot be read', [], 'sudo_admin_refused'],
  ])('who is %s: with the policy "never_admins"', (_, permissionGroups, verdict) => {
    expect(code(ask({ policy: 'never_admins', person: { permissionGroups } }))).toBe(verdict);
  });

  it('is told of the policy, not of a checkbox that would not help', () => {
    const question = ask({ policy: 'never_admins', person: { permissionGroups: ['admin'], sudoFlag: 'off' } });
    expect(code(question)).toBe('sudo_admin_refused');
  });

  it('is acted for only when everything about the account allows it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('act', 'dis', undefined),
        fc.constantFrom('on', 'off', 'unreadable', 'not_on_this_site'),
        fc.boolean(),
        fc.constantFrom('flag', 'never_admins'),
        fc.constantFrom(['artist'], ['admin'], []),
        (status, sudoFlag, retired, policy, groups) => {
          const person = { status, sudoFlag, retired, permissionGroups: groups } as Partial<HumanUser>;
          const isAllowed =
            status === 'act' &&
            !retired &&
            (sudoFlag === 'on' || sudoFlag === 'not_on_this_site') &&
            (policy === 'flag' || groups[0] === 'artist');
          expect(code(ask({ person, policy })) === 'allowed').toBe(isAllowed);
        },
      ),
      { numRuns: 500 },
    );
  });
});
