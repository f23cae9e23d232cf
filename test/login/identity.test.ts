import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LoginFailedError } from '../../src/login/errors.ts';
import { hasRole, identityFromClaims, type Claims, type IdentityRules } from '../../src/login/identity.ts';

const RULES: IdentityRules = {
  loginClaim: 'preferred_username',
  stripDomain: false,
  groupsClaim: 'groups',
  adminGroups: ['understudy-admins'],
  auditorGroups: ['auditors'],
};

const CLAIMS = {
  iss: 'https://login.studio.example',
  sub: 'person-artist',
  preferred_username: 'artist',
  name: 'Mina Park',
  email: 'artist@studio.example',
  groups: ['artists'],
  sid: 'session-1',
};

describe('the person in the claims', () => {
  it('has subject, login, name, address, session and the role of everybody', () => {
    expect(read(CLAIMS)).toEqual({
      issuer: 'https://login.studio.example',
      subject: 'person-artist',
      login: 'artist',
      name: 'Mina Park',
      email: 'artist@studio.example',
      roles: ['user'],
      sid: 'session-1',
    });
  });

  it('is called by the login when the provider knows no name, and has no address it does not have', () => {
    const { iss, sub, preferred_username } = CLAIMS;
    expect(read({ iss, sub, preferred_username, name: '', email: null })).toEqual({
      issuer: iss,
      subject: sub,
      login: 'artist',
      name: 'artist',
      roles: ['user'],
    });
  });

  it('has the login from the claim that the studio chose', () => {
    expect(
      read({ ...CLAIMS, 'https://studio.example/login': 'mp' }, { loginClaim: 'https://studio.example/login' }).login,
    ).toBe('mp');
  });

  it('keeps the login as the provider spells it', () => {
    expect(read({ ...CLAIMS, preferred_username: 'Mina.PARK' }).login).toBe('Mina.PARK');
  });

  it('survives a trip through a session store', () => {
    const identity = read(CLAIMS);
    expect(JSON.parse(JSON.stringify(identity))).toEqual(identity);
  });

  it.each(['Zoë Kravitz', 'محمد علی‌زاده', '山田 太郎', 'O’Neil, Jr.', '👩‍🎨 Mina'])('may be called %s', (name) => {
    expect(read({ ...CLAIMS, name }).name).toBe(name);
  });
});

describe('the domain of a login', () => {
  it('stays unless the studio says otherwise', () => {
    expect(read({ ...CLAIMS, preferred_username: 'artist@studio.example' }).login).toBe('artist@studio.example');
  });

  it.each([
    ['artist@studio.example', 'artist'],
    ['artist', 'artist'],
  ])('is cut from %s', (text, login) => {
    expect(read({ ...CLAIMS, preferred_username: text }, { stripDomain: true }).login).toBe(login);
  });

  it.each(['admin@evil@studio.example', '@studio.example', 'artist @studio.example', '@', '@@'])(
    'leaves no login in %j',
    (text) => {
      refuses({ ...CLAIMS, preferred_username: text }, 'preferred_username', { stripDomain: true });
    },
  );
});

describe('roles', () => {
  it.each<[unknown, string[]]>([
    [undefined, ['user']],
    [null, ['user']],
    [[], ['user']],
    ['understudy-admins', ['user', 'admin']],
    [['auditors'], ['user', 'auditor']],
    [
      ['x', 'understudy-admins', 'auditors', 'auditors'],
      ['user', 'admin', 'auditor'],
    ],
    [['Understudy-Admins', 'auditors ', 'understudy-admins,auditors', ''], ['user']],
  ])('of the groups %j are %j', (groups, roles) => {
    expect(read({ ...CLAIMS, groups }).roles).toEqual(roles);
  });

  it('go to nobody while no group is configured', () => {
    const identity = read(
      { ...CLAIMS, groups: ['', 'understudy-admins', 'undefined'] },
      { adminGroups: [], auditorGroups: [] },
    );
    expect(identity.roles).toEqual(['user']);
    expect(hasRole(identity, 'user')).toBe(true);
    expect(hasRole(identity, 'admin')).toBe(false);
  });

  it('do not come from claims that everybody inherits', () => {
    expect(read(CLAIMS, { groupsClaim: 'constructor', adminGroups: ['Object'] }).roles).toEqual(['user']);
  });

  it.each<[string, unknown]>([
    ['an object', { 0: 'understudy-admins', length: 1 }],
    ['a list with a number', ['understudy-admins', 7]],
    ['a list in a list', [['understudy-admins']]],
    ['true', true],
    ['more groups than anybody has', Array.from({ length: 10_001 }, () => 'g')],
  ])('are refused when the groups are %s', (_what, groups) => refuses({ ...CLAIMS, groups }, 'groups'));
});

