/**
 * A sentence that is not said yet: which text, and what stands in it. Refusals and what is wrong with a form are made far from
 * the page that shows them; they carry this, so that a page can say it in its reader's language. Programs, logs and records
 * get the English.
 */
import { createBook, formatsOf, sayFrom } from './book.ts';
import { explanation } from './english/explanation.ts';
import { problem } from './english/problem.ts';
import { remedy } from './english/remedy.ts';

/** The families that such sentences come from. */
const FAMILIES = { explanation, problem, remedy };

type Families = typeof FAMILIES;

/** `explanation.clickTooOld`. */
export type SaidKey = {
  [Family in keyof Families]: `${Family}.${Extract<keyof Families[Family], string>}`;
}[keyof Families];

export type Said = { readonly key: SaidKey; readonly values?: SaidValues };

export type SaidValues = Readonly<Record<string, SaidValue>>;

/**
 * Texts and numbers stand as they are. `english`: words that are English in every language, since nobody here can translate
 * them: what the site said, what an author has to mend. Sentences, or several of them, are said in the language around them.
 */
export type SaidValue = string | number | { readonly english: string } | Said | readonly Said[];

export function said(key: SaidKey, values?: SaidValues): Said {
  return values === undefined ? { key } : { key, values };
}

/** How a language says one of its texts, and what it does with words that are not its own. */
type Voice = {
  readonly say: (key: SaidKey, values: Readonly<Record<string, string | number>>) => string;
  readonly text: (text: string) => string;
  readonly english: (words: string) => string;
};

export function sayWith(voice: Voice, { key, values = {} }: Said): string {
  const spoken = Object.entries(values).map(([name, value]) => [name, speakValue(voice, value)] as const);
  return voice.say(key, Object.fromEntries(spoken));
}

function speakValue(voice: Voice, value: SaidValue): string | number {
  if (typeof value === 'string') return voice.text(value);
  if (typeof value === 'number') return value;
  if ('english' in value) return voice.english(value.english);
  return 'key' in value ? sayWith(voice, value) : value.map((one) => sayWith(voice, one)).join('; ');
}

const asItIs = (text: string): string => text;
const book = createBook({ tag: 'en', texts: FAMILIES });
const formats = formatsOf(book, 'en');
const ENGLISH_VOICE: Voice = {
  say: (key, values) => sayFrom(book, formats, key, values),
  text: asItIs,
  english: asItIs,
};

/** Plain text for programs, logs, records and the command line. */
export function inEnglish(sentence: Said): string {
  return sayWith(ENGLISH_VOICE, sentence);
}
