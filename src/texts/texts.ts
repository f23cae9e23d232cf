/** Page texts in the language that a reader asks for, with numbers as that reader writes them. */
import { Eta } from 'eta';
import { LRUCache } from 'lru-cache';
import { createBook, formatsOf, sayFrom, type Book, type TextValues } from './book.ts';
import type { Language, TextKey } from './language.ts';
import { sayWith, type Said } from './said.ts';

export type Texts = {
  /** Of the texts, as `<html lang>` has it. */
  readonly language: string;
  /** Plain text, to be escaped like any other. */
  readonly t: (key: TextKey, values?: TextValues) => string;
  /** HTML: the markup of the text itself stays, every value is escaped. */
  readonly html: (key: TextKey, values?: TextValues) => string;
  /** HTML: a refusal's sentence, every value escaped, words in another language marked as such. */
  readonly say: (sentence: Said) => string;
  /** A number that counts something. One that names something (a row, a record) is no quantity and stays as it is. */
  readonly number: (value: number) => string;
};

/** As templates escape. */
const { escapeFunction: escapeHtml } = new Eta().config;

/** Headers are anybody's: what they name beyond this is forgotten and made anew. */
const LOCALES_KEPT = 100;
const LANGUAGES_ASKED_FOR = 10;

/**
 * @param languages - The first is for whoever asks for none of them.
 * @returns what gives the texts for the languages that a reader accepts, the dearest first, as `Accept-Language` names them.
 *   Texts come in the first of these that there is; numbers in the first that the runtime knows, as the browser writes dates.
 */
export function createTexts(languages: readonly [Language, ...Language[]]): (accepted: readonly string[]) => Texts {
  const books = languages.map(createBook);
  const [first] = books as [Book, ...Book[]];
  const known = new LRUCache<string, Texts>({ max: LOCALES_KEPT });

  return function textsFor(accepted) {
    const tags = accepted.slice(0, LANGUAGES_ASKED_FOR);
    const book = tags.flatMap((tag) => books.find(({ tag: own }) => speaks(own, tag)) ?? []).at(0) ?? first;
    const locale = tags.flatMap((tag) => knownLocale(tag) ?? []).at(0) ?? book.tag;
    const key = `${book.tag}\n${locale}`;
    const texts = known.get(key) ?? speak(book, locale);
    known.set(key, texts);
    return texts;
  };
}

function speak(book: Book, locale: string): Texts {
  const formats = formatsOf(book, locale);
  const t = (key: TextKey, values: TextValues = {}): string => sayFrom(book, formats, key, values);
  const voice = {
    say: t,
    text: escapeHtml,
    english: (words: string) => `<span lang="en">${escapeHtml(words)}</span>`,
  };
  return {
    language: book.tag,
    t,
    html: (key, values = {}) => t(key, escapeEach(values)),
    say: (sentence) => sayWith(voice, sentence),
    number: formats.number,
  };
}

function escapeEach(values: TextValues): TextValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? escapeHtml(value) : value]),
  );
}

/** `en` speaks to whoever asks for `en-GB`. */
function speaks(own: string, asked: string): boolean {
  const [ours, theirs] = [own.toLowerCase(), asked.toLowerCase()];
  return theirs === ours || theirs.startsWith(`${ours}-`);
}

/** Without extensions: a header chooses a language, not the digits of another. */
function knownLocale(tag: string): string | undefined {
  try {
    const { baseName } = new Intl.Locale(tag);
    return Intl.NumberFormat.supportedLocalesOf(baseName).length > 0 ? baseName : undefined;
  } catch {
    // `*`, or no language tag at all.
    return undefined;
  }
}
