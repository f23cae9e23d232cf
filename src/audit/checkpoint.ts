/**
 * Checkpoints: signed statements of how many records there are and how the chain ends. Kept where the log is not, they
 * show what a chain alone cannot: that its end was cut off, or that it was made anew. Pure.
 *
 * What is signed with Ed25519 (RFC 8032) is this text, five lines that each end with byte 0A:
 *
 *   understudy audit checkpoint v1
 *   <size>      how many records, in decimal: the seq of the last one
 *   <head>      the hash of the last record, 64 lower-case hex digits
 *   <time>      when it was signed, RFC 3339 UTC with milliseconds
 *   <key id>    the first 16 hex digits of SHA-256 over the public key as SPKI DER
 *
 * It travels as one JSON object, the signature in base64:
 *
 *   {"checkpoint":"v1","size":3,"head":"…","time":"2026-01-02T03:04:05.678Z","keyId":"…","signature":"…"}
 *
 * By hand: `openssl pkey -pubin -in key.pub.pem -outform DER | sha256sum | cut -c1-16` gives the key id, and
 * `openssl pkeyutl -verify -rawin -pubin -inkey key.pub.pem -sigfile signature -in text` checks the signature.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Head } from './chain.ts';

export type Checkpoint = {
  readonly size: number;
  readonly head: string;
  /** RFC 3339 UTC. */
  readonly time: string;
  readonly keyId: string;
  /** Base64 of 64 bytes. */
  readonly signature: string;
};

/** A private key and the name it signs under. */
export type SigningKey = { readonly keyId: string; readonly privateKey: KeyObject };

/** Public keys by the name they are signed under. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

export type CheckpointFault = 'unknown_key' | 'bad_signature';

/** @param pem - A PKCS#8 PEM of an Ed25519 key. @throws TypeError or an OpenSSL error when it is anything else. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  return { keyId: keyIdOf(createPublicKey(privateKey)), privateKey };
}

/** @param pems - SPKI PEMs of Ed25519 keys; private keys stand for their public half. @throws as {@link readSigningKey}. */
export function readPublicKeys(pems: readonly string[]): PublicKeys {
  return new Map(
    pems.map((pem) => {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
      return [keyIdOf(key), key];
    }),
  );
}

/** The PEM blocks of a text that holds several, in their order. */
export function splitPems(text: string): readonly string[] {
  return text.match(/-----BEGIN ([A-Z ]+)-----[^-]*-----END \1-----/g) ?? [];
}

/** A new pair: PKCS#8 and SPKI, as PEM. */
export function generateSigningKey(): {
  readonly keyId: string;
  readonly privatePem: string;
  readonly publicPem: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    keyId: keyIdOf(publicKey),
    privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}

export function signCheckpoint(head: Head, time: Date, { keyId, privateKey }: SigningKey): Checkpoint {
  const said = { size: head.seq, head: head.hash, time: time.toISOString(), keyId };
  return { ...said, signature: sign(null, signedText(said), privateKey).toString('base64') };
}

/** What is wrong with a checkpoint, or undefined when one of these keys signed exactly it. */
export function checkCheckpoint(checkpoint: Checkpoint, keys: PublicKeys): CheckpointFault | undefined {
  const key = keys.get(checkpoint.keyId);
  if (key === undefined) return 'unknown_key';
  const signature = Buffer.from(checkpoint.signature, 'base64');
  // Base64 is read leniently: the same bytes must not be spelled in two ways.
  const isCanonical = signature.toString('base64') === checkpoint.signature;
  return isCanonical && verify(null, signedText(checkpoint), key, signature) ? undefined : 'bad_signature';
}

/** The one line that a checkpoint is kept and sent as, without a line end. */
export function formatCheckpoint({ size, head, time, keyId, signature }: Checkpoint): string {
  return JSON.stringify({ checkpoint: 'v1', size, head, time, keyId, signature });
}

/** A checkpoint from its own line, or from a line of the server's log or of an ECS export that carries it; undefined for anything else. */
export function parseCheckpoint(line: string): Checkpoint | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const carriers = [value, memberOf(value, 'understudy')];
    return asCheckpoint(value) ?? carriers.map((one) => asCheckpoint(memberOf(one, 'checkpoint'))).find(isThere);
  } catch {
    return undefined;
  }
}

function asCheckpoint(value: unknown): Checkpoint | undefined {
  const [size, head, time] = ['size', 'head', 'time'].map((name) => memberOf(value, name));
  const [keyId, signature] = ['keyId', 'signature'].map((name) => memberOf(value, name));
  if (memberOf(value, 'checkpoint') !== 'v1' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    return undefined;
  }
  if (!matches(head, /^[0-9a-f]{64}$/) || !matches(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)) return undefined;
  // A signature that is not spelled as one is a wrong signature, not another kind of line.
  if (!matches(keyId, /^[0-9a-f]{16}$/) || typeof signature !== 'string') return undefined;
  return { size, head, time, keyId, signature };
}

function isThere(checkpoint: Checkpoint | undefined): boolean {
  return checkpoint !== undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function signedText({ size, head, time, keyId }: Omit<Checkpoint, 'signature'>): Buffer {
  return Buffer.from(`understudy audit checkpoint v1\n${size}\n${head}\n${time}\n${keyId}\n`);
}

function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}
