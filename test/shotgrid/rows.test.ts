import { describe, expect, it } from '@jest/globals';
import { parseRow } from '../../src/shotgrid/rows.ts';

describe('a row', () => {
  it('holds attributes, dotted paths, links and lists of links side by side', () => {
    const row = parseRow({
      type: 'Version',
      id: 17055,
      attributes: { code: 'v001', sg_status_list: 'rev', 'entity.Shot.code': 'sh010' },
      relationships: {
        entity: { data: { id: 862, name: 'sh010', type: 'Shot' }, links: { self: '/x' } },
        sg_task: { data: null, links: {} },
        tasks: { data: [{ id: 1, type: 'Task', name: 'comp' }, 'nonsense'], links: {} },
      },
    });
    expect(row).toMatchObject({ type: 'Version', id: 17055, name: 'v001' });
    expect({ ...row?.fields }).toEqual({
      code: 'v001',
      sg_status_list: 'rev',
      'entity.Shot.code': 'sh010',
      entity: { type: 'Shot', id: 862, name: 'sh010' },
      sg_task: null,
      tasks: [{ type: 'Task', id: 1, name: 'comp' }],
    });
  });

  it('has no fields but those read, not even inherited ones', () => {
    const row = parseRow(JSON.parse('{"type":"Shot","id":1,"attributes":{"__proto__":{"code":"polluted"}}}'));
    expect(row?.fields['constructor']).toBeUndefined();
    expect(row?.fields['code']).toBeUndefined();
    expect(row?.name).toBeUndefined();
    expect(({} as Record<string, unknown>)['code']).toBeUndefined();
  });

  it.each([
    ['Task', { content: 'comp' }, 'comp'],
    ['Note', { content: '', subject: 'Re: sh010' }, 'Re: sh010'],
    ['HumanUser', { name: 'Ann Artist' }, 'Ann Artist'],
    ['Shot', { code: 'sh010', cached_display_name: 'SH 010' }, 'SH 010'],
    ['Shot', { code: 12 }, undefined],
  ])('of type %s with %j is called %j', (type, attributes, name) => {
    expect(parseRow({ type, id: 1, attributes })?.name).toBe(name);
  });

  it.each([null, [], 'row', {}, { type: 'Shot' }, { id: 1 }, { type: 'Shot', id: '1' }, { type: '', id: 1 }])(
    'is not %j',
    (nonsense) => {
      expect(parseRow(nonsense)).toBeUndefined();
    },
  );
});
