/**
 * Signs an Action Menu Item form as a site does: every field but `signature` as `name=value\r\n` with decoded values, the
 * lines sorted whole, joined without a separator, HMAC with the item's secret token, lower-case hex.
 */
import { createHmac } from 'node:crypto';

export type SignatureAlgorithm = 'sha1' | 'sha256';
export type FormFields = Iterable<readonly [string, string]>;

/** The value of the `signature` field. */
export function signForm(fields: FormFields, secretToken: string, algorithm: SignatureAlgorithm = 'sha1'): string {
  const lines = [...fields].filter(([name]) => name !== 'signature').map(([name, value]) => `${name}=${value}\r\n`);
  return createHmac(algorithm, secretToken).update(lines.sort(byCodePoint).join(''), 'utf8').digest('hex');
}

/** The default sort is by UTF-16 unit, which differs beyond the Basic Multilingual Plane. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
