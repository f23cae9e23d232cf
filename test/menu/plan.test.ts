import { describe, expect, it } from '@jest/globals';
import { planMenu, type MenuChange } from '../../src/menu/plan.ts';
import { action, input, item, OURS } from './facts.ts';

const short = (change: MenuChange): string =>
  change.kind === 'create'
    ? `+ ${change.action} ${change.entityType}`
    : `${change.kind === 'update' ? '~' : '-'} ${change.id}`;
const shortOf = (given: Parameters<typeof input>[0]): readonly string[] => planMenu(input(given)).changes.map(short);

describe('a plan of menu items', () => {
  it('is empty when every item is as its file says, wherever an admin has put it', () => {
    const plan = planMenu(input({ items: [item(7, { list_order: 99 })] }));
    expect([plan.changes, plan.unchanged]).toEqual([[], [{ id: 7, action: 'approve' }]]);
  });

  it('makes one item for each entity type', () => {
    const actions = [action('approve', { entityTypes: ['Version', 'Shot'] })];
    expect(shortOf({ actions, items: [item(7)] })).toEqual(['+ approve Shot']);
  });

  it.each([
    ['folder', 'Review', null],
    ['title', 'Approved!', 'Approve'],
    ['entity_type', null, 'Version'],
    ['entity_type', 'Shot', 'Version'],
    ['selection_required', false, true],
    ['poll_for_data_updates', false, true],
    ['open_in_overlay', true, false],
    ['light_payload', true, false],
    ['signature_algorithm', 'sha256', 'sha1'],
    ['add_btn_behavior', 'override_default', 'not_set'],
    ['permissions_groups', [{ type: 'PermissionRuleSet', id: 2, name: 'Manager' }], []],
    ['projects', [{ type: 'Project', id: 116, name: 'Hyperspace Madness' }], []],
  ] as const)('takes back what somebody did to %s, and to nothing else', (field, edited, wanted) => {
    const { changes } = planMenu(input({ items: [item(7, { [field]: edited })] }));
    expect(changes).toEqual([
      expect.objectContaining({
        kind: 'update',
        id: 7,
        fields: [expect.objectContaining({ field, before: edited, after: wanted })],
      }),
    ]);
  });

  it('does not mind the order in which the site lists groups', () => {
    const link = (id: number) => ({ type: 'PermissionRuleSet', id, name: '' });
    const actions = [action('approve', { permissionGroups: ['manager', 'artist'] })];
    expect(shortOf({ actions, items: [item(7, { permissions_groups: [link(3), link(2)] })] })).toEqual([]);
  });

  it('moves an item whose order the file names', () => {
    expect(shortOf({ actions: [action('approve', { order: 1 })], items: [item(7)] })).toEqual(['~ 7']);
  });

  it.each([
    'https://other.studio.example/ami/approve',
    'https://understudy.studio.example:8443/ami/approve',
    'http://understudy.studio.example/ami/approve',
    `${OURS}/ami/approve/x`,
    `${OURS}/ami/approve?really=1`,
    `${OURS}/ami/approve#x`,
    `${OURS}/AMI/approve`,
    `${OURS}/ami/../x`,
    'https://understudy.studio.example@evil.example/ami/approve',
    'https://me:secret@understudy.studio.example/ami/approve',
    'https://understudy.studio.example.evil.example/ami/approve',
    'rv://understudy.studio.example/ami/approve',
    'not a URL',
    null,
  ])('never touches an item that calls %s', (url) => {
    const { changes } = planMenu(input({ items: [item(7, { url })] }));
    expect(changes.map(short)).toEqual(['+ approve Version']);
  });

  it.each([
    `${OURS}/ami/approve`,
    `${OURS}/ami/approve/`,
    'HTTPS://Understudy.Studio.Example:443/ami/approve',
    ` ${OURS}/ami/approve`,
  ])('knows its own item by %s', (url) => {
    expect(shortOf({ items: [item(7, { url })] })).toEqual([]);
  });

  it('retires what no file names any more, and what its file does not ask for twice', () => {
    const items = [item(7), item(8), item(9, { url: `${OURS}/ami/gone` })];
    const { changes } = planMenu(input({ items }));
    expect(changes.map((change) => [short(change), change.kind === 'retire' && change.reason])).toEqual([
      ['- 8', 'not_in_file'],
      ['- 9', 'no_action'],
    ]);
  });

  it('leaves alone what was made by hand for an action whose file says nothing of a menu', () => {
    const plan = planMenu(input({ actions: [action('approve', null)], items: [item(7)] }));
    expect([plan.changes, plan.byHand]).toEqual([[], [{ id: 7, action: 'approve', title: 'Approve' }]]);
  });

  it('tells two items of one type apart by title, then by light payload', () => {
    const entry = action().menu?.[0];
    const menu = [entry!, { ...entry!, title: 'Approve (light)', lightPayload: true }];
    const actions = [{ ...action(), menu }];
    const items = [item(7, { title: 'Somehow light', light_payload: true }), item(8, { title: 'Renamed' })];
    const { changes } = planMenu(input({ actions, items }));
    expect(changes.map((change) => [short(change), change.fields.map(({ after }) => after)])).toEqual([
      ['~ 8', ['Approve']],
      ['~ 7', ['Approve (light)']],
    ]);
  });

  it.each([
    [
      'no such group',
      { permissionGroups: ['Artst'] },
      'there is no permission group "Artst" on this site (did you mean "Artist"?)',
    ],
    ['two groups of one name', { permissionGroups: ['Artist'] }, '"Artist" is the name of 2 permission groups (3, 8)'],
    ['no such project', { projects: ['Hyperspace'] }, 'there is no project "Hyperspace" on this site'],
    ['no project of that id', { projects: [5] }, 'there is no project with the id 5 on this site'],
  ])('names %s, makes no item that more people would see, and goes on with the others', (_, entry, message) => {
    const actions = [action('approve', entry), action('retire', { title: 'Retire' })];
    const plan = planMenu(input({ actions, items: [item(7)] }));
    expect(plan.problems).toEqual([expect.objectContaining({ action: 'approve', message })]);
    expect(plan.changes.map(short)).toEqual(['+ retire Version']);
  });

  it('finds groups by code, and projects by name or id', () => {
    const actions = [action('approve', { permissionGroups: ['artist_2'], projects: ['Hyperspace Madness', 116] })];
    const [change] = planMenu(input({ actions })).changes;
    const after = (field: string) => change?.fields.find((one) => one.field === field)?.after;
    expect(after('permissions_groups')).toEqual([{ type: 'PermissionRuleSet', id: 8, name: 'Artist' }]);
    expect(after('projects')).toEqual([{ type: 'Project', id: 116, name: 'Hyperspace Madness' }]);
  });

  describe('for a site that lacks a field', () => {
    const without = (...names: string[]) => {
      const { site } = input();
      return { ...site, fields: new Map([...site.fields].filter(([field]) => !names.includes(field))) };
    };

    it('leaves it out and says so, unless nothing is lost', () => {
      const actions = [action('approve', { overlay: true }), action('retire')];
      const plan = planMenu(input({ actions, site: without('open_in_overlay', 'signature_algorithm') }));
      expect(plan.leftOut).toEqual([
        { field: 'open_in_overlay', label: 'Open in Modal Overlay', actions: ['approve'] },
      ]);
      expect(plan.changes[0]?.fields.map(({ field }) => field)).not.toContain('open_in_overlay');
      expect(plan.problems).toEqual([]);
    });

    it('makes no item whose clicks would all be refused', () => {
      const plan = planMenu(input({ algorithm: 'sha256', site: without('signature_algorithm') }));
      expect([plan.changes, plan.problems.length]).toEqual([[], 1]);
    });

    it('makes no item that everybody would see', () => {
      const actions = [action('approve', { permissionGroups: ['Manager'] })];
      const plan = planMenu(input({ actions, site: without('permissions_groups') }));
      expect([plan.changes, plan.problems.length]).toEqual([[], 1]);
    });

    it('names a place that it does not offer, and those that it does', () => {
      const { site } = input();
      const fields = new Map([...site.fields, ['add_btn_behavior', ['not_set', 'override_default']] as const]);
      const plan = planMenu(
        input({ actions: [action('approve', { appearsIn: 'user_menu' })], site: { ...site, fields } }),
      );
      expect(plan.problems).toEqual([
        {
          action: 'approve',
          message: 'this site does not offer "internal_resources" for "Configure Menu Options"',
          remedy: 'It offers not_set, override_default.',
        },
      ]);
    });
  });

  it.each(['rotating', 'broken'] as const)('does not look at the items of an action that is %s', (state) => {
    const items = [item(7), item(8), item(9, { url: `${OURS}/ami/retire` })];
    const plan = planMenu(input({ items, [state]: ['approve'] }));
    expect(plan.changes.map(short)).toEqual(['- 9']);
    expect(plan.leftAlone.map(({ action: name }) => name)).toEqual(['approve']);
  });
});
