/** The texts of one language, parsed when they are first needed, and how they are said with numbers of a locale. */
import { formatToParts, IntlMessageFormat, type Formatters } from 'intl-messageformat';

/** Numbers stay numbers, so that a text can count by them. */
export type TextValues = Readonly<Record<string, string | number>>;

type Message = ReturnType<IntlMessageFormat['getAst']>;

export type Book = {
  readonly tag: string;
  /** @throws Error when no text is called so. */
  readonly read: (key: string) => Message;
};

/** @param language.texts - ICU messages, in families; `common.signOut` is one of them. */
export function createBook(language: {
  readonly tag: string;
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}): Book {
  const { tag, texts } = language;
  const parsed = new Map<string, Message>();
  return {
    tag,
    read: (key) => {
      let message = parsed.get(key);
      if (message === undefined) {
        const [family = '', name = ''] = key.split('.');
        const text = texts[family]?.[name];
        if (text === undefined) throw new Error(`no text is called ${key}`);
        // The markup of a text is ours and stays as it is.
        message = new IntlMessageFormat(text, tag, undefined, { ignoreTag: true }).getAst();
        parsed.set(key, message);
      }
      return message;
    },
  };
}

export type Formats = Formatters & { readonly number: (value: number) => string };

/** Words count by the rules of their own language, whatever digits the reader of `locale` likes. */
export function formatsOf({ tag }: Book, locale: string): Formats {
  const kept = new Map<string, Intl.NumberFormat>();
  const getNumberFormat = (options: Intl.NumberFormatOptions = {}): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const format = kept.get(key) ?? new Intl.NumberFormat(locale, options);
    kept.set(key, format);
    return format;
  };
  return {
    getNumberFormat: (_locales, options) => getNumberFormat(options),
    getDateTimeFormat: (_locales, options) => new Intl.DateTimeFormat(locale, options),
    getPluralRules: (_locales, options) => new Intl.PluralRules(tag, options),
    number: (value) => getNumberFormat().format(value),
  };
}

export function sayFrom(book: Book, formats: Formats, key: string, values: TextValues): string {
  return formatToParts<string>(book.read(key), book.tag, formats, IntlMessageFormat.formats, values, undefined, key)
    .map(({ value }) => value)
    .join('');
}
