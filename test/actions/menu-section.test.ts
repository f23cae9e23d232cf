import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadTypescriptAction } from '../../src/actions/typescript/load.ts';
import { parseYamlAction } from '../../src/actions/yaml/file.ts';

const APPROVE = `title: Approve
entity_types: [Version, Shot]
access: { permission_groups: [Artist], projects: [Hyperspace Madness] }
set: { sg_status_list: apr }
`;
const yaml = (menu: string) => parseYamlAction('approve', APPROVE + menu);

describe('the menu section of an action file', () => {
  it('is nothing unless it is written, so that items made by hand stay somebody else’s', () => {
    expect(yaml('').action?.menu).toEqual([]);
  });

  it.each(['menu:\n', 'menu: {}\n'])('takes everything from the action where it says nothing: %j', (menu) => {
    expect(yaml(menu).action?.menu).toEqual([
      {
        title: 'Approve',
        entityTypes: ['Version', 'Shot'],
        folder: undefined,
        order: undefined,
        overlay: false,
        polling: true,
        selectionRequired: true,
        lightPayload: false,
        permissionGroups: ['Artist'],
        projects: ['Hyperspace Madness'],
        appearsIn: 'right_click_menu',
      },
    ]);
  });

  it('says otherwise where it does', () => {
    const menu = `menu:
  title: Go
  entity_types: [Shot]
  folder: Review
  order: 3
  overlay: true
  polling: false
  permission_groups: []
  projects: [116]
  appears_in: add_button
`;
    expect(yaml(menu).action?.menu).toEqual([
      {
        title: 'Go',
        entityTypes: ['Shot'],
        folder: 'Review',
        order: 3,
        overlay: true,
        polling: false,
        // Where an item stands beside no rows there is nothing to select.
        selectionRequired: false,
        lightPayload: false,
        permissionGroups: [],
        projects: [116],
        appearsIn: 'add_button',
      },
    ]);
  });

  it.each([
    ['an unknown key', 'menu: { foldr: Review }\n', 'line 5: menu.foldr: is not known here (did you mean "folder"?)'],
    [
      'an unknown key of the second of two',
      'menu:\n  - title: One\n  - { title: Two, pollings: true }\n',
      'line 7: menu.1.pollings: is not known here (did you mean "polling"?)',
    ],
    [
      'a type that the action is not for',
      'menu:\n  entity_types: [Task]\n',
      'line 6: menu.entity_types: the action is not for Task: every click would be refused',
    ],
    [
      'one item twice',
      'menu:\n  - title: One\n  - { title: One, entity_types: [Shot] }\n',
      'line 7: menu.1.title: Shot has an item "One" already',
    ],
    [
      'light clicks that the action does not take',
      'menu: { light_payload: true }\n',
      'line 5: menu.light_payload: needs an action with light_payload: its clicks are not signed',
    ],
    [
      'a place that ShotGrid does not have',
      'menu:\n  appears_in: toolbar\n',
      'line 6: menu.appears_in: must be one of right_click_menu, add_dropdown, add_button, user_menu',
    ],
    [
      'a folder that would break a line',
      'menu:\n  folder: "a\\nb"\n',
      'line 6: menu.folder: must be one line, without spaces around it',
    ],
    [
      'a project that is neither name nor id',
      'menu:\n  projects: [-1]\n',
      'line 6: menu.projects.0: must be the name or the id of a project',
    ],
    ['no items at all', 'menu: []\n', 'line 5: menu: must be a menu item or a list of 1 to 20 of them'],
  ])('is refused with its line for %s', (_, menu, problem) => {
    expect(yaml(menu).problems).toEqual([problem]);
  });

  it('is the same in TypeScript, in the spelling of TypeScript', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-menu-'));
    const load = async (menu: string, version: string) => {
      const path = join(folder, `a${version}.ts`);
      await writeFile(
        path,
        `export const action = { [Symbol.for('understudy.action')]: {
  title: 'Count', entityTypes: ['Version'],
  menu: ${menu},
  plan: () => ({}),
} };\n`,
      );
      return loadTypescriptAction('count', path, version);
    };
    try {
      expect((await load(`{ selectionRequired: false, appearsIn: 'user_menu' }`, '1')).action?.menu).toEqual([
        expect.objectContaining({ title: 'Count', polling: false, selectionRequired: false, appearsIn: 'user_menu' }),
      ]);
      expect((await load(`[{ permissionGroup: [] }, { lightPayload: true }]`, '2')).problems).toEqual([
        'line 3: menu.0.permissionGroup: is not known here (did you mean "permissionGroups"?)',
      ]);
      expect((await load(`{ entityTypes: ['Shot'] }`, '3')).problems).toEqual([
        'line 3: menu.entityTypes: the action is not for Shot: every click would be refused',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
