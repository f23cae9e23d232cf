/**
 * Where the programs are that the tests need beyond npm. Plain JavaScript: the installer uses it before any package is
 * there, the tests use it afterwards, so both look in the same places.
 */
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Full path of the first of `names` found in PATH or in `folders`, or undefined. */
export function findProgram(names, folders = []) {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  // Service programs live in sbin folders that an ordinary user's PATH leaves out.
  const places = [...folders, ...path, '/usr/sbin', '/sbin'];
  for (const name of names) {
    const found = places.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Folder with `initdb` and `postgres` of the newest PostgreSQL, or undefined. Debian keeps it outside PATH. */
export function findPostgres() {
  const versions = listFolder('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  const folders = versions.map((version) => `/usr/lib/postgresql/${version}/bin`);
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders, ...path].find((folder) =>
    ['initdb', 'postgres'].every((name) => folder !== '' && isExecutable(join(folder, name))),
  );
}

/** Full path of `redis-server`, or undefined. */
export function findRedis() {
  return findProgram(['redis-server']);
}

/** Full path of Chromium or Chrome, or undefined. */
export function findChromium() {
  return findProgram(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']);
}

/** Full path of Chromium without its windows, or undefined: the same engine, and tests take half the time. */
export function findHeadlessShell() {
  return findProgram(['chromium-headless-shell', 'chrome-headless-shell']);
}

/** Full path of Firefox, or undefined. */
export function findFirefox() {
  return findProgram(['firefox-esr', 'firefox']);
}

function listFolder(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
