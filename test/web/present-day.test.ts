import { expect, it } from '@jest/globals';
import type { Day, DayFigures } from '../../src/audit/day.ts';
import { presentDay } from '../../src/web/present-day.ts';
import { LANGUAGES } from '../../src/texts/languages.ts';
import { createTexts } from '../../src/texts/texts.ts';

const textsFor = createTexts(LANGUAGES);

function day(figures: DayFigures): Day {
  const from = new Date('2026-05-03T11:00:00Z');
  const to = new Date('2026-05-03T12:00:00Z');
  return { ...figures, hours: [{ ...figures, from, to }], isComplete: true };
}

it('tells an hour in words, one of a kind and many, with the wait where somebody waited', () => {
  const title = (figures: DayFigures) => presentDay(textsFor([]), day(figures)).hours[0]?.title;
  expect(title({ clicks: 1, runs: 0, refusals: 1_200, previewP95Ms: undefined })).toBe(
    '2026-05-03 11:00: 1 click, 0 runs, 1,200 refusals',
  );
  expect(title({ clicks: 2, runs: 1, refusals: 0, previewP95Ms: 250 })).toBe(
    '2026-05-03 11:00: 2 clicks, 1 run, 0 refusals, preview after 0.25 s',
  );
});

it.each([
  [undefined, '–'],
  [5, '0.01 s'],
  [1_234, '1.23 s'],
  [9_999, '10.00 s'],
  [12_400, '12 s'],
])('writes a wait of %d ms as %s', (previewP95Ms, text) => {
  const { figures } = presentDay(textsFor([]), day({ clicks: 1, runs: 0, refusals: 0, previewP95Ms }));
  expect(figures.wait).toBe(text);
});

it('writes figures as the reader does', () => {
  const { figures } = presentDay(textsFor(['de']), day({ clicks: 12_345, runs: 0, refusals: 0, previewP95Ms: 1_234 }));
  expect(figures).toMatchObject({ clicks: '12.345', wait: '1,23 s' });
});
