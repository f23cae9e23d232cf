import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../../infra/install/find-program.mjs';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import { findBrowser } from '../../src/cli/find-browser.ts';
import type { LoginDeps } from '../../src/cli/login-deps.ts';
import { loginCommands } from '../../src/cli/login.ts';
import { makeMachine, type TestMachine } from '../shotgrid/authenticator/machine.ts';
import { describeInBrowser } from '../support/browser.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

/**
 * `understudy login`, `whoami` and `logout` with a home folder of their own, against two kinds of site; as a process where a browser
 * is part of it.
 */
const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let launcherSite: Site;
let passwordSite: Site;
let machine: TestMachine;
let folder: string;
const running: ChildProcess[] = [];
beforeAll(async () => {
  launcherSite = await startSite();
  const twoFactorCodes = { manager: '123456' };
  passwordSite = await startSite({ launcherEnabled: false, webSignIn: 'password', twoFactorCodes });
});
afterAll(async () => {
  await launcherSite.close();
  await passwordSite.close();
});
beforeEach(async () => {
  launcherSite.reset();
  passwordSite.reset();
  machine = await makeMachine();
  folder = await mkdtemp(join(tmpdir(), 'understudy-login-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill();
  await machine.remove();
  await rm(folder, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
type Started = { readonly stderr: () => string; readonly ended: Promise<Ended> };

function start(
  args: readonly string[],
  more: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Started {
  const env = { ...COMPILE_CACHE, HOME: machine.home, PATH: process.env['PATH'], ...more.env };
  const child = spawn(process.execPath, [CLI, ...args], { env, cwd: folder });
  running.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(more.input ?? '');
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { stderr: () => stderr, ended };
}

type Given = {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the person at the terminal answers, in order; absent where nobody is at one. */
  readonly answers?: readonly string[];
  /** What becomes of the address to approve at. */
  readonly onOpen?: (url: string) => unknown;
};

/** The same command in this process: starting one takes seconds. `asked` are the questions at the terminal. */
async function run(args: readonly string[], { input = '', env = {}, answers, onOpen }: Given = {}) {
  const [stdout, stderr, asked]: [string[], string[], string[]] = [[], [], []];
  const left = [...(answers ?? [])];
  const ask = (what: string): Promise<string> => {
    asked.push(what);
    return Promise.resolve(left.shift() ?? '');
  };
  let code = 0;
  const program = new Command('understudy').exitOverride();
  const deps: LoginDeps = {
    machine: { ...machine, env: { PATH: process.env['PATH'], ...env } },
    readFile: (path) => readFileSync(join(folder, path), 'utf8'),
    now: () => new Date(),
    sleep: (_, signal) => delay(5, undefined, { signal }),
    hostName: 'here',
    terminal: answers === undefined ? undefined : { ask, askSecret: ask },
    readInput: () => Promise.resolve(input),
    openBrowser: (url) => Promise.resolve(void onOpen?.(url)),
    print: (line) => stdout.push(line),
    printError: (line) => stderr.push(line),
    setExitCode: (given) => (code = given),
  };
  for (const command of loginCommands(deps)) program.addCommand(command);
  await program.parseAsync(args, { from: 'user' });
  return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n'), asked };
}

const stored = async (): Promise<string> => JSON.stringify(await machine.files());
const approvalIn = (text: string): string | undefined => /(http:\S+\/app_session_request\/\S+)/.exec(text)?.[1];

/** What a person's default browser would be asked to open lands in this file. */
async function fakeBrowser(): Promise<{ env: Readonly<Record<string, string>>; opened: () => Promise<string> }> {
  const [program, seen] = [join(folder, 'browser'), join(folder, 'opened')];
  await writeFile(program, `#!/bin/sh\necho "$1" > ${seen}\n`);
  await chmod(program, 0o755);
  return { env: { BROWSER: program }, opened: () => readFile(seen, 'utf8').catch(() => '') };
}

describe('signing in by password', () => {
  const manager = ['login', '--site'] as const;

  it('is what a site without the launcher gets; the code is asked for by the site alone', async () => {
    const args = [...manager, passwordSite.url, '--password-stdin', '--json'];
    const artist = await run([...args, '--login', 'artist'], { input: 'artist\n' });
    expect([artist.code, artist.stderr]).toEqual([0, '']);
    expect(JSON.parse(artist.stdout)).toEqual({ login: 'artist', site: passwordSite.url, method: 'password' });
    const guarded = await run([...args, '--login', 'manager'], { input: 'manager\n123456\n' });
    expect(guarded.code).toBe(0);
    const who = await run(['whoami', '--json']);
    expect([who.code, JSON.parse(who.stdout)]).toEqual([
      0,
      { login: 'manager', name: 'Marcus Lind', site: passwordSite.url, session: 'good' },
    ]);
  });

  it('asks whoever is at a terminal for what is not known, and for no more', async () => {
    const first = await run(['login', '--site', passwordSite.url], { answers: ['manager', 'manager', '123456'] });
    expect(first).toMatchObject({ code: 0, asked: ['Login', 'Password of manager', 'One-time code'] });
    const again = await run(['login', '--login', 'artist'], { answers: ['artist'] });
    expect(again).toMatchObject({ code: 0, asked: ['Password of artist'] });
    const givenUp = await run(['login', '--login', 'artist'], { answers: [''] });
    expect([givenUp.code, givenUp.stderr]).toEqual([1, expect.stringContaining('(cancelled)')]);
    expect((await run(['whoami'])).stdout).toContain('(artist)');
  });

  it.each<[string, readonly string[], string, number, string]>([
    ['a wrong password', ['--login', 'artist', '--password-stdin'], 'gu3ss', 1, 'refused'],
    ['a code that is needed and not given', ['--login', 'manager', '--password-stdin'], 'manager', 1, 'cancelled'],
    ['a code that is wrong', ['--login', 'manager', '--password-stdin'], 'manager\n000000', 1, 'refused'],
    ['nobody at a terminal to be asked', ['--login', 'artist'], '', 2, 'password_missing'],
    ['nobody to be asked who it is', [], '', 2, 'login_missing'],
    ['the launcher, which is not offered', ['--method', 'launcher'], '', 1, 'approval_not_offered'],
    ['certificates that are none', ['--ca', 'none.pem'], '', 2, 'ca_invalid'],
  ])('keeps nothing after %s', async (_, args, input, code, word) => {
    const ended = await run(['login', '--site', passwordSite.url, ...args], { input });
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toContain(`(${word})`);
    expect(ended.stderr).not.toContain('gu3ss');
    const asJson = await run(['login', '--site', passwordSite.url, '--json', ...args], { input });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: word } });
    expect(await machine.files()).toEqual({});
  });

  it('keeps nothing when the proxy refuses, and names the proxy without its password', async () => {
    const proxy = createServer((socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n'),
    );
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const place = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const args = ['login', '--site', passwordSite.url, '--login', 'artist', '--password-stdin'];
      const env = { SHOTGRID_PROXY: `http://ann:s3cret@${place}` };
      const { code, stderr } = await run(args, { input: 'artist', env });
      expect(code).toBe(2);
      expect(stderr).toContain(`through the proxy ${place}`);
      expect(stderr).not.toContain('s3cret');
      expect(await machine.files()).toEqual({});
    } finally {
      proxy.close();
    }
  });
});

it.each<[string, string, (id: string) => boolean]>([
  ['it is denied', 'approval_refused', (id) => launcherSite.denyApp(id)],
  ['somebody else approves', 'not_this_person', (id) => launcherSite.approveApp(id, 'manager')],
])('an approval in the browser keeps nothing when %s', async (_, word, decide) => {
  const onOpen = (url: string): boolean => decide(/app_session_request\/(\w+)/.exec(url)?.[1] ?? '');
  const ended = await run(['login', '--site', launcherSite.url, '--login', 'artist'], { onOpen });
  expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(`(${word})`)]);
  expect(await machine.files()).toEqual({});
});

describe('whoami and logout', () => {
  it('say so when nobody is signed in, or the session has ended', async () => {
    expect(await run(['whoami'])).toMatchObject({ code: 1, stdout: expect.stringContaining('Nobody is signed in') });
    expect(await run(['logout'])).toMatchObject({ code: 0, stdout: 'Nobody was signed in.' });
    const args = ['login', '--site', passwordSite.url, '--login', 'artist', '--password-stdin'];
    await run(args, { input: 'artist' });
    passwordSite.reset();
    const ended = await run(['whoami']);
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('the session has ended')]);
    const out = await run(['logout', '--json']);
    expect(JSON.parse(out.stdout)).toEqual({ login: 'artist', site: passwordSite.url });
    expect(await stored()).not.toContain('session_token');
  });

  it('tell a site that does not answer from a session that has ended', async () => {
    const gone = await startSite({ launcherEnabled: false });
    await run(['login', '--site', gone.url, '--login', 'artist', '--password-stdin'], { input: 'artist' });
    await gone.close();
    expect(await run(['whoami'])).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be reached') });
  }, 60_000);
});

