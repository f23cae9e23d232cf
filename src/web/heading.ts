/** What was refused, in a few words, as the heading of its page. */
import { ENGLISH } from '../texts/english.ts';
import type { TextKey } from '../texts/language.ts';

export function headingOf(code: string): TextKey {
  return Object.hasOwn(ENGLISH.refusal, code) ? (`refusal.${code}` as TextKey) : 'error.didNotWork';
}
