/**
 * A language that pages are written in: one text for every place, in families that are named after the pages. A text is an
 * ICU message: `{count, plural, one {# row} other {# rows}}`; `#` and `{count, number}` come out in the reader's digits.
 */
import type { ENGLISH } from './english.ts';

type Families = typeof ENGLISH;

/** What another language has to say: as much as English does, and nothing else. */
export type Language = {
  /** BCP 47: `en`, `de-AT`. */
  readonly tag: string;
  readonly texts: { readonly [Family in keyof Families]: Readonly<Record<keyof Families[Family], string>> };
};

/** `run.settled`. */
export type TextKey = {
  [Family in keyof Families]: `${Family}.${Extract<keyof Families[Family], string>}`;
}[keyof Families];
