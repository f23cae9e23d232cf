/** What a single variable may hold. Messages say what is expected and never repeat what was given. */
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port number');

export function seconds(min: number, max: number): z.ZodType<number, string> {
  const message = `must be a whole number of seconds from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

export function whole(min: number, max: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** PEM blocks of Ed25519 private keys one after the other; `\n` may stand for a line end. */
export const signingKeys = z
  .string()
  .transform(
    (text) => text.replaceAll('\\n', '\n').match(/-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----/g) ?? [],
  )
  .refine(
    (pems) => pems.length > 0 && pems.every(isSigningKey),
    'must be Ed25519 private keys in PEM, as "understudy audit keygen" prints them',
  );

/** An https address, or http on this machine itself. */
export const collectorUrl = z.string().refine((text) => {
  const url = parseHttp(text);
  return url !== undefined && (url.protocol === 'https:' || isThisMachine(url.hostname));
}, 'must be an https address (http only on this machine itself)');

export function spelled(pattern: RegExp, what: string): z.ZodString {
  return z.string().regex(pattern, `must be ${what}`);
}

export function oneOf<const T extends readonly [string, ...string[]]>(
  ...values: T
): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** Comma list; spaces around an entry and empty entries fall away. */
export const list = z.string().transform((text) => splitList(text));

/** Comma list of secrets, each at least `minLength` characters, newest first. */
export function secretList(minLength: number): z.ZodType<readonly string[], string> {
  return z
    .string({ error: 'is required' })
    .transform((text) => splitList(text))
    .refine((entries) => entries.length > 0, 'needs at least one entry')
    .refine(
      (entries) => entries.every((entry) => entry.length >= minLength),
      `every entry needs at least ${minLength} characters`,
    );
}

/** An absolute http or https address. */
export const httpUrl = z.string().refine((text) => parseHttp(text) !== undefined, 'must be an http(s) address');

/** `scheme://host[:port]` and nothing after it; a final slash is taken off. */
export const httpOrigin = z
  .string()
  .refine((text) => {
    const url = parseHttp(text);
    return url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  }, 'must be an http(s) address without a path')
  .transform((text) => new URL(text).origin);

/** Comma list of origins that questions may be sent to: https, or http on this machine itself. */
export const serviceOrigins = list
  .refine(
    (origins) => origins.every(isServiceOrigin),
    'must be a comma list of origins such as https://pipeline.studio.example (http only on this machine itself)',
  )
  .transform((origins) => origins.map((origin) => new URL(origin).origin));

/** Comma list of host names and addresses, as they stand in a URL. */
export const hosts = list.refine(
  (entries) => entries.every((entry) => /^(?:[\w.-]{1,253}|\[?[0-9a-f:.]{2,45}\]?)$/i.test(entry)),
  'must be a comma list of host names or addresses, without scheme, port or path',
);

/** As Express understands `trust proxy`: true, false, a number of hops, or a list of addresses. */
export const trustProxy = z.string().transform((text): boolean | number | string => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
});

function parseHttp(text: string): URL | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

function isThisMachine(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function isSigningKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

function isServiceOrigin(text: string): boolean {
  const url = parseHttp(text);
  // Only what is an origin already: a path that fell away would allow more than was written.
  if (url?.origin !== text.replace(/\/$/, '')) return false;
  return url.protocol === 'https:' || isThisMachine(url.hostname);
}

/** The entries of a comma list; spaces around an entry and empty entries fall away. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
