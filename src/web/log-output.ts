/**
 * Where the log goes: standard output, written beside everything else. A reader that stops reading, or a disk that is
 * full, then costs lines of this log and nothing more: no request waits for it, and neither does the end of the process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pino, type DestinationStream } from 'pino';

/** What waits for a slow reader; lines beyond it are lost. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** So long without any progress means that nobody reads. */
const STUCK_MS = 1_000;

export type LogOutput = {
  readonly stream: DestinationStream;
  /** Writes what is left, for as long as somebody reads it; false when nobody did, and something in the process still waits. */
  close(patienceMs: number): Promise<boolean>;
};

/**
 * @param deps.onExit - Calls its listener when the process ends, however that comes about, and before any later listener.
 * @param deps.onLost - Told once lines can be written again, how many could not be.
 */
export function createLogOutput(deps: {
  readonly now: () => number;
  readonly onExit: (listener: () => void) => void;
  readonly onLost: (lines: number) => void;
  /** Standard output when absent. */
  readonly fd?: number;
}): LogOutput {
  let lost = 0;
  let isClosed = false;
  /** When something began to wait, or last got on; undefined when all is written. */
  let waitingSince: number | undefined;
  const isStuck = (): boolean => waitingSince !== undefined && deps.now() - waitingSince > STUCK_MS;

  // Before pino's own listener, which writes the rest at the end and would wait for the reader.
  deps.onExit(() => {
    if (isStuck()) destination.destroy();
  });
  const destination = pino.destination({ dest: deps.fd ?? 1, sync: false, maxLength: MOST_WAITING_BYTES });
  destination.on('write', () => {
    waitingSince = deps.now();
  });
  destination.on('drop', () => {
    lost += 1;
  });
  // What could not be written is tried again with the next line.
  destination.on('error', () => undefined);
  destination.on('drain', () => {
    waitingSince = undefined;
    const lines = lost;
    lost = 0;
    if (lines > 0) deps.onLost(lines);
  });

  return {
    stream: {
      write(line) {
        if (isClosed) return;
        waitingSince ??= deps.now();
        destination.write(line);
      },
    },
    async close(patienceMs) {
      const closed = new Promise<true>((resolve) => destination.once('close', () => resolve(true)));
      destination.end();
      const isWritten = await Promise.race([closed, delay(patienceMs, false, { ref: false })]);
      isClosed = true;
      if (!isWritten) destination.destroy();
      return isWritten;
    },
  };
}
