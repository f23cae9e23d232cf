/** A home folder for one test, with an authenticator's defaults in it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Machine } from '../../../src/shotgrid/authenticator/places.ts';

export type TestMachine = Machine & {
  /** Everything that is in the home folder: path below it → text. */
  readonly files: () => Promise<Readonly<Record<string, string>>>;
  readonly remove: () => Promise<void>;
};

export async function makeMachine(): Promise<TestMachine> {
  const home = await mkdtemp(join(tmpdir(), 'understudy-home-'));
  return {
    platform: 'linux',
    env: {},
    home,
    uid: process.getuid?.(),
    async files() {
      const entries = await readdir(home, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      return Object.fromEntries(files.map((file, at) => [file.slice(home.length + 1), texts[at] ?? '']));
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
