/**
 * The tokens on disk: readable by one account alone, replaced whole and never half, and read anew when they have changed, so
 * that a token is accepted from the moment it is written. A file that cannot be trusted gives no tokens.
 */
import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TokensUnavailableError } from './errors.ts';
import { formatTokens, parseTokens, type TokensState } from './tokens.ts';

const MAX_BYTES = 1_000_000;
const OTHERS = 0o077;
/** Writing takes milliseconds: whoever holds the place of the new file for longer is gone. */
const STALE_MS = 5_000;
const NOTHING: TokensState = new Map();

/** The tokens of now. @throws {@link TokensUnavailableError} */
export type ReadTokens = () => Promise<TokensState>;

/** @param path - Need not be there yet: then there are no tokens. */
export function createReadTokens(path: string): ReadTokens {
  let known: { readonly version: string; readonly state: TokensState } | undefined;
  return async function readTokens() {
    const version = await versionOf(path);
    if (version === undefined) return NOTHING;
    if (known?.version !== version) {
      known = undefined;
      known = { version, state: await readTokensFile(path) };
    }
    return known.state;
  };
}

/** @throws {@link TokensUnavailableError} when others may read it, or it is not what was written. None is none. */
export async function readTokensFile(path: string): Promise<TokensState> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NOTHING;
    throw new TokensUnavailableError(`${path} cannot be read (${codeOf(error)})`);
  }
  try {
    // Asked of the open file: the one that was looked at is the one that is read.
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0) {
      throw new TokensUnavailableError(`others than its owner may use ${path}: make its mode 0600`);
    }
    if (size > MAX_BYTES) throw new TokensUnavailableError(`${path} is too large`);
    return parseTokens(await file.readFile('utf8'));
  } catch (error) {
    if (error instanceof TokensUnavailableError) throw error;
    throw new TokensUnavailableError(`${path} cannot be read (${codeOf(error)})`);
  } finally {
    await file.close();
  }
}

/**
 * Changes what is in the file. One at a time, whoever else does the same; a reader sees the old or the new, whole.
 *
 * @param now - The time of the system's clock, as file times are.
 * @throws {@link TokensUnavailableError} when it cannot be read or written; nothing has changed then.
 */
export async function updateTokensFile(
  path: string,
  change: (state: TokensState) => TokensState,
  now: () => Date,
): Promise<TokensState> {
  const place = `${path}.new`;
  const file = await takePlace(place, now);
  try {
    const next = change(await readTokensFile(path));
    await file.writeFile(formatTokens(next));
    await keepOwner(path, file);
    await file.sync();
    await rename(place, path);
    await syncFolder(path);
    return next;
  } catch (error) {
    await unlink(place).catch(() => undefined);
    if (error instanceof TokensUnavailableError) throw error;
    throw new TokensUnavailableError(`${path} cannot be written (${codeOf(error)})`);
  } finally {
    await file.close();
  }
}

/** The new file's name is also the lock: only one can make it. */
async function takePlace(place: string, now: () => Date): Promise<FileHandle> {
  for (;;) {
    try {
      return await open(place, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        throw new TokensUnavailableError(`${place} cannot be made (${codeOf(error)})`);
      }
    }
    const age = now().getTime() - ((await stat(place).catch(() => undefined))?.mtimeMs ?? Infinity);
    if (age > STALE_MS) await unlink(place).catch(() => undefined);
    else await delay(50);
  }
}

/** An admin's root shell must not take the file away from the server's account. */
async function keepOwner(path: string, file: FileHandle): Promise<void> {
  const [before, after] = [await stat(path).catch(() => undefined), await file.stat()];
  if (before === undefined || (before.uid === after.uid && before.gid === after.gid)) return;
  await file.chown(before.uid, before.gid);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mode, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mode, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new TokensUnavailableError(`${path} cannot be read (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return error !== null && typeof error === 'object' && 'code' in error ? String(error.code) : 'unexpected';
}
