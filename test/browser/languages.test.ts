/**
 * Every page in a made-up language, in which each text has marks around it: what a reader sees outside of them is data, or a
 * text that was forgotten in a template. Sentences that come from elsewhere in English say so (`lang="en"`).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '../../src/audit/event.ts';
import { EXECUTORS } from '../../src/audit/executor.ts';
import { ENGLISH } from '../../src/texts/english.ts';
import type { Language } from '../../src/texts/language.ts';
import { describeInBrowser } from '../support/browser.ts';
import { startGallery, type Gallery } from './gallery.ts';
import { readTexts } from './read-texts.mjs';

const MARKED: Language = {
  tag: 'en-XA',
  texts: Object.fromEntries(
    Object.entries(ENGLISH).map(([family, texts]) => [
      family,
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, `⟦${text}⟧`])),
    ]),
  ) as Language['texts'],
};

/** Words that pages show as they are, whatever the language. */
const SAME_EVERYWHERE: readonly string[] = [
  // Names.
  ...['Understudy', 'ShotGrid', 'UTC'],
  // As they stand in the audit log.
  ...EVENT_TYPES,
  ...EXECUTORS,
  // Initials of people in the gallery.
  ...['AO', 'MH'],
  // The example of claims that an administrator can paste.
  'artists',
];

let gallery: Gallery;
beforeAll(async () => {
  gallery = await startGallery({ languages: [MARKED] });
});
afterAll(() => gallery.close());

describeInBrowser('every page in another language', ({ fresh }) => {
  it('says nothing in English but data and what is marked as English, with numbers of the reader', async () => {
    const known = knownWords();
    // The pages’ policy lets nobody make elements of a text, as is done here with what stands in a noscript.
    const { context } = await fresh({ locale: 'de', bypassCSP: true });
    const page = await context.newPage();
    const forgotten = new Map<string, string>();
    const numbers: string[] = [];
    const broken: string[] = [];
    for (const [name, path] of gallery.pages) {
      const answer = await page.goto(`${gallery.url}${path}`, { waitUntil: 'domcontentloaded' });
      if (answer?.status() === 500 && !name.endsWith('refusal-unexpected')) broken.push(name);
      const { language, texts } = await page.evaluate(readTexts);
      if (language !== MARKED.tag) forgotten.set(language, name);
      for (const text of texts) {
        numbers.push(...(text.match(/\b\d{1,3}[.,]\d{3}\b/g) ?? []));
        for (const word of outsideOfMarks(text).match(/\p{L}{2,}/gu) ?? []) {
          // Of `'x'.repeat(…)`, to be long.
          if (/^x+$/.test(word)) continue;
          if (!known.has(word.toLowerCase()) && !forgotten.has(word)) forgotten.set(word, name);
        }
      }
    }
    expect(broken).toEqual([]);
    expect([...forgotten].map(([word, name]) => `${word} on ${name}`)).toEqual([]);
    expect(numbers).toContain('1.234');
    expect(numbers).not.toContain('1,234');
  }, 300_000);
});

/** Texts may have others in them: the innermost go first. */
function outsideOfMarks(text: string): string {
  const rest = text.replaceAll(/⟦[^⟦⟧]*⟧/g, ' ');
  return rest === text ? text : outsideOfMarks(rest);
}

/** Whatever the gallery hands over stands in its files. */
function knownWords(): ReadonlySet<string> {
  const files = ['gallery', 'gallery-facts', 'gallery-inventory', 'gallery-rooms', 'gallery-states', 'refusals'];
  const literals = files
    .map((file) => readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8'))
    .flatMap((text) => text.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? []);
  const words = [...literals, ...SAME_EVERYWHERE].flatMap((text) => text.match(/\p{L}{2,}/gu) ?? []);
  return new Set(words.map((word) => word.toLowerCase()));
}
