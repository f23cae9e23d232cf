import { describe, expect, it } from '@jest/globals';
import { AmiMalformedError, AmiTooLargeError } from '../../src/ami/errors.ts';
import { parsePayload } from '../../src/ami/payload.ts';

/** A click on a grid page, as a site sends it. */
const GRID: Readonly<Record<string, string>> = {
  server_hostname: 'studio.shotgrid.autodesk.com',
  project_name: 'Hyperspace Madness',
  project_id: '116',
  user_id: '24',
  user_login: 'artist',
  entity_type: 'Version',
  ids: '6933,6934,6935',
  selected_ids: '6935,6934',
  cols: 'code,image,entity.Shot.code,sg_status_list',
  column_display_names: 'Version Name,Thumbnail,Link > Shot, Code,Status',
  sort_column: 'created_at',
  sort_direction: 'desc',
  referrer_path: '/page/4606',
  title: 'All Versions',
  page_id: '4606',
  view: 'Default',
  session_uuid: '9676A296-7e16-11e7-8758-0242ac110004',
  timestamp: '2026-05-01T12:00:00Z',
};

const parse = (changes: Readonly<Record<string, string | readonly string[] | undefined>> = {}) =>
  parsePayload(
    new Map(
      Object.entries({ ...GRID, ...changes }).filter(
        (entry): entry is [string, string | readonly string[]] => entry[1] !== undefined,
      ),
    ),
  );

describe('a click on a grid page', () => {
  it('becomes a typed payload', () => {
    expect(parse()).toEqual({
      user: { id: 24, login: 'artist' },
      entityType: 'Version',
      selectedIds: [6935, 6934],
      ids: [6933, 6934, 6935],
      serverHostname: 'studio.shotgrid.autodesk.com',
      title: 'All Versions',
      pageId: 4606,
      referrerPath: '/page/4606',
      sessionUuid: '9676a296-7e16-11e7-8758-0242ac110004',
      columns: ['code', 'image', 'entity.Shot.code', 'sg_status_list'],
      columnDisplayNames: 'Version Name,Thumbnail,Link > Shot, Code,Status',
      view: 'Default',
      sort: [{ column: 'created_at', direction: 'desc' }],
      grouping: [],
      project: { id: 116, name: 'Hyperspace Madness' },
      timestamp: '2026-05-01T12:00:00Z',
    });
  });

  it('survives being kept as JSON', () => {
    expect(JSON.parse(JSON.stringify(parse()))).toEqual(parse());
  });

  it('reads several sort and grouping keys, which then come in plural', () => {
    const payload = parse({
      sort_columns: 'code,created_at',
      sort_directions: 'asc,desc',
      grouping_column: 'entity',
      grouping_columns: 'entity,created_at',
      grouping_method: 'entitytype',
      grouping_methods: 'entitytype,month',
      grouping_directions: 'desc',
    });
    expect(payload.sort).toEqual([
      { column: 'code', direction: 'asc' },
      { column: 'created_at', direction: 'desc' },
    ]);
    expect(payload.grouping).toEqual([
      { column: 'entity', direction: 'desc', method: 'entitytype' },
      { column: 'created_at', direction: 'asc', method: 'month' },
    ]);
  });
});

describe('the other places of a click', () => {
  it('on a detail page there are no columns, sort, view or page', () => {
    const payload = parsePayload(
      new Map(
        Object.entries({
          user_id: '24',
          user_login: 'artist',
          session_uuid: GRID['session_uuid']!,
          entity_type: 'Shot',
          selected_ids: '862',
          ids: '862',
          server_hostname: 'studio.shotgrid.autodesk.com',
          title: 'Hyperspace Madness - bunny_010 862',
        }),
      ),
    );
    expect(payload).toEqual({
      user: { id: 24, login: 'artist' },
      sessionUuid: '9676a296-7e16-11e7-8758-0242ac110004',
      entityType: 'Shot',
      selectedIds: [862],
      ids: [862],
      serverHostname: 'studio.shotgrid.autodesk.com',
      title: 'Hyperspace Madness - bunny_010 862',
      columns: [],
      sort: [],
      grouping: [],
    });
  });

  it('on a page of several projects there is no project', () => {
    expect(Object.hasOwn(parse({ project_id: undefined, project_name: undefined }), 'project')).toBe(false);
    expect(Object.hasOwn(parse({ project_id: '', project_name: '' }), 'project')).toBe(false);
    expect(parse({ project_name: undefined }).project).toEqual({ id: 116 });
  });

  it('with nothing selected no row is selected, though the page has rows', () => {
    expect(parse({ selected_ids: '' }).selectedIds).toEqual([]);
    expect(parse({ selected_ids: undefined }).selectedIds).toEqual([]);
    expect(parse({ selected_ids: '' }).ids).toHaveLength(3);
  });

  it('a menu without a page behind it names a person and nothing else', () => {
    const payload = parsePayload(new Map([...Object.entries({ user_id: '24', user_login: 'artist' })]));
    expect(payload).toEqual({
      user: { id: 24, login: 'artist' },
      selectedIds: [],
      ids: [],
      columns: [],
      sort: [],
      grouping: [],
    });
  });

  it('a grid inside a detail page has the word undefined for a title', () => {
    expect(Object.hasOwn(parse({ title: 'undefined' }), 'title')).toBe(false);
  });

  it('lists may come as lists, as in an event row', () => {
    const payload = parse({ cols: ['code', 'image'], column_display_names: ['Name', 'Thumb'], ids: ['1', ' 2'] });
    expect(payload.columns).toEqual(['code', 'image']);
    expect(payload.columnDisplayNames).toBe('Name,Thumb');
    expect(payload.ids).toEqual([1, 2]);
  });
});

