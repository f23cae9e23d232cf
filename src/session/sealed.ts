/**
 * Texts that only this server can read again: AES-256-GCM under a key made from a session secret by HKDF, so that one
 * configured secret serves both and neither use can pass for the other. `v1.<iv>.<tag>.<text>`, each base64url.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export type Sealer = {
  /** @param about - What the text belongs to; it opens for the same alone. */
  seal(about: string, text: string): string;
  /** Undefined when it was sealed with a secret that is not known any more, for something else, or was tampered with. */
  open(about: string, sealed: string): string | undefined;
  /** Whether the newest secret opens it; a text that only an older one opens is to be sealed anew. */
  isNewest(about: string, sealed: string): boolean;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param secrets - Newest first: the first seals, all open. */
export function createSealer(secrets: readonly string[], purpose: string): Sealer {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', `understudy ${purpose}`, 32)));
  const [newest] = keys;
  if (newest === undefined) throw new TypeError('a sealer needs at least one secret');
  const openWith = (candidates: readonly Buffer[], about: string, sealed: string): string | undefined => {
    const [version, ...parts] = sealed.split('.');
    const [iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
    if (version !== 'v1' || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || text === undefined)
      return undefined;
    return candidates.map((key) => decrypt(key, about, iv, tag, text)).find((opened) => opened !== undefined);
  };
  return {
    seal(about, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', newest, iv);
      cipher.setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return ['v1', ...[iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.');
    },
    open: (about, sealed) => openWith(keys, about, sealed),
    isNewest: (about, sealed) => openWith([newest], about, sealed) !== undefined,
  };
}

function decrypt(key: Buffer, about: string, iv: Buffer, tag: Buffer, text: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
