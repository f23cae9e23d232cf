/**
 * Tokens that prove a form was on our own page: `HMAC-SHA256(key, "csrf\n" + binding)`, base64url. Nothing is stored.
 *
 * The binding is a secret that only this browser and page share with us. For a launch that is the launch's own cookie with
 * its person, not the session: tabs that sign in at once replace each other's session cookie, and the last one would win.
 */
import { createHmac } from 'node:crypto';
import { CsrfInvalidError } from './errors.ts';
import { isSameSecret } from './secret.ts';

/** The token for a form of this binding. */
export function csrfToken(key: string, binding: string): string {
  // The same keys sign session cookies: the prefix keeps one use from passing for the other.
  return createHmac('sha256', key).update(`csrf\n${binding}`).digest('base64url');
}

/**
 * Throws unless `given` is the token for `binding` under one of `keys` (newest first).
 *
 * @throws {@link CsrfInvalidError}
 */
export function verifyCsrfToken(keys: readonly string[], binding: string, given: unknown): void {
  if (typeof given !== 'string' || !keys.some((key) => isSameSecret(csrfToken(key, binding), given))) {
    throw new CsrfInvalidError();
  }
}
