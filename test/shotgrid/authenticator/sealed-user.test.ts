import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EncryptJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../../infra/studio/site/start.ts';
import {
  createAuthenticator,
  DefaultsManager,
  sealUser,
  type Authenticator,
  type SessionUser,
} from '../../../src/shotgrid/authenticator/public.ts';
import { sealLentToken } from '../../../src/shotgrid/authenticator/sealed-user.ts';
import { createShotgrid, lendToken, type Shotgrid } from '../../../src/shotgrid/client.ts';
import { makeMachine, type TestMachine } from './machine.ts';

const KEY = 'a key that the farm and the workstation share';
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

let site: Site;
let machine: TestMachine;
let authenticator: Authenticator;
let shotgrid: Shotgrid;
let user: SessionUser;
let clock: number;
const now = (): Date => new Date(clock);
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  clock = Date.now();
  site.reset();
  machine = await makeMachine();
  authenticator = createAuthenticator({ defaults: new DefaultsManager(machine), now });
  const { scriptName, scriptKey } = site;
  shotgrid = createShotgrid({ siteUrl: site.url, scriptName, scriptKey, now });
  const sessionToken = site.openSession('admin.flag-off');
  user = await authenticator.createSessionUser({ host: site.url, login: 'admin.flag-off', sessionToken });
});
afterEach(async () => {
  await shotgrid.close();
  await authenticator.close();
  await machine.remove();
});

const seal = (expiresInSeconds = 60): Promise<string> => sealUser(user, { key: KEY, expiresInSeconds, now });
const version = () => site.rows('Version').find(({ id }) => id === 6933);

/** What the other process says; it has the key and nothing else of ours. */
function work(sealed: string, key = KEY): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const env = { FARM_KEY: key, HOME: machine.home, PATH: process.env['PATH'] };
    const child = execFile(process.execPath, [WORKER], { env, timeout: 30_000 }, (_, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr));
      else resolve(JSON.parse(stdout) as Record<string, unknown>);
    });
    child.stdin?.end(sealed);
  });
}

describe('a person handed to a worker', () => {
  it('acts there as the same person, from another process', async () => {
    const before = await machine.files();
    expect(await work(await seal())).toEqual({ login: 'admin.flag-off', kind: 'session' });
    expect(version()).toMatchObject({ sg_status_list: 'apr', updated_by: { type: 'HumanUser', id: 27 } });
    // The worker shares the home folder here, and has left it as it was.
    expect(await machine.files()).toEqual(before);
  });

  it('may be one that a server acts for: then the worker has minutes, and no session', async () => {
    const { accessToken, lifetimeSeconds } = await lendToken(shotgrid.asPerson({ login: 'artist' }));
    const lent = { host: site.url, httpProxy: undefined, login: 'artist', accessToken };
    const sealed = await sealLentToken(lent, { key: KEY, expiresInSeconds: lifetimeSeconds, now });
    expect(await work(sealed)).toEqual({ login: 'artist', kind: 'lent' });
    expect(version()).toMatchObject({ sg_status_list: 'apr', updated_by: { type: 'HumanUser', id: 24 } });
    const opened = await authenticator.openUser(sealed, { key: KEY });
    expect(await opened.areCredentialsExpired()).toBe(false);
    clock += 600_000;
    expect(await opened.areCredentialsExpired()).toBe(true);
    expect(() => opened.connection()).toThrow(expect.objectContaining({ code: 'session_ended' }));
  });

  it('does nothing there with another key', async () => {
    const answer = await work(await seal(), 'a key that somebody else has, as long as it is');
    expect(answer).toMatchObject({ error: 'AuthenticationError', code: 'sealed_user_invalid' });
    expect(version()?.['sg_status_list']).not.toBe('apr');
  });
});

