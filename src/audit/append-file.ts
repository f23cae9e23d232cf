/**
 * Appends whole lines to a file, a named pipe or standard output without ever blocking the process: a pipe that nobody
 * empties is waited for in small steps that can be given up.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
const LINE_END = 0x0a;
const FULL_PIPE_PAUSE_MS = 50;

/** Lines of which a part may have gone out already; a further attempt goes on behind it. */
export type Lines = { readonly bytes: Buffer; written: number };

export type FileAppender = {
  /**
   * Appends the rest of `lines`; when it resolves they are on the disk, or in the pipe. One call at a time.
   *
   * @throws the file system's error, or the signal's reason; `lines.written` then says how far it came.
   */
  readonly append: (lines: Lines, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * @param path - Made when absent, for our own account only. A file is opened for every call, so that it can be moved away
 *   and begun anew; a pipe stays open, since its reader takes a closed one for the end.
 */
export function createFileAppender(path: string): FileAppender {
  let pipe: FileHandle | undefined;

  async function closePipe(): Promise<void> {
    const closing = pipe;
    pipe = undefined;
    await closing?.close();
  }
  return {
    append: async (lines, signal) => {
      // A pipe without a reader is an error instead of an endless wait.
      const file = pipe ?? (await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600));
      const isFile = (await file.stat()).isFile();
      if (!isFile) pipe = file;
      try {
        if (isFile && lines.written === 0) await endLine(path, file);
        await writeAll(file, lines, signal);
        if (isFile) await file.datasync();
      } catch (error) {
        // The next reader of a pipe has not seen the beginning of this line.
        if (!isFile) lines.written = lines.bytes.lastIndexOf(LINE_END, lines.written - 1) + 1;
        await closePipe();
        throw error;
      } finally {
        if (isFile) await file.close();
      }
    },
    close: closePipe,
  };
}

/** A process that was killed may have left half a line: what follows must not be joined to it. */
async function endLine(path: string, file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const reader = await open(path, 'r');
  try {
    const { buffer } = await reader.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] !== LINE_END) await file.write('\n');
  } finally {
    await reader.close();
  }
}

async function writeAll(file: FileHandle, lines: Lines, signal: AbortSignal): Promise<void> {
  while (lines.written < lines.bytes.length) {
    signal.throwIfAborted();
    try {
      lines.written += (await file.write(lines.bytes, lines.written)).bytesWritten;
    } catch (error) {
      if (!isFull(error)) throw error;
      await delay(FULL_PIPE_PAUSE_MS, undefined, { signal });
    }
  }
}

function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN';
}