describe('claims are refused', () => {
  it.each(['iss', 'sub', 'preferred_username'])('without %s', (claim) => {
    refuses(Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim)), claim);
    for (const nothing of [undefined, null, '']) refuses({ ...CLAIMS, [claim]: nothing }, claim);
  });

  it.each(['iss', 'sub', 'preferred_username', 'name', 'email', 'sid'])(
    'when %s is not a text, too long, or holds control characters',
    (claim) => {
      for (const value of [0, 1, true, {}, [], ['artist'], { toString: 'artist' }])
        refuses({ ...CLAIMS, [claim]: value }, claim);
      for (const value of [
        'x'.repeat(513),
        'a\u0000b',
        'a\nb',
        'a\r\nset-cookie: x',
        'a\u007Fb',
        'a\u2028b',
        'a\u202Eb',
        'a\uD800b',
      ]) {
        refuses({ ...CLAIMS, [claim]: value }, claim);
      }
    },
  );

  it.each(['art\u200Bist', 'art\u00ADist', '\uFEFFartist', 'art\u2060ist'])(
    'when the login %j looks like another one',
    (login) => {
      refuses({ ...CLAIMS, preferred_username: login }, 'preferred_username');
    },
  );

  it.each([' artist', 'artist ', '\u00A0artist', '  '])('when the login is %j', (login) => {
    refuses({ ...CLAIMS, preferred_username: login }, 'preferred_username');
  });

  it('when the login is only inherited', () => {
    refuses(Object.create(CLAIMS) as Claims, 'preferred_username');
    refuses(CLAIMS, '__proto__', { loginClaim: '__proto__' });
    refuses(CLAIMS, 'toString', { loginClaim: 'toString' });
  });

  it('when the subject is longer than the standard allows', () => refuses({ ...CLAIMS, sub: 's'.repeat(256) }, 'sub'));
});

describe('whatever the claims are', () => {
  // What JSON.parse can give, including own members called __proto__.
  const anything = fc.json().map((text) => JSON.parse(text) as unknown);
  const hostile = fc.dictionary(
    fc.constantFrom('iss', 'sub', 'preferred_username', 'name', 'email', 'groups', 'sid', '__proto__', 'constructor'),
    fc.oneof(anything, fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('artist', 'understudy-admins')),
  );

  it('they give a clean person or a refusal, never anything else', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (claims, stripDomain) => {
        const outcome = attempt(() => read(claims, { stripDomain }));
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(LoginFailedError);
          return;
        }
        for (const text of [outcome.issuer, outcome.subject, outcome.login])
          expect(text).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
        expect(outcome.login).toBe(outcome.login.trim());
        expect(outcome.roles[0]).toBe('user');
      }),
      { numRuns: 2000 },
    );
  });

  it('only an exact member of the admin groups is an admin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('understudy-admins', 'Understudy-admins', 'understudy-admin'))),
        (groups) => {
          expect(hasRole(read({ ...CLAIMS, groups }), 'admin')).toBe(groups.includes('understudy-admins'));
        },
      ),
    );
  });

  it('cutting the domain never joins two people of one domain', () => {
    const name = fc.stringMatching(/^[a-z0-9._-]{1,12}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        const loginOf = (login: string) =>
          read({ ...CLAIMS, preferred_username: `${login}@studio.example` }, { stripDomain: true }).login;
        expect(loginOf(one) === loginOf(other)).toBe(one === other);
      }),
    );
  });

  it('a refusal names the claim and never its value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12,20}$/), (value) => {
        const outcome = attempt(() => read({ ...CLAIMS, preferred_username: `${value}\u0000` })) as LoginFailedError;
        expect(outcome.diagnosis).toContain('preferred_username');
        expect(`${outcome.message}${outcome.remedy}${String(outcome.diagnosis)}`).not.toContain(value);
      }),
    );
  });
});

function read(claims: Claims, rules: Partial<IdentityRules> = {}) {
  return identityFromClaims(claims, { ...RULES, ...rules });
}

function refuses(claims: Claims, claim: string, rules: Partial<IdentityRules> = {}): void {
  const outcome = attempt(() => read(claims, rules));
  expect(outcome).toBeInstanceOf(LoginFailedError);
  expect(outcome).toMatchObject({
    code: 'login_failed',
    reason: 'claims',
    diagnosis: expect.stringContaining(`"${claim}"`),
  });
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
