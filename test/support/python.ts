/** Python, for checks that must not be ours. */
import { spawnSync } from 'node:child_process';

/** Full path of the interpreter; undefined where there is none. What `python3` names may be a script that only looks for it. */
export const PYTHON = findPython();

function findPython(): string | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
