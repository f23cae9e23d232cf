/**
 * Installs the npm packages when those in node_modules are not the ones of the lock. Plain JavaScript, because it runs
 * before anything is installed, on whatever Node from 20 on the machine has.
 */
import { execSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

if (!isInstalled()) {
  console.log('Installing packages: npm ci');
  try {
    // Without their scripts: npm would compile the database driver, which brings its binaries, and a newcomer's machine
    // may have no compiler. A single package needs its script, the one that puts Node 24 into its place.
    run('npm ci --ignore-scripts --no-audit --no-fund --loglevel=error');
    run('npm rebuild node --loglevel=error');
  } catch {
    // npm has said what is wrong; a stack trace of this script would only hide it.
    process.exit(1);
  }
}

function run(command) {
  execSync(command, { cwd: root, stdio: 'inherit' });
}

/** Whether npm left behind what the lock asks for. Optional packages are those of other platforms. */
function isInstalled() {
  const installed = readPackages('node_modules/.package-lock.json');
  const wanted = Object.entries(readPackages('package-lock.json') ?? {}).filter(([path]) => path !== '');
  return (
    installed !== undefined &&
    existsSync(`${root}node_modules/node/bin/node`) &&
    wanted.every(([path, { version, optional }]) => {
      const found = installed[path];
      return found === undefined ? optional === true : found.version === version;
    })
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(`${root}${file}`, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
