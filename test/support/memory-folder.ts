/** Where tests keep their files: in memory, where there is room. No test loses its power, so none needs what a disk is for. */
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 2 ** 30;

/** Makes it the folder for temporary files of this process and of those it starts. @returns how to remove it. */
export function useMemoryFolder(): () => void {
  const { TMPDIR } = process.env;
  if (TMPDIR !== undefined || freeBytes() < ENOUGH_BYTES) return () => undefined;
  const folder = mkdtempSync(`${MEMORY}/understudy-tests-`);
  // PostgreSQL does not run as root, and has its files in here.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return () => {
    Reflect.deleteProperty(process.env, 'TMPDIR');
    rmSync(folder, { recursive: true, force: true });
  };
}

function freeBytes(): number {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
