import { expect, it } from '@jest/globals';
import { LANGUAGES } from '../../src/texts/languages.ts';
import { createTexts } from '../../src/texts/texts.ts';
import { presentReport, reportCsv, safeHref } from '../../src/web/present-report.ts';

const SITE = 'https://studio.example';
const texts = createTexts(LANGUAGES)([]);
const paths = { csv: '/csv', file: '/file' };

it.each([
  ['https://wiki.example/x', 'https://wiki.example/x'],
  ['/detail/Version/1', 'https://studio.example/detail/Version/1'],
  ['https://studio.example/page/1', 'https://studio.example/page/1'],
])('a report may link to %s', (href, shown) => {
  expect(safeHref(href, SITE)).toBe(shown);
});

it.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'http://wiki.example/',
  '//evil.example/',
  '/\\evil.example/',
  'https://studio.example@evil.example/',
  'detail/1',
  '',
])('a report does not link to %j', (href) => {
  expect(safeHref(href, SITE)).toBeUndefined();
});

it('shows the first thousand rows of a table, each as long as its head, and exports all', () => {
  const table = {
    columns: [
      { label: 'Name', type: 'text' as const },
      { label: '=Frames', type: 'number' as const },
    ],
    rows: Array.from({ length: 1500 }, (_one, at) => [`v${at}`, at, 'one too many']),
  };
  const shown = presentReport(texts, { table }, SITE, paths).table;
  expect(shown).toMatchObject({ total: 1500, shown: 1000, csvHref: '/csv' });
  expect(shown?.rows[0]).toEqual([
    { text: 'v0', sort: 'v0', type: 'text' },
    { text: '0', sort: 0, type: 'number' },
  ]);
  const lines = [...reportCsv(table)];
  expect(lines).toHaveLength(1501);
  expect(lines.slice(0, 2)).toEqual(["Name,'=Frames\r\n", 'v0,0\r\n']);
});

it('keeps paragraphs apart', () => {
  expect(presentReport(texts, { text: 'One\nline\n\nTwo\n \nThree' }, SITE, paths).paragraphs).toEqual([
    'One\nline',
    'Two',
    'Three',
  ]);
});