it('a browser is found where it usually is, on each system', () => {
  const found = (platform: string, env: Readonly<Record<string, string>>, program: string): string | undefined =>
    findBrowser({ platform, env, home: '/', uid: 0 }, (path) => path === program);
  const programs: [string, Record<string, string>, string][] = [
    ['linux', { PATH: '/bin:/opt/google' }, '/opt/google/google-chrome'],
    ['darwin', {}, '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'],
    ['win32', { PROGRAMFILES: 'C:\\Program Files' }, 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
  ];
  for (const [platform, env, program] of programs) expect(found(platform, env, program)).toBe(program);
  expect(found('linux', { PATH: '' }, 'google-chrome')).toBeUndefined();
});

describeInBrowser('signing in with a real browser', (browser) => {
  it('opens the default browser where the person approves, prints the address too, and goes on by itself', async () => {
    const { env, opened } = await fakeBrowser();
    const login = start(['login', '--site', launcherSite.url], { env });
    const url = await until(() => approvalIn(login.stderr()), 20_000);
    const { context } = await browser.fresh();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('button', { name: /admin\.flag-off/ }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    const ended = await login.ended;
    expect([ended.code, ended.stdout]).toEqual([0, `Signed in at ${launcherSite.url} as admin.flag-off.\n`]);
    expect((await opened()).trim()).toBe(url);
    expect((await run(['whoami'])).stdout).toContain('Otto Brandt (admin.flag-off)');
  }, 60_000);

  describe('in a window of its own', () => {
    let window: Browser | undefined;
    afterEach(async () => {
      await window?.close();
      window = undefined;
    });

    /** A program that opens a window as the one on this machine does, and lets us be the person in front of it. */
    async function beginWeb(...more: readonly string[]): Promise<{ readonly login: Started; readonly page: Page }> {
      const [program, port] = [join(folder, 'chromium'), await freePort()];
      const flags = `--headless --no-sandbox --disable-gpu --remote-debugging-port=${port}`;
      await writeFile(program, `#!/bin/sh\nexec ${findChromium() ?? ''} ${flags} "$@"\n`);
      await chmod(program, 0o755);
      const login = start(['login', '--site', passwordSite.url, '--method', 'web', '--browser', program, ...more]);
      window = await until(() => chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => undefined), 30_000);
      const at = (): Page | undefined =>
        window
          ?.contexts()
          .flatMap((context) => context.pages())
          .find((page) => page.url().includes('/user/login'));
      return { login, page: await until(at, 20_000) };
    }

    it('is done at the landing, with the session that is in its cookies, password and code and all', async () => {
      const { login, page } = await beginWeb();
      await page.getByLabel('Login').fill('manager');
      await page.getByLabel('Password').fill('manager');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('Code').fill('123456');
      await page.getByRole('button', { name: 'Sign in' }).click();
      const ended = await login.ended;
      expect([ended.code, ended.stdout]).toEqual([0, `Signed in at ${passwordSite.url} as manager.\n`]);
      expect((await run(['whoami'])).code).toBe(0);
    }, 90_000);

    it('is given up when the window is closed, and nothing is kept', async () => {
      const { login, page } = await beginWeb('--login', 'artist', '--json');
      expect(await page.getByLabel('Login').inputValue()).toBe('artist');
      await page.close();
      const ended = await login.ended;
      expect([ended.code, JSON.parse(ended.stdout)]).toEqual([
        1,
        { error: expect.objectContaining({ code: 'cancelled' }) },
      ]);
      // The browser itself may have left something in the home folder.
      expect(Object.keys(await machine.files()).filter((path) => path.startsWith('.shotgun'))).toEqual([]);
    }, 90_000);
  });
});
