/**
 * Installs the npm packages when node_modules is missing or was made from another lock. Plain JavaScript, because it
 * runs before anything is installed, on whatever Node from 20 on the machine has.
 */
import { execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const stampFile = `${root}node_modules/.understudy-lock`;
const lock = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

if (readStamp() !== lock) {
  console.log('Installing packages: npm ci');
  try {
    execSync('npm ci --no-audit --no-fund --loglevel=error', { cwd: root, stdio: 'inherit' });
  } catch {
    // npm has said what is wrong; a stack trace of this script would only hide it.
    process.exit(1);
  }
  writeFileSync(stampFile, `${lock}\n`);
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}
