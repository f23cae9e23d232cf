import { describe, expect, it } from '@jest/globals';
import { LoginFailedError } from '../../src/login/errors.ts';
import type { HumanUser } from '../../src/shotgrid/people.ts';
import { createLegacyLogin, identityOnSite, withoutSiteGroups } from '../../src/web/legacy-login.ts';

const ruth: HumanUser = {
  id: 30,
  login: 'Ruth.Calder',
  name: 'Ruth Calder',
  email: 'ruth@studio.example',
  status: 'act',
  sudoFlag: 'on',
  permissionGroups: ['supervisor', 'admin'],
  permissionGroupName: 'Supervisor',
  retired: false,
};
const rolesWith = (adminGroups: readonly string[], person = ruth) =>
  identityOnSite(person, { siteUrl: 'https://studio.example', groups: { adminGroups, auditorGroups: [] } }).roles;

describe('a person as the site knows them', () => {
  it('is the HumanUser, under the stored login', () => {
    const groups = { adminGroups: [], auditorGroups: ['shotgrid-login:Ruth.Calder'] };
    expect(identityOnSite(ruth, { siteUrl: 'https://studio.example', groups })).toEqual({
      issuer: 'https://studio.example',
      subject: '30',
      login: 'Ruth.Calder',
      name: 'Ruth Calder',
      email: 'ruth@studio.example',
      roles: ['user', 'auditor'],
    });
  });

  it.each([
    ['Supervisor', false],
    ['shotgrid-group:Supervisor', true],
    ['shotgrid-group:supervisor', false],
    // The group that theirs was made from is not theirs.
    ['shotgrid-group:admin', false],
    ['shotgrid-login:ruth.calder', false],
    ['shotgrid-login:Ruth.Calder', true],
    ['Ruth.Calder', false],
  ])('is an administrator by %s: %s', (group, isAdmin) => {
    expect(rolesWith([group]).includes('admin')).toBe(isAdmin);
  });

  it('has no group where the site tells none', () => {
    expect(
      rolesWith(['shotgrid-group:undefined', 'shotgrid-group:'], { ...ruth, permissionGroupName: undefined }),
    ).toEqual(['user']);
  });

  it.each(['', ' ruth', 'ruth\n', 'ruth\u202E'])('is nobody with the login %j', (login) => {
    expect(() => rolesWith([], { ...ruth, login })).toThrow(LoginFailedError);
  });
});

it('what the site says of people, no claim of a provider can say', () => {
  expect(withoutSiteGroups(['admins', 'shotgrid-group:Admin', 'shotgrid-login:otto'])).toEqual(['admins']);
});

describe('a session that the site opened', () => {
  const row = (id: number, login: string) => ({
    type: 'HumanUser',
    id,
    fields: { login, sg_status_list: 'act' },
    links: {},
  });

  it.each([
    ['artist whose it is', 24, 'artist', 'signed in'],
    ['somebody else', 25, 'manager', 'refused'],
    ['a namesake', 25, 'artist', 'refused'],
    ['nobody whom the script can see', 99, undefined, 'refused'],
  ])('for %s', async (_whose, userId, login, outcome) => {
    const [given, forgotten]: [string[], string[]] = [[], []];
    const search = (_type: string, { filters }: { readonly filters: unknown }) => {
      const isByLogin = JSON.stringify(filters).includes('login');
      if (isByLogin) return Promise.resolve([row(24, 'artist')]);
      return Promise.resolve(login === undefined ? [] : [row(userId, login)]);
    };
    const signIn = createLegacyLogin({
      shotgrid: {
        asScript: () => ({ search, fields: () => Promise.resolve(new Map()) }) as never,
        passwordSession: () => Promise.resolve({ is: 'opened', sessionToken: 'token' }),
        selfId: () => Promise.resolve(userId),
        forgetSelf: (token) => void forgotten.push(token),
      },
      siteUrl: 'https://studio.example',
      attempts: {
        take: () => Promise.resolve({ is: 'taken', giveBack: () => Promise.resolve(void given.push('back')) }),
        prune: () => Promise.resolve(0),
      },
      groups: { adminGroups: [], auditorGroups: [] },
    });
    const typed = { login: 'artist', password: 'x', code: undefined };
    const result = signIn(typed, { address: '192.0.2.1', onKnown: () => undefined });
    if (outcome === 'signed in') expect(await result).toMatchObject({ userId: 24, sessionToken: 'token' });
    else await expect(result).rejects.toThrow(LoginFailedError);
    expect(forgotten).toEqual(outcome === 'signed in' ? [] : ['token']);
    expect(given).toEqual(outcome === 'signed in' ? ['back'] : []);
  });
});
