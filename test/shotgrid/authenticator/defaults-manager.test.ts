import { chmod, copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DefaultsManager } from '../../../src/shotgrid/authenticator/defaults-manager.ts';
import { CredentialsFileError } from '../../../src/shotgrid/authenticator/errors.ts';
import { globalFile, siteFile } from '../../../src/shotgrid/authenticator/places.ts';
import { makeMachine, type TestMachine } from './machine.ts';

const HOST = 'https://studio.shotgrid.autodesk.com';
const TOKEN = '0123456789abcdef0123456789abcdef';

let machine: TestMachine;
let defaults: DefaultsManager;
beforeEach(async () => {
  machine = await makeMachine();
  defaults = new DefaultsManager(machine);
});
afterEach(() => machine.remove());

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.yml`, import.meta.url));

/** As the toolkit leaves them: folders 0700, files 0600. */
async function toolkitWasHere(): Promise<void> {
  for (const [name, path] of [
    ['global', globalFile(machine)],
    ['site', siteFile(machine, HOST)],
  ] as const) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await copyFile(fixture(name), path);
    await chmod(path, 0o600);
  }
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('the default defaults', () => {
  it('know nobody on a new machine, and leave nothing behind by asking', async () => {
    expect(await defaults.getHost()).toBeUndefined();
    expect(await defaults.getLogin()).toBeUndefined();
    expect(await defaults.getUserCredentials()).toBeUndefined();
    await defaults.forgetSession(HOST, 'artist');
    expect(await machine.files()).toEqual({});
  });

  it('know whoever is signed in to the desktop application', async () => {
    await toolkitWasHere();
    expect(await defaults.getHost()).toBe(HOST);
    expect(await defaults.getLogin()).toBe('artist');
    expect(await defaults.getUserCredentials()).toEqual({ login: 'artist', sessionToken: TOKEN });
  });

  it('write what the toolkit reads, for the owner’s eyes only', async () => {
    await defaults.saveSession(HOST, { login: 'artist', sessionToken: TOKEN });
    await defaults.setLogin(HOST, 'artist');
    await defaults.setHost(HOST);
    expect(await machine.files()).toEqual({
      '.shotgun/authentication.yml': `current_host: "${HOST}"\nrecent_hosts:\n- "${HOST}"\n`,
      '.shotgun/studio.shotgrid.autodesk.com/authentication.yml': `current_user: "artist"\nrecent_users:\n- "artist"\nusers:\n- login: "artist"\n  session_token: "${TOKEN}"\n`,
    });
    for (const path of [globalFile(machine), siteFile(machine, HOST)]) {
      expect(await modeOf(path)).toBe(0o600);
      expect(await modeOf(dirname(path))).toBe(0o700);
    }
  });

  it('forget a session and keep the rest of the toolkit’s file', async () => {
    await toolkitWasHere();
    await defaults.forgetSession(HOST, 'Artist ');
    expect(await defaults.getUserCredentials()).toBeUndefined();
    const text = (await machine.files())['.shotgun/studio.shotgrid.autodesk.com/authentication.yml'] ?? '';
    expect(text).not.toContain(TOKEN);
    expect(text).toContain('method: "app_session_launcher"');
    expect(await defaults.getLogin()).toBe('artist');
    expect(await modeOf(siteFile(machine, HOST))).toBe(0o600);
  });

  it('do not choose another site where it is fixed', async () => {
    class Fixed extends DefaultsManager {
      override isHostFixed(): boolean {
        return true;
      }
      override getHost(): Promise<string> {
        return Promise.resolve(HOST);
      }
    }
    await new Fixed(machine).setHost('https://other.example');
    expect(await machine.files()).toEqual({});
  });
});

describe('a file that cannot be trusted', () => {
  it.each(['640', '604', '660', '602'])('is refused with mode %s, and is not written either', async (digits) => {
    const mode = Number.parseInt(digits, 8);
    await toolkitWasHere();
    const path = siteFile(machine, HOST);
    await chmod(path, mode);
    const before = await machine.files();
    const message: unknown = expect.stringContaining(`chmod 600 ${path}`);
    const told = { code: 'file_loose', path, message };
    await expect(defaults.getUserCredentials()).rejects.toMatchObject(told);
    await expect(defaults.saveSession(HOST, { login: 'a', sessionToken: 'b' })).rejects.toMatchObject(told);
    await expect(defaults.forgetSession(HOST, 'artist')).rejects.toBeInstanceOf(CredentialsFileError);
    expect(await machine.files()).toEqual(before);
    expect(await modeOf(path)).toBe(mode);
  });

  it('is refused when it is somebody else’s', async () => {
    await toolkitWasHere();
    const other = new DefaultsManager({ ...machine, uid: (machine.uid ?? 0) + 1 });
    await expect(other.getHost()).rejects.toMatchObject({ code: 'file_loose' });
  });

  it('is refused when another program wrote it, and stays as it is', async () => {
    const path = siteFile(machine, HOST);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'servers:\n  - one\nusers: none of your business\n', { mode: 0o600 });
    const before = await machine.files();
    await expect(defaults.findSession(HOST, 'artist')).rejects.toMatchObject({ code: 'file_not_ours' });
    await expect(defaults.saveSession(HOST, { login: 'a', sessionToken: 'b' })).rejects.toMatchObject({
      code: 'file_not_ours',
    });
    expect(await machine.files()).toEqual(before);
  });

  it('is refused when it is a folder, or far too large', async () => {
    await mkdir(globalFile(machine), { recursive: true });
    await expect(defaults.getHost()).rejects.toMatchObject({ name: 'CredentialsFileError' });
    const path = siteFile(machine, HOST);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `users: []\n#${'x'.repeat(1024 * 1024)}\n`, { mode: 0o600 });
    await expect(defaults.findSession(HOST, 'artist')).rejects.toMatchObject({ code: 'file_not_ours' });
  });

  it('says so when it cannot be written', async () => {
    await writeFile(join(machine.home, '.shotgun'), 'no folder');
    await expect(defaults.setHost(HOST)).rejects.toMatchObject({ name: 'CredentialsFileError' });
  });
});
