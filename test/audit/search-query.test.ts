import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FILTER_NAMES, formatSearchQuery, parseSearchQuery } from '../../src/audit/search-query.ts';

describe('a search in the address bar', () => {
  it.each([
    [{ entity: 'Version 6933' }, { entity: { type: 'Version', id: 6933 } }],
    [{ entity: 'version:6933' }, { entity: { type: 'Version', id: 6933 } }],
    [{ entity: 'PublishedFile#1' }, { entity: { type: 'PublishedFile', id: 1 } }],
    [{ entity: 'CustomEntity01/7' }, { entity: { type: 'CustomEntity01', id: 7 } }],
    [{ entity: 'HSM_10_0010' }, { text: 'HSM_10_0010' }],
    [{ entity: 'bridge', text: 'hsm' }, { text: 'hsm bridge' }],
    [{ project: '116' }, { projectId: 116 }],
    [{ project: 'Hyperspace' }, { projectName: 'Hyperspace' }],
    [{ from: '2026-02-28' }, { from: new Date('2026-02-28T00:00:00Z') }],
    [{ to: '2026-02-28' }, { to: new Date('2026-03-01T00:00:00Z') }],
    [{ to: '2026-02-28T15:30' }, { to: new Date('2026-02-28T15:30:00Z') }],
    [{ from: '2026-02-28 15:30:01.5' }, { from: new Date('2026-02-28T15:30:01.500Z') }],
    [{ from: '2026-02-28T15:30:00+02:00' }, { from: new Date('2026-02-28T13:30:00Z') }],
    [{ person: '  artist ' }, { person: 'artist' }],
    [{ person: '   ' }, {}],
  ])('%j asks for %j', (query, filter) => {
    const { problems, filter: parsed } = parseSearchQuery(query);
    expect([...problems]).toEqual([]);
    expect(Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))).toEqual(filter);
  });

  it.each([
    ['from', 'yesterday'],
    ['from', '2026-02-30'],
    ['from', '2026-13-01'],
    ['to', '2026-01-01T25:00'],
    ['to', '2026-01-01T10:00:00+99:99'],
    ['type', 'click.recieved'],
    ['outcome', 'done'],
    ['entity', '---'],
    ['text', '%_%'],
    ['before', '-1'],
    ['before', '1e3'],
    ['limit', '0'],
    ['limit', '501'],
    ['person', 'x'.repeat(501)],
    ['persn', 'artist'],
    ['__proto__x', 'artist'],
    ['constructor', 'artist'],
  ])('names %s when it is %j, and keeps the rest', (name, value) => {
    const { problems, typed } = parseSearchQuery({ [name]: value, code: 'ami_stale' });
    expect([...problems.keys()]).toEqual([name]);
    expect(typed.code).toBe('ami_stale');
  });

  it('names every problem at once', () => {
    const { problems } = parseSearchQuery({ from: 'x', to: 'y', outcome: 'z', person: ['a', 'b'] });
    expect([...problems.keys()].sort()).toEqual(['from', 'outcome', 'person', 'to']);
  });

  it('cannot end before it begins', () => {
    expect([...parseSearchQuery({ from: '2026-02-02', to: '2026-02-01' }).problems.keys()]).toEqual(['to']);
    expect([...parseSearchQuery({ from: '2026-02-02', to: '2026-02-02' }).problems.keys()]).toEqual([]);
  });

  it('is the saved filter: what is written out is read back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((s) => s.trim() !== '');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...FILTER_NAMES), text), (query) => {
        const { typed } = parseSearchQuery(query);
        const again = Object.fromEntries(new URLSearchParams(formatSearchQuery(typed)));
        expect(parseSearchQuery(again)).toEqual(parseSearchQuery(query));
      }),
    );
  });

  it('of anything at all never throws', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.anything()), (query) => void parseSearchQuery(query)));
  });
});
