/** Words of the site without the secret that it may have quoted. Pure. */

/** Fewer characters than this tell nobody anything. */
const SHORTEST = 6;

/** Also a beginning of it goes: long words are cut somewhere, and perhaps in the middle of it. */
export function withoutSecret(text: string, secret: string): string {
  let safe = text;
  for (let length = secret.length; length >= SHORTEST; length -= 1) {
    safe = safe.replaceAll(secret.slice(0, length), '[removed]');
  }
  return safe;
}
