import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../../infra/studio/site/start.ts';
import {
  createAuthenticator,
  DefaultsManager,
  serializeUser,
  type Authenticator,
  type AuthenticatorOptions,
  type Prompt,
} from '../../../src/shotgrid/authenticator/public.ts';
import { siteFile } from '../../../src/shotgrid/authenticator/places.ts';
import { makeMachine, type TestMachine } from './machine.ts';

/** Whole sign-ins against the stand-in of a site, with a home folder of their own. */
const approve = { operation: 'update', entityType: 'Version', id: 6933, data: { sg_status_list: 'apr' } } as const;

let site: Site;
let machine: TestMachine;
const open: Authenticator[] = [];
beforeAll(async () => {
  site = await startSite({ twoFactorCodes: { manager: '123456' } });
});
afterAll(() => site.close());
beforeEach(async () => {
  site.reset();
  machine = await makeMachine();
});
afterEach(async () => {
  for (const authenticator of open.splice(0)) await authenticator.close();
  await machine.remove();
});

function authenticate(options: Partial<AuthenticatorOptions> = {}): Authenticator {
  const defaults = new DefaultsManager(machine);
  const authenticator = createAuthenticator({ defaults, sleep: () => Promise.resolve(), ...options });
  open.push(authenticator);
  return authenticator;
}

/** Somebody who signs in with this session when asked, and counts how often that was. */
function person(login: string, sessionToken = site.openSession(login)): Prompt & { asked: number } {
  const prompt = Object.assign(
    () => {
      prompt.asked += 1;
      return Promise.resolve({ host: site.url, login, sessionToken });
    },
    { asked: 0 },
  );
  return prompt;
}

const versionIs = (): unknown => site.rows('Version').find(({ id }) => id === 6933)?.['sg_status_list'];
const tokenCalls = (): number => site.calls.filter(({ path }) => path.endsWith('/auth/access_token')).length;

describe('a session user', () => {
  it('acts as the person, by a session that is open already', async () => {
    const sessionToken = site.openSession('admin.flag-off');
    const user = await authenticate().createSessionUser({ host: site.url, login: 'admin.flag-off', sessionToken });
    expect([user.login, user.host, user.httpProxy]).toEqual(['admin.flag-off', site.url, undefined]);
    expect(await user.resolveEntity()).toEqual({ type: 'HumanUser', id: 27 });
    await user.connection().batch([approve]);
    expect(site.rows('Version').find(({ id }) => id === 6933)?.['updated_by']).toEqual({ type: 'HumanUser', id: 27 });
    // Seen by whoever is the toolkit: it is remembered, and is nobody's default yet.
    expect(Object.keys(await machine.files())).toEqual(['.shotgun/127.0.0.1/authentication.yml']);
    expect(await authenticate().getDefaultUser()).toBeUndefined();
  });

  it('has the login as ShotGrid spells it, however it was typed', async () => {
    const sessionToken = site.openSession('artist');
    const user = await authenticate().createSessionUser({ host: site.url, login: ' Artist ', sessionToken });
    expect(user.login).toBe('artist');
    expect((await machine.files())['.shotgun/127.0.0.1/authentication.yml']).toContain('login: "artist"');
  });

  it('is made by password, and by one-time code where the person has one, which is asked for only then', async () => {
    const authenticator = authenticate();
    const oneTimeCode = (): Promise<string> => Promise.resolve(' 123456 ');
    const never = (): Promise<string> => Promise.reject(new Error('not to be asked'));
    const artist = { host: site.url, login: 'artist', password: 'artist', oneTimeCode: never };
    expect((await authenticator.createSessionUser(artist)).login).toBe('artist');
    const manager = { host: site.url, login: 'manager', password: 'manager', oneTimeCode };
    const user = await authenticator.createSessionUser(manager);
    await user.connection().batch([approve]);
    expect(versionIs()).toBe('apr');
    expect(JSON.stringify(await machine.files())).not.toContain('password');
  });

  it('is made from the remembered session when neither is given', async () => {
    const sessionToken = site.openSession('artist');
    await authenticate().createSessionUser({ host: site.url, login: 'artist', sessionToken });
    expect((await authenticate().createSessionUser({ host: site.url, login: 'ARTIST' })).login).toBe('artist');
  });

  it('shows nothing of its session when it is printed, logged or made JSON of', async () => {
    const sessionToken = site.openSession('artist');
    const user = await authenticate().createSessionUser({ host: site.url, login: 'artist', sessionToken });
    const shown = [inspect(user, { depth: 9, showHidden: true }), JSON.stringify(user)].join();
    expect(shown).not.toContain(sessionToken);
    expect(Object.isFrozen(user)).toBe(true);
  });

  it('needs one access token for many calls, on the same connections as the others', async () => {
    const authenticator = authenticate();
    const users = await Promise.all(
      ['artist', 'manager'].map((login) =>
        authenticator.createSessionUser({ host: site.url, login, sessionToken: site.openSession(login) }),
      ),
    );
    for (const user of [...users, ...users]) await user.connection().find('Version', 6933, ['code']);
    expect(tokenCalls()).toBe(2);
  });
});

