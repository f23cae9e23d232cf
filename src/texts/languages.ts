/** The languages there are, the one for everybody else first. Another one is written like `english.ts` and added here. */
import { ENGLISH } from './english.ts';
import type { Language } from './language.ts';

export const LANGUAGES: readonly [Language, ...Language[]] = [{ tag: 'en', texts: ENGLISH }];
