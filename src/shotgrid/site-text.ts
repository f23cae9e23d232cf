/**
 * Words from elsewhere, made safe to show: one line, no control or invisible characters, capped, secrets blanked out.
 * Pure.
 */

const MAX_CHARACTERS = 500;
// Cc, Cf (bidirectional overrides, zero-width), line and paragraph separators, and lone surrogates.
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** One safe line of at most 500 characters; `secrets` are blanked out should the site echo them. */
export function safeText(text: string, secrets: readonly string[] = []): string {
  let safe = text.slice(0, MAX_CHARACTERS * 8);
  for (const secret of secrets) {
    if (secret === '') continue;
    for (const spelling of [secret, encodeURIComponent(secret), formEncoded(secret)]) {
      safe = safe.replaceAll(spelling, '[removed]');
    }
  }
  safe = safe.replace(UNSHOWABLE, ' ').replace(/\s+/g, ' ').trim();
  const characters = Array.from(safe);
  return characters.length > MAX_CHARACTERS ? `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…` : safe;
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
