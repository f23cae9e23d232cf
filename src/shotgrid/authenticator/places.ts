/**
 * Where the toolkit keeps `authentication.yml`: one for all sites, one for each. Pure.
 * Flow Production Tracking Toolkit, "Where is my cache?" and its variable SHOTGUN_HOME: `~/.shotgun`, on macOS
 * `~/Library/Caches/Shotgun`, on Windows `%APPDATA%/Shotgun`; a hosted site's folder goes without `.shotgunstudio.com`.
 */
import { posix, win32 } from 'node:path';
import { IncompleteCredentialsError } from './errors.ts';

/** What has to be known of a machine and of who sits at it. */
export type Machine = {
  /** As `process.platform` says. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  readonly home: string;
  /** The account's number; undefined on Windows. */
  readonly uid: number | undefined;
};

const FILE = 'authentication.yml';

/** Remembers the current site. */
export function globalFile(machine: Machine): string {
  return pathOf(machine).join(cacheRoot(machine), FILE);
}

/** Remembers the people of one site. @param host - As `parseHost` returns it. */
export function siteFile(machine: Machine, host: string): string {
  const name = new URL(host).hostname.toLowerCase().replaceAll('.shotgunstudio.com', '');
  // An address in brackets, or a name of dots, is no name for a folder.
  if (!/^[\w-][\w.-]*$/.test(name)) {
    throw new IncompleteCredentialsError('host_invalid', 'This host cannot be remembered: it has no name.');
  }
  return pathOf(machine).join(cacheRoot(machine), name, FILE);
}

function cacheRoot(machine: Machine): string {
  const { platform, env, home } = machine;
  const path = pathOf(machine);
  const override = env['SHOTGUN_HOME'];
  if (override !== undefined && override !== '') {
    const expanded = override.replace(/^~(?=[/\\]|$)/, home);
    if (!path.isAbsolute(expanded)) {
      throw new IncompleteCredentialsError('home_invalid', 'SHOTGUN_HOME must be a whole path.');
    }
    return expanded;
  }
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Caches', 'Shotgun');
    case 'win32':
      return path.join(env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Shotgun');
    default:
      return path.join(home, '.shotgun');
  }
}

function pathOf({ platform }: Machine): typeof posix {
  return platform === 'win32' ? win32 : posix;
}