describe('row numbers', () => {
  it('may have spaces after their commas, and count once each', () => {
    expect(parse({ selected_ids: ' 6935, 6934 ,6935' }).selectedIds).toEqual([6935, 6934]);
  });

  it.each(['abc', '0', '-1', '+1', '1.5', '1e3', '0x10', '007', '1,', ',1', '1,,2', '1 2', '１', '2147483648', 'NaN'])(
    'are refused when one is %j',
    (ids) => {
      for (const key of ['selected_ids', 'ids']) {
        expect(() => parse({ [key]: ids })).toThrow(AmiMalformedError);
        expect(() => parse({ [key]: ids })).toThrow(key);
      }
    },
  );

  it('reach up to the largest that a site can have', () => {
    expect(parse({ selected_ids: '2147483647' }).selectedIds).toEqual([2147483647]);
  });

  it('may be 100,000, and not one more', () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => String(i + 1));
    expect(parse({ ids: ids.join(',') }).ids).toHaveLength(100_000);
    expect(() => parse({ ids: [...ids, '100001'].join(',') })).toThrow(AmiTooLargeError);
    expect(() => parse({ selected_ids: '1,'.repeat(2_000_000) })).toThrow('more than 100,000 rows (selected_ids)');
  });
});

describe('fields that decide who and what', () => {
  it.each([
    [{ user_id: undefined }, 'no user_id'],
    [{ user_id: '' }, 'no user_id'],
    [{ user_id: 'artist' }, 'user_id is not'],
    [{ user_id: '24,25' }, 'user_id is not'],
    [{ user_login: undefined }, 'no user_login'],
    [{ user_login: '' }, 'no user_login'],
    [{ user_login: ' artist' }, 'user_login is not'],
    [{ user_login: 'art\u0000ist' }, 'user_login is not'],
    [{ user_login: 'art\r\nist' }, 'user_login is not'],
    [{ user_login: 'tsitra\u202e' }, 'user_login is not'],
    [{ user_login: 'x'.repeat(256) }, 'user_login is not'],
    [{ entity_type: undefined }, 'no entity_type'],
    [{ entity_type: '' }, 'no entity_type'],
    [{ entity_type: 'version' }, 'entity_type is not'],
    [{ entity_type: 'Version/../HumanUser' }, 'entity_type is not'],
    [{ entity_type: '__proto__' }, 'entity_type is not'],
    [{ entity_type: `V${'x'.repeat(64)}` }, 'entity_type is not'],
    [{ project_id: 'undefined' }, 'project_id is not'],
  ])('are refused: %j', (changes, message) => {
    expect(() => parse(changes)).toThrow(AmiMalformedError);
    expect(() => parse(changes)).toThrow(message);
  });

  it('may be what studios really have', () => {
    expect(parse({ user_login: 'Zoë.O’Neil@studio.example' }).user.login).toBe('Zoë.O’Neil@studio.example');
    expect(parse({ entity_type: 'CustomNonProjectEntity01' }).entityType).toBe('CustomNonProjectEntity01');
  });
});

describe('fields that describe the page', () => {
  it('lose their control characters and their length, never the click', () => {
    expect(parse({ title: ' All\r\nSet-Cookie: x=1\u0000\u202e ' }).title).toBe('All  Set-Cookie: x=1');
    expect(parse({ title: '😀'.repeat(500) }).title).toHaveLength(501);
    expect(parse({ title: 'x\ud83d' }).title).toBe('x\ufffd');
    expect(parse({ view: '\t\n' }).view).toBeUndefined();
  });

  it.each(['//evil.example/', '/\\evil.example', 'https://evil.example/', 'page/1', '/page\\1', '/a\r\nb', '/a b', ''])(
    'keep no referrer path like %j',
    (path) => {
      expect(parse({ referrer_path: path }).referrerPath).toBeUndefined();
    },
  );

  it.each(['', 'x', '9676a296-7e16-11e7-8758', '9676a296-7e16-11e7-8758-0242ac11000g'])(
    'keep no window id like %j',
    (uuid) => {
      expect(parse({ session_uuid: uuid }).sessionUuid).toBeUndefined();
    },
  );

  it('keep the columns that can be field codes', () => {
    expect(parse({ cols: 'code, image,<b>,__proto__,a b,,$FROM$Task.x' }).columns).toEqual([
      'code',
      'image',
      '__proto__',
      '$FROM$Task.x',
    ]);
  });

  it('drop a page number that is none', () => {
    expect(parse({ page_id: 'undefined' }).pageId).toBeUndefined();
  });
});