describe('what does not make a session user, and leaves nothing behind', () => {
  let other: Site | undefined;
  afterEach(async () => {
    expect(await machine.files()).toEqual({});
    await other?.close();
    other = undefined;
  });
  const make = (more: Partial<Parameters<Authenticator['createSessionUser']>[0]>): Promise<unknown> =>
    authenticate().createSessionUser({ host: site.url, login: 'artist', ...more });
  const refused = (code: string, name = 'AuthenticationError') => expect.objectContaining({ code, name }) as unknown;

  it('the session of another person', async () => {
    await expect(make({ sessionToken: site.openSession('manager') })).rejects.toEqual(refused('not_this_person'));
  });

  it('the session of another site', async () => {
    other = await startSite();
    await expect(make({ sessionToken: other.openSession('artist') })).rejects.toEqual(refused('session_ended'));
  });

  it('a wrong password, in few words', async () => {
    const error: unknown = await make({ password: 'gu3ss!' }).catch((reason: unknown) => reason);
    expect(error).toEqual(refused('refused'));
    expect(inspect(error, { depth: 9 })).not.toContain('gu3ss!');
  });

  it('a one-time code that was used before', async () => {
    const manager = { login: 'manager', password: 'manager', oneTimeCode: () => Promise.resolve('123456') };
    await fetch(`${site.url}/api3/json`, {
      method: 'POST',
      body: JSON.stringify({
        method_name: 'get_session_token',
        params: [{ user_login: 'manager', user_password: 'manager', auth_token: '123456' }],
      }),
    });
    await expect(make(manager)).rejects.toEqual(refused('refused'));
  });

  it('a code that nobody gives', async () => {
    const manager = { login: 'manager', password: 'manager' };
    await expect(make(manager)).rejects.toEqual(refused('one_time_code_missing', 'IncompleteCredentialsError'));
    const givenUp = { ...manager, oneTimeCode: () => Promise.resolve(undefined) };
    await expect(make(givenUp)).rejects.toEqual(refused('cancelled', 'AuthenticationCancelledError'));
  });

  it('a password at a site that has none', async () => {
    other = await startSite({ authenticationMethod: 'oxygen' });
    await expect(make({ host: other.url, password: 'artist' })).rejects.toEqual(refused('passwords_not_accepted'));
  });

  it('nothing at all', async () => {
    const incomplete = (code: string): unknown => refused(code, 'IncompleteCredentialsError');
    await expect(make({})).rejects.toEqual(incomplete('session_token_missing'));
    await expect(make({ login: ' ' })).rejects.toEqual(incomplete('login_missing'));
    await expect(make({ host: undefined })).rejects.toEqual(incomplete('host_missing'));
    await expect(make({ host: 'http://studio.example' })).rejects.toEqual(incomplete('host_invalid'));
  });

  it('a site that is not there', async () => {
    const gone = await startSite();
    await gone.close();
    await expect(make({ host: gone.url, password: 'artist' })).rejects.toEqual(refused('site_unreachable'));
  });

  describe('a proxy that refuses', () => {
    let proxy: Server;
    beforeEach(async () => {
      proxy = createServer((_, response) => response.writeHead(407).end('who are you?'));
      proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => {
      proxy.closeAllConnections();
      proxy.close();
    });

    it.each(['password', 'sessionToken'])('and its name, but not its password, is told (%s)', async (what) => {
      const place = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const given = { httpProxy: `ann:s3cret@${place}`, [what]: 'artist' };
      const error: unknown = await make(given).catch((reason: unknown) => reason);
      expect(error).toEqual(refused('site_unreachable'));
      expect(String(error)).toContain(`through the proxy ${place}`);
      expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
      expect(site.calls).toHaveLength(0);
    });
  });
});

describe('a loose file', () => {
  it('keeps a session from being remembered, and says so', async () => {
    const path = siteFile(machine, site.url);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'users: []\n');
    await chmod(path, 0o644);
    const given = { host: site.url, login: 'artist', sessionToken: site.openSession('artist') };
    await expect(authenticate().createSessionUser(given)).rejects.toMatchObject({ code: 'file_loose' });
    expect(Object.values(await machine.files())).toEqual(['users: []\n']);
  });
});

