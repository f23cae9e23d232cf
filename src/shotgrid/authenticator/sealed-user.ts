/**
 * A person handed to a worker: encrypted for whoever shares the key, and good for a short time. A JSON Web Encryption (RFC 7516, `dir` with
 * A256GCM) whose inside says until when; only what opened is looked at. Inside is either a person's session, or an access token
 * lent for minutes, of which the worker can make no other.
 */
import { hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { isRecord, own } from '../json.ts';
import { AuthenticationError, IncompleteCredentialsError } from './errors.ts';
import { serializeUser } from './serialized.ts';
import type { SessionUser } from './users.ts';

export type SealOptions = {
  /** Shared by the two, at least 32 characters, and nothing else is kept under it. */
  readonly key: string;
  readonly now: () => Date;
};

/** An access token of a person, as a server lends it. */
export type LentToken = {
  readonly host: string;
  readonly httpProxy: string | undefined;
  readonly login: string;
  readonly accessToken: string;
};

export type Opened =
  | { readonly is: 'session'; readonly serialized: string }
  | ({ readonly is: 'lent'; readonly expiresAt: Date } & LentToken);

const TYPE = 'understudy-user+jwt';
const MAX_SECONDS = 24 * 60 * 60;
const MIN_KEY = 32;

/**
 * Seals a person, for a worker that acts as the same one. A script is not handed out: a worker that is to act as one has a key of its own.
 *
 * @param expiresInSeconds - Until when it opens, at most a day. What has been opened by then lives as long as the session does.
 * @throws {@link IncompleteCredentialsError} for a script, a key that is too short, or a time that is too long.
 */
export async function sealUser(
  user: SessionUser,
  { expiresInSeconds, ...options }: SealOptions & { readonly expiresInSeconds: number },
): Promise<string> {
  // Scripts in JavaScript have no types to keep them from it.
  if ((user as { readonly kind: string }).kind !== 'session') {
    throw new IncompleteCredentialsError(
      'not_a_person',
      'Only people are handed to workers, and they by their sessions.',
    );
  }
  return seal({ user: serializeUser(user) }, expiresInSeconds, options);
}

/** Seals an access token of a person; it opens as long as the token lives, at most. */
export async function sealLentToken(
  { host, httpProxy, login, accessToken }: LentToken,
  { expiresInSeconds, ...options }: SealOptions & { readonly expiresInSeconds: number },
): Promise<string> {
  const lent = { host, http_proxy: httpProxy ?? null, login, access_token: accessToken };
  return seal({ lent }, expiresInSeconds, options);
}

async function seal(
  inside: Readonly<Record<string, unknown>>,
  expiresInSeconds: number,
  { key, now }: SealOptions,
): Promise<string> {
  if (!(expiresInSeconds > 0 && expiresInSeconds <= MAX_SECONDS)) {
    throw new IncompleteCredentialsError('seal_time_invalid', `A sealed user lives 1 to ${MAX_SECONDS} seconds.`);
  }
  const at = Math.floor(now().getTime() / 1000);
  return new EncryptJWT({ ...inside })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE })
    .setIssuedAt(at)
    .setExpirationTime(at + Math.floor(expiresInSeconds))
    .encrypt(keyOf(key));
}

/** @throws {@link AuthenticationError} `sealed_user_invalid`, whatever is wrong with it; the cause says more. */
export async function unseal(sealed: string, { key, now }: SealOptions): Promise<Opened> {
  try {
    const { payload } = await jwtDecrypt(sealed.trim(), keyOf(key), {
      typ: TYPE,
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      currentDate: now(),
      requiredClaims: ['exp', 'iat'],
      maxTokenAge: MAX_SECONDS,
    });
    const opened = openedOf(payload);
    if (opened !== undefined) return opened;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    const isLate = error instanceof errors.JWTExpired;
    throw new AuthenticationError('sealed_user_invalid', isLate ? TOO_LATE : NOT_SEALED, { cause: error });
  }
  throw new AuthenticationError('sealed_user_invalid', NOT_SEALED);
}

const TOO_LATE = 'This sealed user has expired: the one who sent it has to send another.';
const NOT_SEALED = 'This sealed user was not sealed with this key, or was altered on the way.';

function openedOf(payload: Readonly<Record<string, unknown>>): Opened | undefined {
  const user = own(payload, 'user');
  if (typeof user === 'string') return { is: 'session', serialized: user };
  const lent = own(payload, 'lent');
  const exp = own(payload, 'exp');
  if (!isRecord(lent) || typeof exp !== 'number') return undefined;
  const [host, login, accessToken] = ['host', 'login', 'access_token'].map((name) => own(lent, name));
  if (typeof host !== 'string' || typeof login !== 'string' || typeof accessToken !== 'string') return undefined;
  const proxy = own(lent, 'http_proxy');
  const httpProxy = typeof proxy === 'string' ? proxy : undefined;
  return { is: 'lent', expiresAt: new Date(exp * 1000), host, httpProxy, login, accessToken };
}

function keyOf(key: string): Uint8Array {
  if (key.length < MIN_KEY) {
    throw new IncompleteCredentialsError(
      'seal_key_short',
      `The key for sealed users needs at least ${MIN_KEY} characters.`,
    );
  }
  return new Uint8Array(hkdfSync('sha256', key, '', 'understudy sealed user', 32));
}
