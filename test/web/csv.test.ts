import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvLine, fileName } from '../../src/web/csv.ts';

describe('a line of comma-separated values', () => {
  it.each([
    ['plain cells', ['a', 1, true, null, undefined], 'a,1,true,,'],
    ['commas, quotes and line ends', ['a,b', 'say "x"', 'a\r\nb'], '"a,b","say ""x""","a\r\nb"'],
    ['white space as it is', [' a '], ' a '],
    ['negative numbers as numbers', [-5], '-5'],
    ['nothing', [], ''],
  ])('holds %s', (_name, cells, line) => {
    expect(csvLine(cells)).toBe(`${line}\r\n`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '|calc', '%0a', ' =1', '\t=1', '\n=1', '＝1', '\u0000=1'])(
    'does not let %j begin a formula',
    (text) => {
      expect(csvLine([text])).toMatch(/^"?'/);
    },
  );

  it('is read back as it was, by the rules of RFC 4180', () => {
    const cell = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/^[\s\p{Cc}]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u.test(text));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2 }), (cells) => {
        expect(parse(csvLine(cells))).toEqual(cells);
      }),
    );
  });
});

it.each([
  ['Versions of today', 'Versions-of-today.csv'],
  ['../../etc/passwd', 'etcpasswd.csv'],
  ['Ünïcode "quoted"\r\n', 'Unicode-quoted.csv'],
  ['日本', 'export.csv'],
  ['', 'export.csv'],
])('the name %j is safe for a file', (name, file) => {
  expect(fileName(name, 'csv')).toBe(file);
});

/** One line, the way the RFC's grammar says. */
function parse(line: string): readonly string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|\r\n$)/gu)) {
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
  }
  return cells;
}