describe('the default user', () => {
  it('is whoever signs in when there is none, and nobody is asked twice', async () => {
    const prompt = person('artist');
    const user = await authenticate({ prompt }).getUser();
    expect(user.login).toBe('artist');
    const again = await authenticate({ prompt }).getUser();
    await again.connection().batch([approve]);
    expect(prompt.asked).toBe(1);
    expect(versionIs()).toBe('apr');
  });

  it('is forgotten when cleared, and no other with them', async () => {
    await authenticate({ prompt: person('artist') }).getUserFromPrompt();
    const manager = site.openSession('manager');
    await authenticate().createSessionUser({ host: site.url, login: 'manager', sessionToken: manager });
    expect((await authenticate().clearDefaultUser())?.login).toBe('artist');
    expect(await authenticate().getDefaultUser()).toBeUndefined();
    expect(await authenticate().clearDefaultUser()).toBeUndefined();
    expect(JSON.stringify(await machine.files())).toContain(manager);
  });

  it('is nobody where nobody can be asked', async () => {
    await expect(authenticate().getUser()).rejects.toMatchObject({ name: 'AuthenticationCancelledError' });
  });

  it('is nobody when the one who was asked has somebody else’s session', async () => {
    const prompt = person('artist', site.openSession('manager'));
    await expect(authenticate({ prompt }).getUser()).rejects.toMatchObject({ code: 'not_this_person' });
    expect(await machine.files()).toEqual({});
  });

  it('may be a script, where the defaults say so', async () => {
    class OfTheFarm extends DefaultsManager {
      override getHost(): Promise<string> {
        return Promise.resolve(site.url);
      }
      override getUserCredentials() {
        return Promise.resolve({ apiScript: site.scriptName, apiKey: site.scriptKey });
      }
    }
    const user = await authenticate({ defaults: new OfTheFarm(machine) }).getUser();
    expect([user.kind, user.login]).toEqual(['script', undefined]);
    expect(await user.resolveEntity()).toEqual({ type: 'ApiUser', id: 298 });
    expect(await user.areCredentialsExpired()).toBe(false);
    expect(await machine.files()).toEqual({});
  });
});

describe('a session that has ended', () => {
  const signedIn = async (options: Partial<AuthenticatorOptions> = {}) => {
    const sessionToken = site.openSession('artist');
    const authenticator = authenticate(options);
    const user = await authenticator.createSessionUser({ host: site.url, login: 'artist', sessionToken });
    const end = (): void => {
      site.closeSession(sessionToken);
      site.inject({ kind: 'unauthorized', path: '/entity' });
    };
    return { user, end, sessionToken };
  };

  it('is said to have, whatever access token is still good', async () => {
    const { user, sessionToken } = await signedIn();
    expect(await user.areCredentialsExpired()).toBe(false);
    site.closeSession(sessionToken);
    expect(await user.areCredentialsExpired()).toBe(true);
  });

  it('is replaced by the one that another program has put into the file, without asking', async () => {
    const prompt = person('artist');
    const { user, end } = await signedIn({ prompt });
    const another = site.openSession('artist');
    await authenticate().createSessionUser({ host: site.url, login: 'artist', sessionToken: another });
    end();
    await user.connection().batch([approve]);
    expect([versionIs(), prompt.asked]).toEqual(['apr', 0]);
    expect(serializeUser(user)).toContain(another);
  });

  it('is asked for once, however many calls meet it, and remembered', async () => {
    const prompt = person('artist');
    const { user, sessionToken } = await signedIn({ prompt });
    site.closeSession(sessionToken);
    site.inject({ kind: 'unauthorized', path: '/entity/Version', count: 5 });
    const found = await Promise.all([1, 2, 3, 4, 5].map(() => user.connection().find('Version', 6933, ['code'])));
    expect(found.every((row) => row?.id === 6933)).toBe(true);
    expect(prompt.asked).toBe(1);
    expect(JSON.stringify(await machine.files())).not.toContain(sessionToken);
  });

  it('is not replaced by somebody else’s', async () => {
    const { user, end } = await signedIn({ prompt: person('manager') });
    end();
    await expect(user.connection().batch([approve])).rejects.toMatchObject({ code: 'not_this_person' });
    expect(versionIs()).not.toBe('apr');
  });

  it('is an error where nobody can be asked', async () => {
    const { user, end } = await signedIn();
    end();
    await expect(user.connection().batch([approve])).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'session_ended',
    });
  });

  it('is replaced at once by refreshing', async () => {
    const prompt = person('artist');
    const { user, sessionToken } = await signedIn({ prompt });
    site.closeSession(sessionToken);
    await user.refreshCredentials();
    expect(prompt.asked).toBe(1);
    expect(await user.areCredentialsExpired()).toBe(false);
  });
});

