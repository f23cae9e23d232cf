/** Which browser to open a window of: the one that is named, or Chrome, Chromium or Edge where they usually are. */
import { accessSync, constants } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { Machine } from '../shotgrid/authenticator/places.ts';

const NAMES: readonly string[] = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
];
const MAC: readonly string[] = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
const WINDOWS: readonly string[] = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Full path of a program, or undefined when there is none. */
export function findBrowser(machine: Machine, isProgram: (path: string) => boolean = isExecutable): string | undefined {
  return candidates(machine).find(isProgram);
}

function candidates({ platform, env }: Machine): readonly string[] {
  switch (platform) {
    case 'darwin':
      return MAC;
    case 'win32':
      return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
        const folder = env[name];
        return folder === undefined ? [] : WINDOWS.map((program) => win32.join(folder, program));
      });
    default: {
      const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
      return NAMES.flatMap((name) => folders.map((folder) => posix.join(folder, name)));
    }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
