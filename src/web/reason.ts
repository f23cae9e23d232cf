/** A reason that an administrator gives, which everybody reads who meets what they switched off. Pure. */
import type { Texts } from '../texts/texts.ts';

const SHORTEST = 3;
const LONGEST = 300;
/** Controls, lone surrogates, line ends, and what moves or hides other text. */
const DISTURBING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** `problem` says what to mend, and is undefined when `reason` can be used. */
export function parseReason(text: string): { readonly reason: string; readonly problem: Problem | undefined } {
  const reason = text.trim();
  return { reason, problem: problemOf(reason) };
}

type Problem = (texts: Texts) => string;

function problemOf(reason: string): Problem | undefined {
  if (reason.length < SHORTEST) return ({ t }) => t('admin.reasonTooShort');
  if (reason.length > LONGEST) return ({ t }) => t('admin.reasonTooLong', { most: LONGEST });
  if (DISTURBING.test(reason)) return ({ t }) => t('admin.reasonDisturbing');
  return undefined;
}
