import { describe, expect, it } from '@jest/globals';
import type { FieldSchema } from '../../src/shotgrid/schema.ts';
import { LANGUAGES } from '../../src/texts/languages.ts';
import { createTexts } from '../../src/texts/texts.ts';
import { countOf, initialsOf, presentValue, readLabels, timeText } from '../../src/web/present.ts';

const STATUS = { name: 'Status', displayValues: new Map([['apr', 'Approved']]) } as unknown as FieldSchema;

const texts = createTexts(LANGUAGES)([]);

describe('a value as a person reads it', () => {
  it.each([
    [null, '(empty)'],
    ['', '(empty)'],
    [true, 'yes'],
    [false, 'no'],
    [0, '0'],
    ['apr', 'apr'],
    [[], '(none)'],
    [['a', 2], 'a, 2'],
    [{ type: 'Shot', id: 862, name: 'sh010' }, 'sh010'],
    [{ type: 'Shot', id: 862 }, 'Shot 862'],
    [
      [
        { type: 'Shot', id: 1, name: 'a' },
        { type: 'Shot', id: 2 },
      ],
      'a, Shot 2',
    ],
    [{ url: 'x' }, '{"url":"x"}'],
  ])('shows %j as %j', (value, text) => {
    expect(presentValue(texts, value, undefined)).toBe(text);
  });

  it('calls a status what the site calls it, and keeps a code that the site does not name', () => {
    expect(presentValue(texts, 'apr', STATUS)).toBe('Approved');
    expect(presentValue(texts, 'constructor', STATUS)).toBe('constructor');
    expect(presentValue(texts, ['apr', 'rev'], STATUS)).toBe('Approved, rev');
  });
});

describe('labels', () => {
  it('are the site’s own', async () => {
    const labels = await readLabels(() => Promise.resolve(new Map([['sg_status_list', STATUS]])), 'Version', 1);
    expect(labels.field('sg_status_list')).toBe('Status');
    expect(labels.value(texts, 'sg_status_list', 'apr')).toBe('Approved');
  });

  it('are codes when the site cannot tell: a preview does not fail over its decoration', async () => {
    const labels = await readLabels(() => Promise.reject(new Error('down')), 'Version', 1);
    expect(labels.field('sg_status_list')).toBe('sg_status_list');
    expect(labels.value(texts, 'sg_status_list', 'apr')).toBe('apr');
  });
});

describe('small words', () => {
  it.each([
    [1, 'Version', '1 Version'],
    [0, 'Version', '0 Versions'],
    [2, 'PublishEvent', '2 Publish Events'],
    [3, 'Delivery', '3 Deliveries'],
    [1, undefined, '1 row'],
    [1500, undefined, '1,500 rows'],
  ])('counts %i %s', (count, type, text) => {
    expect(countOf(texts, count, type)).toBe(text);
  });

  it.each([
    ['Alma Ortiz', 'AO'],
    ['alma', 'A'],
    ['alma.ortiz', 'AO'],
    ['  ', ''],
    ['Ærø van der Østergård', 'ÆØ'],
    ['😀 Smile', '😀S'],
  ])('shortens %j to %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('tells the time in UTC, to the minute', () => {
    expect(timeText(new Date('2026-05-01T23:59:59.999+02:00'))).toBe('2026-05-01 21:59 UTC');
  });
});