describe('a serialized user', () => {
  // As the toolkit's serialize_user(user, use_json=True) writes it.
  const ofToolkit = (data: object, type = 'SessionUser'): string =>
    JSON.stringify({ type, data: { http_proxy: null, ...data } })
      .replaceAll('":', '": ')
      .replaceAll(',"', ', "');

  it('of the toolkit is read, and acts', async () => {
    const text = ofToolkit({ host: site.url, login: 'artist', session_token: site.openSession('artist') });
    const user = await authenticate().deserializeUser(text);
    await user.connection().batch([approve]);
    expect(versionIs()).toBe('apr');
    expect(await machine.files()).toEqual({});
  });

  it('of ours is what the toolkit writes, key for key', async () => {
    const authenticator = authenticate();
    const session = ofToolkit({
      host: 'https://studio.shotgrid.autodesk.com',
      http_proxy: 'ann:p@ss@proxy:3128',
      login: 'artist',
      session_token: 'abc',
      session_metadata: 'Zm9v\r\nYmFy',
    });
    const script = ofToolkit({ host: 'https://studio.example', api_script: 'farm', api_key: 'k3y' }, 'ScriptUser');
    for (const text of [session, script]) {
      const again = serializeUser(await authenticator.deserializeUser(text));
      expect(JSON.parse(again)).toEqual(JSON.parse(text));
    }
    const plain = ofToolkit({ host: 'https://studio.example', login: 'artist', session_token: 'abc' });
    expect(serializeUser(await authenticator.deserializeUser(plain))).not.toContain('session_metadata');
  });

  it('without a session takes the remembered one, if there is one', async () => {
    const text = ofToolkit({ host: site.url, login: 'artist' });
    const missing = { name: 'IncompleteCredentialsError', code: 'session_token_missing' };
    await expect(authenticate().deserializeUser(text)).rejects.toMatchObject(missing);
    const given = { host: site.url, login: 'artist', sessionToken: site.openSession('artist') };
    await authenticate().createSessionUser(given);
    expect((await authenticate().deserializeUser(text)).login).toBe('artist');
  });

  it('with somebody else’s session does nothing at its first call', async () => {
    const text = ofToolkit({ host: site.url, login: 'artist', session_token: site.openSession('manager') });
    const user = await authenticate().deserializeUser(text);
    await expect(user.connection().batch([approve])).rejects.toMatchObject({ code: 'not_this_person' });
    expect(versionIs()).not.toBe('apr');
  });

  const whole = ofToolkit({ host: 'https://studio.example', login: 'artist', session_token: 's3cret' });
  it.each([
    ['cut off', whole.slice(0, -9)],
    ['a pickle', '(dp0\nVtype\np1\nVSessionUser\np2\ns.'],
    ['empty', ''],
    ['of another type', whole.replace('SessionUser', 'Robot')],
    ['without a host', whole.replace('"host"', '"ghost"')],
    ['with a login that is a number', whole.replace('"artist"', '7')],
    ['a list', '[]'],
    ['without its data', '{"type": "SessionUser"}'],
  ])('that is %s is refused, and nothing of it is told', async (_, text) => {
    const error: unknown = await authenticate()
      .deserializeUser(text)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'IncompleteCredentialsError', code: 'serialized_user_invalid' });
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  });
});
