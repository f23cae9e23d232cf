/** A file that holds credentials: for its owner's eyes only, and replaced whole or not at all. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CredentialsFileError } from './errors.ts';

/** Far more than eight people need. */
const MAX_BYTES = 1024 * 1024;
const OTHERS = 0o077;

/**
 * The file's text; undefined when there is none.
 *
 * @throws {@link CredentialsFileError} when others may read or write it, or it is somebody else's: what is in it may be
 *   known to them, or made by them.
 * @param uid - The account that runs this; undefined on Windows, which has other ways to say who may read a file.
 */
export async function readPrivateFile(path: string, uid: number | undefined): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      // Of the open file, so that it cannot become another one in between.
      const { mode, uid: owner, size } = await file.stat();
      if (uid !== undefined) verifyPrivate(path, { mode, owner, uid });
      if (size > MAX_BYTES)
        throw new CredentialsFileError('file_not_ours', path, 'it is too large to be a list of people.');
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof CredentialsFileError) throw error;
    throw new CredentialsFileError('file_unreadable', path, `it cannot be read (${codeOf(error)}).`);
  }
}

function verifyPrivate(
  path: string,
  { mode, owner, uid }: { readonly mode: number; readonly owner: number; readonly uid: number },
): void {
  if (owner !== uid) throw new CredentialsFileError('file_loose', path, 'it belongs to somebody else.');
  if ((mode & OTHERS) === 0) return;
  const why = `others may read or change it. Take that away with "chmod 600 ${path}", and sign in anew if somebody may have read it.`;
  throw new CredentialsFileError('file_loose', path, why);
}

/** Writes the text beside the file and puts it in its place; a folder that is missing is made for its owner alone. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new CredentialsFileError('file_unwritable', path, `it cannot be written (${codeOf(error)}).`);
  }
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
