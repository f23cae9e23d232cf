/** Claims that an administrator pasted. Pure. */
import type { Claims } from '../login/identity.ts';
import type { Texts } from '../texts/texts.ts';

const LONGEST = 64 * 1024;
/** Three parts with dots between them. */
const TOKEN = /^[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/;
const EXAMPLE = '{"preferred_username": "artist", "groups": []}';

/** The claims, or why they cannot be used; the reason holds nothing of what was pasted. */
export function readClaims(text: string): { readonly claims: Claims } | { readonly problem: (texts: Texts) => string } {
  const given = text.trim();
  if (given.length > LONGEST) return { problem: ({ t }) => t('who.claimsTooLong') };
  if (TOKEN.test(given)) return { problem: ({ t }) => t('who.claimsAreToken') };
  try {
    const claims: unknown = JSON.parse(given);
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { claims: claims as Claims };
  } catch {
    // Told below.
  }
  return { problem: ({ t }) => t('who.claimsNoObject', { example: EXAMPLE }) };
}
