import { describe, expect, it } from '@jest/globals';
import { compareRows } from '../../src/actions/set-fields.ts';
import { isSameValue } from '../../src/actions/plan.ts';

const approve = new Map([['sg_status_list', 'apr']]);
const row = (id: number, status: string | null) => ({
  type: 'Version',
  id,
  name: `v${id}`,
  fields: { sg_status_list: status },
});

describe('set these fields', () => {
  it('proposes a change where the value differs and keeps the order of the selection', () => {
    const plan = compareRows('Version', [3, 1, 2], [row(1, 'rev'), row(2, 'apr'), row(3, null)], approve);
    expect(plan.changes).toEqual([
      {
        kind: 'update',
        entityType: 'Version',
        id: 3,
        name: 'v3',
        fields: [{ field: 'sg_status_list', before: null, after: 'apr' }],
      },
      {
        kind: 'update',
        entityType: 'Version',
        id: 1,
        name: 'v1',
        fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
      },
    ]);
    expect(plan.untouched).toEqual([{ entityType: 'Version', id: 2, name: 'v2', reason: 'already_so' }]);
  });

  it('sets a row apart that the person cannot see or that is gone', () => {
    const plan = compareRows('Version', [9], [], approve);
    expect(plan).toEqual({
      changes: [],
      untouched: [{ entityType: 'Version', id: 9, name: 'Version 9', reason: 'not_found' }],
    });
  });

  it('proposes only the fields that differ', () => {
    const values = new Map([...approve, ['description', 'ok']]);
    const rows = [{ type: 'Version', id: 1, name: 'v1', fields: { sg_status_list: 'apr', description: 'old' } }];
    expect(compareRows('Version', [1], rows, values).changes[0]?.fields).toEqual([
      { field: 'description', before: 'old', after: 'ok' },
    ]);
  });
});

describe('isSameValue', () => {
  it.each([
    ['links by type and id, whatever their names', { type: 'Shot', id: 1, name: 'a' }, { type: 'Shot', id: 1 }, true],
    ['links of another type', { type: 'Shot', id: 1 }, { type: 'Asset', id: 1 }, false],
    [
      'lists of links in any order',
      [
        { type: 'A', id: 1 },
        { type: 'A', id: 2 },
      ],
      [
        { type: 'A', id: 2 },
        { type: 'A', id: 1 },
      ],
      true,
    ],
    ['lists of another length', [{ type: 'A', id: 1 }], [], false],
    ['blank text and null, which the site stores alike', '', null, true],
    ['a number and its text', 1, '1', false],
    ['null and false', null, false, false],
  ])('compares %s', (_, a, b, same) => {
    expect(isSameValue(a, b)).toBe(same);
  });
});
