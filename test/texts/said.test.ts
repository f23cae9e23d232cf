import { describe, expect, it } from '@jest/globals';
import { ENGLISH } from '../../src/texts/english.ts';
import type { Language } from '../../src/texts/language.ts';
import { inEnglish, said } from '../../src/texts/said.ts';
import { createTexts } from '../../src/texts/texts.ts';

const german: Language = {
  tag: 'de',
  texts: {
    ...ENGLISH,
    explanation: {
      ...ENGLISH.explanation,
      siteRefusedBecause: 'ShotGrid hat das abgelehnt: {words}',
      searchInvalid: 'Diese Suche ist nicht zu verstehen: {problems}.',
      clickTooManyRows: 'Der Klick nennt mehr als {most, number} Zeilen ({field}).',
    },
    problem: { ...ENGLISH.problem, noWord: 'enthält weder Buchstaben noch Ziffern' },
  },
};
const inGerman = createTexts([{ tag: 'en', texts: ENGLISH }, german])(['de-DE']);

describe('a sentence that was handed on', () => {
  const refused = said('explanation.siteRefusedBecause', { words: { english: 'not <legal> & "so"' } });
  const search = said('explanation.searchInvalid', {
    problems: [
      said('explanation.searchProblem', { name: '<text>', problem: said('problem.noWord') }),
      said('explanation.searchProblem', { name: 'from', problem: said('problem.noTime') }),
    ],
  });

  it('is English for programs and logs, word for word', () => {
    expect(inEnglish(refused)).toBe('ShotGrid refused this: not <legal> & "so"');
    expect(inEnglish(search)).toBe(
      'This search cannot be understood: <text> has no letter or digit to look for; from is no time like 2026-01-31, 2026-01-31 15:30 or 2026-01-31T15:30:00Z (all of them UTC).',
    );
    expect(inEnglish(said('explanation.clickTooManyRows', { most: 10_000, field: 'ids' }))).toBe(
      'The click names more than 10,000 rows (ids).',
    );
  });

  it('is in the language of the page, with the sentences in it, escaped', () => {
    expect(inGerman.say(search)).toMatch(
      /^Diese Suche ist nicht zu verstehen: &lt;text&gt; enthält weder Buchstaben noch Ziffern; from is no time /,
    );
    expect(inGerman.say(said('explanation.clickTooManyRows', { most: 10_000, field: '<b>' }))).toBe(
      'Der Klick nennt mehr als 10.000 Zeilen (&lt;b&gt;).',
    );
  });

  it('marks the words that nobody here can translate', () => {
    expect(inGerman.say(refused)).toBe(
      'ShotGrid hat das abgelehnt: <span lang="en">not &lt;legal&gt; &amp; &quot;so&quot;</span>',
    );
  });

  it('takes braces and quotes in a value for what they are', () => {
    const hostile = "'{login}' {0, plural, other {#}} <a href=javascript:1>";
    expect(inEnglish(said('explanation.personUnknown', { login: hostile }))).toBe(
      `ShotGrid knows no active person "${hostile}".`,
    );
    expect(inGerman.say(said('explanation.personUnknown', { login: hostile }))).not.toContain('<a');
  });
});
