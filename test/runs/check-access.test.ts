import { describe, expect, it } from '@jest/globals';
import type { Access } from '../../src/actions/definition.ts';
import { verifyAccess } from '../../src/runs/check-access.ts';
import { ActionNotAllowedError } from '../../src/runs/errors.ts';

const EVERYBODY: Access = { roles: [], permissionGroups: [], projects: [] };
const WHO = {
  identity: { roles: ['user'] as const },
  person: { permissionGroups: ['artist_2024', 'artist'], permissionGroupName: 'Artist (film)' },
  project: { id: 70, name: 'Hyperspace Madness' },
};

describe('an action’s access', () => {
  it.each<[string, Partial<Access>]>([
    ['nobody is kept out by empty lists', {}],
    ['one of the roles', { roles: ['admin', 'user'] }],
    ['the code of the group', { permissionGroups: ['ARTIST_2024'] }],
    ['the code of the group it was made from', { permissionGroups: ['artist'] }],
    ['the name of the group', { permissionGroups: ['artist (film)'] }],
    ['the project’s id', { projects: [1, 70] }],
    ['the project’s name', { projects: ['hyperspace madness'] }],
  ])('is given: %s', (_what, access) => {
    expect(() => verifyAccess({ ...EVERYBODY, ...access }, WHO)).not.toThrow();
  });

  it.each<[string, Partial<Access>, string]>([
    ['another role', { roles: ['admin'] }, '“admin”'],
    ['another group', { permissionGroups: ['manager'] }, '“manager”'],
    ['a part of a group’s name', { permissionGroups: ['art'] }, '“art”'],
    ['another project', { projects: [71] }, '71'],
    ['an id as a name', { projects: ['70'] }, '“70”'],
    ['two lists, one of them not met', { roles: ['user'], projects: [71] }, '71'],
  ])('is refused, and says what would do: %s', (_what, access, named) => {
    const attempt = () => verifyAccess({ ...EVERYBODY, ...access }, WHO);
    expect(attempt).toThrow(ActionNotAllowedError);
    expect(attempt).toThrow(named);
  });

  it('for a project is refused outside any, also to a project without a name', () => {
    expect(() => verifyAccess({ ...EVERYBODY, projects: [70] }, { ...WHO, project: undefined })).toThrow(
      ActionNotAllowedError,
    );
    expect(() => verifyAccess({ ...EVERYBODY, projects: [''] }, { ...WHO, project: undefined })).toThrow(
      ActionNotAllowedError,
    );
  });

  it('for a group is refused to a person whose group cannot be read', () => {
    const person = { permissionGroups: [], permissionGroupName: undefined };
    expect(() => verifyAccess({ ...EVERYBODY, permissionGroups: ['artist'] }, { ...WHO, person })).toThrow(
      ActionNotAllowedError,
    );
  });
});
