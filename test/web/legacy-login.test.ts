import { describe, expect, it } from '@jest/globals';
import { LoginFailedError } from '../../src/login/errors.ts';
import type { HumanUser } from '../../src/shotgrid/people.ts';
import { identityOnSite, withoutSiteGroups } from '../../src/web/legacy-login.ts';

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
