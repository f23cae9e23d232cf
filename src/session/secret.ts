/** Random values, and how those that open something are kept and compared: by hash, in constant time. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 128 random bits in 22 characters that fit a URL and a cookie name. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}

/** 256 random bits in 43 characters. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** True for text of the shape that {@link randomId} makes. */
export function isRandomId(text: string): boolean {
  return /^[\w-]{22}$/.test(text);
}

/** SHA-256, base64url: what is stored of a secret with enough bits of its own. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Whether two texts are the same, in a time that tells nothing about where they differ. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