describe('a sealed person', () => {
  const open = (sealed: string, key = KEY): Promise<unknown> => authenticator.openUser(sealed, { key });
  const invalid = { name: 'AuthenticationError', code: 'sealed_user_invalid' };

  it('shows nothing from outside', async () => {
    const parts = (await seal()).split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const secret of ['admin.flag-off', site.host, 'session_token']) expect(parts.join()).not.toContain(secret);
  });

  it('opens until its time is over, and not after', async () => {
    const sealed = await seal(60);
    clock += 59_000;
    await expect(open(sealed)).resolves.toMatchObject({ login: 'admin.flag-off' });
    clock += 1_000;
    await expect(open(sealed)).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('expired') as never,
    });
  });

  it('is refused when any part of it was altered, cut off or left out', async () => {
    const sealed = await seal();
    const parts = sealed.split('.');
    for (const [at, part] of parts.entries()) {
      const other = part.startsWith('A') ? 'B' : 'A';
      const altered = parts.with(at, part === '' ? 'AAAA' : other + part.slice(1)).join('.');
      await expect(open(altered)).rejects.toMatchObject(invalid);
    }
    for (const broken of ['', 'x', sealed.slice(0, -4), `${sealed}.x`, parts.slice(0, 4).join('.')]) {
      await expect(open(broken)).rejects.toMatchObject(invalid);
    }
  });

  it('is refused when it has no end, is of another kind, or lasts longer than a day', async () => {
    const { hkdfSync } = await import('node:crypto');
    const key = new Uint8Array(hkdfSync('sha256', KEY, '', 'understudy sealed user', 32));
    const header = { alg: 'dir', enc: 'A256GCM', typ: 'understudy-user+jwt' };
    const at = Math.floor(clock / 1000);
    const inside = { user: '{"type":"SessionUser"}' };
    const endless = new EncryptJWT(inside).setProtectedHeader(header).setIssuedAt(at);
    const other = new EncryptJWT(inside).setProtectedHeader({ ...header, typ: 'JWT' }).setIssuedAt(at);
    const old = new EncryptJWT(inside).setProtectedHeader(header).setIssuedAt(at - 90_000);
    const later = at + 600;
    for (const made of [endless, other.setExpirationTime(later), old.setExpirationTime(later)]) {
      await expect(open(await made.encrypt(key))).rejects.toMatchObject(invalid);
    }
    await expect(seal(24 * 3600 + 1)).rejects.toMatchObject({ code: 'seal_time_invalid' });
    await expect(seal(0)).rejects.toMatchObject({ code: 'seal_time_invalid' });
  });

  it('is never a script, and never sealed with a short key', async () => {
    const script = await authenticator.createScriptUser({ host: site.url, apiScript: 'farm', apiKey: 'k3y' });
    const options = { key: KEY, expiresInSeconds: 60, now };
    await expect(sealUser(script as never, options)).rejects.toMatchObject({ code: 'not_a_person' });
    await expect(sealUser(user, { ...options, key: 'short' })).rejects.toMatchObject({ code: 'seal_key_short' });
    await expect(lendToken(shotgrid.asScript())).rejects.toThrow(TypeError);
  });

  it('asks nobody for another session when its own has ended', async () => {
    const sealed = await seal();
    const prompt = (): Promise<never> => Promise.reject(new Error('not to be asked'));
    const worker = createAuthenticator({ defaults: new DefaultsManager(machine), prompt, now });
    const opened = await worker.openUser(sealed, { key: KEY });
    site.reset();
    const call = opened.connection().find('Version', 6933, ['code']);
    await expect(call).rejects.toMatchObject({ name: 'AuthenticationError', code: 'session_ended' });
    await worker.close();
  });

  it('with the token of another is refused before anything is asked with it', async () => {
    const { accessToken } = await lendToken(shotgrid.asPerson({ login: 'artist' }));
    const lent = { host: site.url, httpProxy: undefined, login: 'manager', accessToken };
    const sealed = await sealLentToken(lent, { key: KEY, expiresInSeconds: 60, now });
    await expect(open(sealed)).rejects.toMatchObject({ name: 'AuthenticationError' });
  });
});
