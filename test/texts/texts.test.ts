import { describe, expect, it } from '@jest/globals';
import { ENGLISH } from '../../src/texts/english.ts';
import type { Language } from '../../src/texts/language.ts';
import { createTexts } from '../../src/texts/texts.ts';

const english: Language = { tag: 'en', texts: ENGLISH };

/** English with these of its texts about several pages in another language. */
function language(tag: string, common: Partial<Record<keyof typeof ENGLISH.common, string>>): Language {
  return { tag, texts: { ...ENGLISH, common: { ...ENGLISH.common, ...common } } };
}

describe('which language a page is in', () => {
  const german = language('de', { signOut: 'Abmelden' });
  const textsFor = createTexts([english, german]);

  it.each([
    [['de'], 'de'],
    [['de-AT', 'en'], 'de'],
    [['DE-ch'], 'de'],
    [['fr', 'de', 'en'], 'de'],
    [['en-GB', 'de'], 'en'],
    [['fr'], 'en'],
    [['deu-x'], 'en'],
    [['*'], 'en'],
    [[], 'en'],
    [['<script>', '-', 'x'.repeat(10_000)], 'en'],
  ])('for somebody who reads %j: %s', (accepted, expected) => {
    expect(textsFor(accepted).language).toBe(expected);
  });

  it('is told in that language', () => {
    expect(textsFor(['de']).t('common.signOut')).toBe('Abmelden');
    expect(textsFor(['sv']).t('common.signOut')).toBe('Sign out');
  });
});

describe('numbers', () => {
  const textsFor = createTexts([english]);

  it.each([
    [['en-US'], '1,234,567'],
    [['de-DE', 'en'], '1.234.567'],
    [['en-IN'], '12,34,567'],
    [['fr'], '1\u202f234\u202f567'],
    [['*', 'nonsense-', 'de'], '1.234.567'],
    [[], '1,234,567'],
    // The digits of a language, not whatever else a header may ask for.
    [['en-u-nu-thai'], '1,234,567'],
  ])('come as people write them who read %j: %s', (accepted, expected) => {
    expect(textsFor(accepted).number(1_234_567)).toBe(expected);
    expect(textsFor(accepted).t('common.rows', { count: 1_234_567 })).toBe(`${expected} rows`);
  });

  it('are counted by the rules of the language that the text is in, not of the digits', () => {
    // To a Russian 21 is singular.
    expect(textsFor(['ru']).t('common.rows', { count: 21 })).toBe('21 rows');
    const russian = language('ru', { rows: '{count, plural, one {# строка} few {# строки} other {# строк}}' });
    const { t } = createTexts([english, russian])(['ru']);
    expect([1, 21, 22, 25].map((count) => t('common.rows', { count }))).toEqual([
      '1 строка',
      '21 строка',
      '22 строки',
      '25 строк',
    ]);
  });
});

describe('markup', () => {
  const { t, html } = createTexts([english])([]);
  const name = `<img src=x onerror="alert('1')"> & {count} <strong>`;

  it('of a text stays, and every value in it is escaped', () => {
    expect(html('common.signedInAs', { name })).toBe(
      'Signed in as <strong>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; {count} &lt;strong&gt;</strong>',
    );
  });

  it('is nothing special in plain text, which the page escapes', () => {
    expect(t('common.title', { title: name })).toBe(`${name} · Understudy`);
  });
});

it('refuses to leave a hole where a value is missing', () => {
  const { t } = createTexts([english])([]);
  expect(() => t('common.rows')).toThrow(/count/);
});
