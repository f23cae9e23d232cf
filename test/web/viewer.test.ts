import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import type { Identity } from '../../src/login/identity.ts';
import { CsrfInvalidError } from '../../src/session/errors.ts';
import { RoleRequiredError } from '../../src/web/errors.ts';
import { createCsrf, identityOf, isSamePerson, requireRole } from '../../src/web/viewer.ts';

const KEYS = ['new'.repeat(12), 'old'.repeat(12)];
const alma = person('https://idp', 'alma');

describe('the tokens of forms', () => {
  const csrf = createCsrf(KEYS);

  it('of a launch are for its cookie and its person alone', () => {
    const token = csrf.launchToken('cookie', alma);
    expect(() => csrf.verifyLaunch('cookie', alma, token)).not.toThrow();
    for (const [cookie, who] of [
      ['other', alma],
      ['', alma],
      ['cookie', person('https://idp', 'marcus')],
      ['cookie', person('https://other-idp', 'alma')],
    ] as const) {
      expect(() => csrf.verifyLaunch(cookie, who, token)).toThrow(CsrfInvalidError);
    }
  });

  it('cannot be made from parts that only look the same when put together', () => {
    const token = csrf.launchToken('a","b', person('c', 'd'));
    expect(() => csrf.verifyLaunch('a', person('b","c', 'd'), token)).toThrow(CsrfInvalidError);
  });

  it('of a session are for that session alone, and not for a launch', () => {
    const token = csrf.sessionToken(withSession({ csrfId: 'one' }));
    expect(() => csrf.verifySession(withSession({ csrfId: 'one' }), token)).not.toThrow();
    expect(() => csrf.verifySession(withSession({ csrfId: 'two' }), token)).toThrow(CsrfInvalidError);
    expect(() => csrf.verifyLaunch('one', alma, token)).toThrow(CsrfInvalidError);
  });

  it('made before the keys were changed are taken as long as the old one is known', () => {
    const token = createCsrf(KEYS.slice(1)).launchToken('cookie', alma);
    expect(() => csrf.verifyLaunch('cookie', alma, token)).not.toThrow();
    expect(() => createCsrf(KEYS.slice(0, 1)).verifyLaunch('cookie', alma, token)).toThrow(CsrfInvalidError);
  });

  it.each([undefined, null, '', 0, [], {}, ['x']])('are never %j', (given) => {
    expect(() => csrf.verifyLaunch('cookie', alma, given)).toThrow(CsrfInvalidError);
  });
});

describe('who is looking', () => {
  it('is nobody outside a session, or in one without a sign-in', () => {
    expect(identityOf({} as unknown as Request)).toBeUndefined();
    expect(identityOf(withSession({}))).toBeUndefined();
    expect(identityOf(withSession({ identity: alma }))).toBe(alma);
  });

  it('is the same person by issuer and subject, whatever the name', () => {
    expect(isSamePerson(alma, { ...alma, login: 'renamed' } as Identity)).toBe(true);
    expect(isSamePerson(alma, person('https://idp', 'marcus'))).toBe(false);
    expect(isSamePerson(alma, person('https://other-idp', 'alma'))).toBe(false);
  });

  it('needs the role for what is for the role', () => {
    expect(() => requireRole(alma, 'auditor', 'explanation.auditorsOnly')).toThrow(RoleRequiredError);
    expect(() =>
      requireRole({ ...alma, roles: ['user', 'auditor'] }, 'auditor', 'explanation.auditorsOnly'),
    ).not.toThrow();
  });
});

function person(issuer: string, subject: string): Identity {
  return { issuer, subject, login: subject, name: subject, roles: ['user'] } as unknown as Identity;
}

function withSession(session: object): Request {
  return { session } as unknown as Request;
}
