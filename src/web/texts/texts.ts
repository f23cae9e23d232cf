/** Page texts in the language that a reader asks for, with numbers as that reader writes them. */
import { Eta } from 'eta';
import { formatToParts, IntlMessageFormat } from 'intl-messageformat';
import { LRUCache } from 'lru-cache';
import type { Language, TextKey } from './language.ts';

/** Numbers stay numbers, so that a text can count by them. */
export type TextValues = Readonly<Record<string, string | number>>;

export type Texts = {
  /** Of the texts, as `<html lang>` has it. */
  readonly language: string;
  /** Plain text, to be escaped like any other. */
  readonly t: (key: TextKey, values?: TextValues) => string;
  /** HTML: the markup of the text itself stays, every value is escaped. */
  readonly html: (key: TextKey, values?: TextValues) => string;
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

type Message = ReturnType<IntlMessageFormat['getAst']>;

type Book = {
  readonly tag: string;
  readonly pluralRules: (options?: Intl.PluralRulesOptions) => Intl.PluralRules;
  readonly read: (key: TextKey) => Message;
};

/** Each text is parsed when it is first needed. */
function createBook({ tag, texts }: Language): Book {
  const parsed = new Map<TextKey, Message>();
  return {
    tag,
    pluralRules: (options) => new Intl.PluralRules(tag, options),
    read: (key) => {
      let message = parsed.get(key);
      if (message === undefined) {
        const [family, name] = key.split('.') as [keyof Language['texts'], string];
        const text = (texts[family] as Readonly<Record<string, string>> | undefined)?.[name];
        if (text === undefined) throw new Error(`no text is called ${key}`);
        // The markup of a text is ours and stays as it is.
        message = new IntlMessageFormat(text, tag, undefined, { ignoreTag: true }).getAst();
        parsed.set(key, message);
      }
      return message;
    },
  };
}

/** Words count by the rules of their own language, whatever digits the reader likes. */
function speak(book: Book, locale: string): Texts {
  const formats = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions = {}): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const format = formats.get(key) ?? new Intl.NumberFormat(locale, options);
    formats.set(key, format);
    return format;
  };
  const formatters = {
    getNumberFormat: (_locales: unknown, options: unknown) => numberFormat(options as Intl.NumberFormatOptions),
    getDateTimeFormat: (_locales: unknown, options: unknown) =>
      new Intl.DateTimeFormat(locale, options as Intl.DateTimeFormatOptions),
    getPluralRules: (_locales: unknown, options: unknown) => book.pluralRules(options as Intl.PluralRulesOptions),
  };
  const say = (key: TextKey, values: TextValues): string =>
    formatToParts<string>(book.read(key), book.tag, formatters, IntlMessageFormat.formats, values, undefined, key)
      .map(({ value }) => value)
      .join('');
  return {
    language: book.tag,
    t: (key, values = {}) => say(key, values),
    html: (key, values = {}) =>
      say(
        key,
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? escapeHtml(value) : value]),
        ),
      ),
    number: (value) => numberFormat().format(value),
  };
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
