import { describe, expect, it } from '@jest/globals';
import { AmiMalformedError, AmiStaleError, AmiTooLargeError, AmiWrongSiteError } from '../../src/ami/errors.ts';
import { parseLight, payloadFromEventLogEntry } from '../../src/ami/light.ts';

const PAYLOAD = {
  user_id: 24,
  user_login: 'artist',
  entity_type: 'Version',
  selected_ids: '6934,6935',
  ids: [6933, '6934', 6935],
  cols: ['code', 'image'],
  column_display_names: [],
  project_id: null,
  title: 'All Versions',
};

const ENTRY = {
  id: 77,
  event_type: 'Shotgun_ActionMenuItem_Triggered',
  created_at: '2026-05-01T12:00:00Z',
  user: { type: 'HumanUser', id: 24, name: 'Artist' },
  meta: { type: 'ami_triggered', ami_payload: PAYLOAD },
};

const RULES = {
  now: new Date('2026-05-01T12:00:05Z'),
  maxAgeSeconds: 10,
  siteUrl: new URL('https://studio.shotgrid.autodesk.com'),
};

const withPayload = (changes: Readonly<Record<string, unknown>>) => ({
  ...ENTRY,
  meta: { ami_payload: { ...PAYLOAD, ...changes } },
});

describe('a light form', () => {
  it('names an event log row and no entity type', () => {
    expect(parseLight(new Map([['event_log_entry_id', '77']]))).toEqual({ eventLogEntryId: 77 });
    expect(parseLight(new Map(Object.entries({ event_log_entry_id: '77', entity_type: '' })))).toBeDefined();
  });

  it('is not one with an entity type, or without a row', () => {
    expect(parseLight(new Map(Object.entries({ event_log_entry_id: '77', entity_type: 'Shot' })))).toBeUndefined();
    expect(parseLight(new Map([['event_log_entry_id', '']]))).toBeUndefined();
    expect(parseLight(new Map())).toBeUndefined();
  });

  it.each(['x', '0', '-77', '77.0', '77,78', '99999999999'])('is refused when the row is %j', (id) => {
    expect(() => parseLight(new Map([['event_log_entry_id', id]]))).toThrow(AmiMalformedError);
  });
});

describe('the event log row of a light click', () => {
  const expected = {
    user: { id: 24, login: 'artist' },
    entityType: 'Version',
    selectedIds: [6934, 6935],
    ids: [6933, 6934, 6935],
    columns: ['code', 'image'],
    title: 'All Versions',
    sort: [],
    grouping: [],
  };

  it('becomes the same payload, whether fields lie flat or as in a REST record', () => {
    const { created_at, meta, user } = ENTRY;
    const record = {
      type: 'EventLogEntry',
      id: 77,
      attributes: { created_at, meta },
      relationships: { user: { data: user, links: {} } },
    };
    expect(payloadFromEventLogEntry(ENTRY, RULES)).toEqual(expected);
    expect(payloadFromEventLogEntry(record, RULES)).toEqual(expected);
  });

  it('must be of now, in both directions', () => {
    expect(() => payloadFromEventLogEntry(ENTRY, { ...RULES, now: new Date('2026-05-01T12:00:11Z') })).toThrow(
      AmiStaleError,
    );
    expect(() => payloadFromEventLogEntry(ENTRY, { ...RULES, now: new Date('2026-05-01T11:59:49Z') })).toThrow(
      AmiStaleError,
    );
  });

  it.each([
    ['another person', { type: 'HumanUser', id: 25 }],
    ['a script of the same number', { type: 'ApiUser', id: 24 }],
    ['nobody', null],
    ['a number in text', { type: 'HumanUser', id: '24' }],
  ])('is refused when %s wrote it', (_, user) => {
    expect(() => payloadFromEventLogEntry({ ...ENTRY, user }, RULES)).toThrow('written by somebody else');
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['text', 'row'],
    ['a list', []],
    ['without meta', { ...ENTRY, meta: null }],
    ['about something else', { ...ENTRY, meta: { type: 'new_entity' } }],
    ['with an empty payload', { ...ENTRY, meta: { ami_payload: {} } }],
    ['with a payload of text', { ...ENTRY, meta: { ami_payload: 'x' } }],
    ['without a time', { ...ENTRY, created_at: null }],
    ['with nested values', withPayload({ cols: { 0: 'code' } })],
    ['with nested lists', withPayload({ ids: [[1]] })],
    ['with fractions for rows', withPayload({ ids: [1.5] })],
    ['without a person', withPayload({ user_id: null })],
    ['with too many fields', withPayload(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, '1'])))],
  ])('is refused when it is %s', (_, entry) => {
    expect(() => payloadFromEventLogEntry(entry, RULES)).toThrow(AmiMalformedError);
  });

  it('has the same limit of rows', () => {
    const ids = Array.from({ length: 100_001 }, (_, i) => i + 1);
    expect(() => payloadFromEventLogEntry(withPayload({ ids }), RULES)).toThrow(AmiTooLargeError);
  });

  it('is refused when it names another site', () => {
    expect(() =>
      payloadFromEventLogEntry(withPayload({ server_hostname: 'other.shotgrid.autodesk.com' }), RULES),
    ).toThrow(AmiWrongSiteError);
    expect(() =>
      payloadFromEventLogEntry(withPayload({ server_hostname: ['other.shotgrid.autodesk.com'] }), RULES),
    ).toThrow(AmiWrongSiteError);
  });

  it('reads own keys only', () => {
    const inherited = Object.create(ENTRY) as unknown;
    expect(() => payloadFromEventLogEntry(inherited, RULES)).toThrow(AmiMalformedError);
    const polluted: unknown = JSON.parse(JSON.stringify(ENTRY).replace('"title"', '"__proto__":{"x":1},"title"'));
    expect(() => payloadFromEventLogEntry(polluted, RULES)).toThrow(AmiMalformedError);
  });
});
