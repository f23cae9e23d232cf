/** A reason that an administrator gives, which everybody reads who meets what they switched off. Pure. */

const SHORTEST = 3;
const LONGEST = 300;
/** Controls, lone surrogates, line ends, and what moves or hides other text. */
const DISTURBING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** `problem` says what to mend, and is undefined when `reason` can be used. */
export function parseReason(text: string): { readonly reason: string; readonly problem: string | undefined } {
  const reason = text.trim();
  return { reason, problem: problemOf(reason) };
}

function problemOf(reason: string): string | undefined {
  if (reason.length < SHORTEST) return 'Say why, in a few words: people who meet this are shown your reason.';
  if (reason.length > LONGEST) return `At most ${LONGEST} characters, please.`;
  if (DISTURBING.test(reason)) return 'One line of plain text, please: no line ends and no invisible characters.';
  return undefined;
}
