/** Claims that an administrator pasted. Pure. */
import type { Claims } from '../login/identity.ts';

const LONGEST = 64 * 1024;
/** Three parts with dots between them. */
const TOKEN = /^[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/;

/** The claims, or why they cannot be used; the reason holds nothing of what was pasted. */
export function readClaims(text: string): { readonly claims: Claims } | { readonly problem: string } {
  const given = text.trim();
  if (given.length > LONGEST) return { problem: 'That is more than any ID token holds.' };
  if (TOKEN.test(given)) {
    return {
      problem: 'That is a token, and tokens are secrets. Paste its claims: what is in its middle part, decoded.',
    };
  }
  try {
    const claims: unknown = JSON.parse(given);
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { claims: claims as Claims };
  } catch {
    // Told below.
  }
  return { problem: 'Paste claims as one JSON object, for example {"preferred_username": "artist", "groups": []}.' };
}
