/** Reads a log file from the disk, compressed or not, line by line in bounded memory. */
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ChainResult } from './chain.ts';
import type { Checkpoint, PublicKeys } from './checkpoint.ts';
import { createLogFileCheck } from './log-file.ts';

/** Longer than any record that a run can make; a file of one endless line is no log. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
const LINE_END = 0x0a;

/**
 * Checks files that continue each other, in this order; most often one.
 *
 * @throws the file system's error when a file cannot be opened or read.
 */
export async function verifyLogFiles(
  paths: readonly string[],
  given: { readonly checkpoints: readonly Checkpoint[]; readonly keys: PublicKeys | undefined },
): Promise<ChainResult> {
  let result: ChainResult = { intact: false, brokenAt: 1, reason: 'not_a_log' };
  let after = 0;
  for (const [index, path] of paths.entries()) {
    const from = result.intact ? { seq: result.size, hash: result.head } : undefined;
    const check = createLogFileCheck({ ...given, from, goesOn: index < paths.length - 1 });
    result = check.end(await readLines(path, check.push));
    if (!result.intact) return result;
    if (index === 0) after = result.after ?? 0;
  }
  if (!result.intact) return result;
  const { size, head, signedUpTo } = result;
  return {
    intact: true,
    size,
    head,
    ...(after === 0 ? {} : { after }),
    ...(signedUpTo === undefined ? {} : { signedUpTo }),
  };
}

/**
 * Gives every line to `take` until it answers false. Resolves to false when the last line has no end, or when compressed
 * data end or break off before their own end.
 */
export async function readLines(path: string, take: (line: string) => boolean): Promise<boolean> {
  const file = await open(path);
  try {
    const begin = (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer;
    const bytes = file.createReadStream({ start: 0, highWaterMark: 256 * 1024, autoClose: false });
    const text = Readable.from(decompressed(bytes, begin));
    let rest: Buffer[] = [];
    let restBytes = 0;
    for await (const chunk of text as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, start)) {
        const line = rest.length === 0 ? chunk.toString('utf8', start, end) : joined(rest, chunk.subarray(start, end));
        rest = [];
        restBytes = 0;
        start = end + 1;
        if (!take(line)) return true;
      }
      if (start === chunk.length) continue;
      rest.push(chunk.subarray(start));
      restBytes += chunk.length - start;
      if (restBytes > MAX_LINE_BYTES) return false;
    }
    return rest.length === 0;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  } finally {
    await file.close();
  }
}

function decompressed(bytes: Readable, begin: Buffer): AsyncIterable<Buffer> {
  const through = (decoder: Transform) => {
    bytes.on('error', (error) => decoder.destroy(error));
    return bytes.pipe(decoder);
  };
  if (begin[0] === 0x1f && begin[1] === 0x8b) return through(createGunzip());
  if (begin.readUInt32LE() === 0xfd2fb528) return through(createZstdDecompress());
  return bytes;
}

function joined(parts: readonly Buffer[], last: Buffer): string {
  return Buffer.concat([...parts, last]).toString('utf8');
}

/** Compressed data that end too early, or are not what was compressed: `Z_BUF_ERROR`, `Z_DATA_ERROR`, `ZSTD_error_…`. */
function isDamage(error: unknown): boolean {
  // Not by class: native modules may have been loaded in another realm.
  return typeof error === 'object' && error !== null && 'code' in error && /^(Z_|ZSTD_)/.test(String(error.code));
}
