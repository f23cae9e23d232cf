/**
 * Text that the database keeps and only this server can read: `1.<iv>.<ciphertext and tag>` in base64url, AES-256-GCM.
 * The key is derived from a secret and a purpose, so that what is sealed for one purpose opens for no other.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = '1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param secrets - Newest first: the first seals, all open. */
export function seal(secrets: readonly string[], purpose: string, text: string): string {
  const [newest] = secrets;
  if (newest === undefined) throw new TypeError('there is no secret to seal with');
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyFor(newest, purpose), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [VERSION, iv.toString('base64url'), sealed.toString('base64url')].join('.');
}

/** The text, or undefined when none of the secrets opens it: changed, for another purpose, or of a secret long gone. */
export function unseal(secrets: readonly string[], purpose: string, sealed: string): string | undefined {
  const [version, iv = '', data = '', ...rest] = sealed.split('.');
  const [ivBytes, bytes] = [Buffer.from(iv, 'base64url'), Buffer.from(data, 'base64url')];
  if (version !== VERSION || rest.length > 0 || ivBytes.length !== IV_BYTES || bytes.length < TAG_BYTES)
    return undefined;
  for (const secret of secrets) {
    const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), ivBytes, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      // Another secret may be the right one.
    }
  }
  return undefined;
}

function keyFor(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'understudy', purpose, 32));
}
