import { expect, it } from '@jest/globals';
import { LANGUAGES } from '../../src/texts/languages.ts';
import { createTexts } from '../../src/texts/texts.ts';
import { readTypedNumber } from '../../src/web/typed-number.ts';

it.each([
  ['3', 3],
  [' 1234 ', 1234],
  ['1,234', 1234],
  ['1.234', 1234],
  ['1 234', 1234],
  ['1\u202f234', 1234],
  ['1’234', 1234],
  ['12,34,567', 1_234_567],
])('reads %j as %i', (typed, expected) => {
  expect(readTypedNumber(typed)).toBe(expected);
});

it.each([
  undefined,
  '',
  ' ',
  'three',
  '1,2',
  '3.5',
  '12.34',
  '-3',
  '+3',
  '0x3',
  '1e3',
  '3 rows',
  '1,,234',
  ',123',
  '9'.repeat(16),
])('reads no number in %j', (typed) => {
  expect(readTypedNumber(typed)).toBeUndefined();
});

it.each(['en', 'de', 'de-CH', 'fr', 'sv', 'en-IN', 'es', 'pt-BR', 'ja'])(
  'reads what a page shows to readers of %s',
  (tag) => {
    const { number } = createTexts(LANGUAGES)([tag]);
    for (const value of [7, 1234, 98_765, 1_234_567]) expect(readTypedNumber(number(value))).toBe(value);
  },
);
