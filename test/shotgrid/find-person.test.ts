import { describe, expect, it } from '@jest/globals';
import { findPerson } from '../../src/shotgrid/people.ts';
import type { Row } from '../../src/shotgrid/rows.ts';
import type { SearchOptions } from '../../src/shotgrid/search.ts';

const FIELDS = {
  login: 'ann',
  name: 'Ann Artist',
  email: 'ann@studio.com',
  sg_status_list: 'act',
  can_impersonate_this_user: true,
  permission_rule_set: { type: 'PermissionRuleSet', id: 8, name: 'Artist' },
  'permission_rule_set.PermissionRuleSet.code': 'artist',
};

/** A script client that knows one person, alive or retired. */
function script(fields: Record<string, unknown>, options: { retired?: boolean; schemaHasFlag?: boolean } = {}) {
  const searches: SearchOptions[] = [];
  const row: Row = { type: 'HumanUser', id: 24, name: undefined, fields };
  return {
    searches,
    search: (_: string, search: SearchOptions): Promise<Row[]> => {
      searches.push(search);
      return Promise.resolve((search.retired === true) === (options.retired === true) ? [row] : []);
    },
    fields: () =>
      Promise.resolve(new Map(options.schemaHasFlag === true ? [['can_impersonate_this_user', {} as never]] : [])),
  };
}

describe('a person looked up by id', () => {
  it('comes with all that decides about acting for them', async () => {
    const client = script(FIELDS);
    expect(await findPerson(client, { id: 24 })).toEqual({
      id: 24,
      login: 'ann',
      name: 'Ann Artist',
      email: 'ann@studio.com',
      status: 'act',
      sudoFlag: 'on',
      permissionGroups: ['artist'],
      permissionGroupName: 'Artist',
      retired: false,
    });
    expect(client.searches).toHaveLength(1);
    expect(client.searches[0]).toMatchObject({ filters: [['id', 'is', 24]], limit: 1 });
  });

  it('is found among the retired, and known as retired', async () => {
    expect(await findPerson(script(FIELDS, { retired: true }), { id: 24 })).toMatchObject({
      login: 'ann',
      retired: true,
    });
  });

  it('is undefined when there is none', async () => {
    const nobody = { search: () => Promise.resolve([]), fields: () => Promise.resolve(new Map()) };
    expect(await findPerson(nobody, { id: 24 })).toBeUndefined();
  });

  it.each([
    [true, false, 'on'],
    [false, true, 'off'],
    [null, true, 'off'],
    ['true', true, 'off'],
    [1, true, 'off'],
    [undefined, true, 'unreadable'],
    [undefined, false, 'not_on_this_site'],
  ])('with the checkbox reading %j (site has it: %j) has the flag %j', async (value, schemaHasFlag, sudoFlag) => {
    const client = script({ ...FIELDS, can_impersonate_this_user: value }, { schemaHasFlag });
    expect(await findPerson(client, { id: 24 })).toMatchObject({ sudoFlag });
  });

  it('whose record is odd has no login, no status and no group, rather than a made-up one', async () => {
    const odd = {
      login: { a: 1 },
      sg_status_list: ['act'],
      can_impersonate_this_user: true,
      permission_rule_set: 'admin',
    };
    expect(await findPerson(script(odd), { id: 24 })).toMatchObject({
      login: '',
      status: undefined,
      permissionGroups: [],
    });
  });
});
