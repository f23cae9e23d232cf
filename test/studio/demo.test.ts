import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Facts } from '../../infra/studio/facts.ts';
import { takenPorts } from '../../infra/studio/ports.ts';
import { welcomeText } from '../../infra/studio/welcome.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { freePorts } from '../support/free-port.ts';

const FACTS: Facts = {
  server: 'http://localhost:8080',
  site: 'http://127.0.0.1:8081',
  idp: 'http://127.0.0.1:8082',
  amiSecretToken: 'the ami secret',
  scriptName: 'understudy',
  scriptKey: 'the script key',
  people: [
    { login: 'artist', password: 'artist', name: 'Alma Ortiz', email: 'a@studio.example', groups: [], about: 'draws' },
    {
      login: 'admin.flag-off',
      password: 'admin.flag-off',
      name: 'Otto',
      email: 'o@studio.example',
      groups: [],
      about: 'rules',
    },
  ],
  adminGroups: [],
  auditorGroups: [],
};

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe('the welcome', () => {
  const text = welcomeText(FACTS, { bold: (part) => part });

  it('says where to click and who to be, in columns, within 100 characters', () => {
    const lines = text.split('\n');
    expect(text).toContain(FACTS.site);
    const people = lines.filter((line) => /draws|rules/.test(line));
    expect(people.map((line) => line.search(/draws|rules/))).toEqual([37, 37]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('shows no secret', () => {
    expect(text).not.toContain('the ami secret');
    expect(text).not.toContain('the script key');
  });
});

describe('a port', () => {
  it.each(['127.0.0.1', '::1'])('is taken when somebody listens on %s', async (host) => {
    const port = await freePorts(3);
    expect(await takenPorts([port])).toEqual([]);
    await listen(port, host);
    expect(await takenPorts([port])).toEqual([port]);
  });
});

describe('npm run demo', () => {
  it('runs the studio and the server, writes the facts for its owner only, and stops everything', async () => {
    const port = await freePorts(3);
    const { child, directory, output, ended } = demo({ DEMO_PORT: String(port) });
    await until(() => output().includes('Understudy is running') || child.exitCode !== null);
    expect(output()).toContain(`http://127.0.0.1:${port + 1}`);
    const file = join(directory, 'facts.json');
    const facts = JSON.parse(readFileSync(file, 'utf8')) as Facts;
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(Object.keys(facts)).toEqual([
      'server',
      'site',
      'idp',
      'amiSecretToken',
      'scriptName',
      'scriptKey',
      'people',
      'adminGroups',
      'auditorGroups',
    ]);
    expect(facts.amiSecretToken.length).toBeGreaterThanOrEqual(32);
    expect(output()).not.toContain(facts.amiSecretToken);
    expect((await fetch(`${facts.server}/readyz`)).status).toBe(200);
    expect((await fetch(facts.site)).status).toBe(200);
    expect((await fetch(`${facts.idp}/.well-known/openid-configuration`)).status).toBe(200);

    const settings = join(directory, 'understudy.env');
    expect(statSync(settings).mode & 0o077).toBe(0);
    expect(parseEnv(readFileSync(settings, 'utf8'))).toMatchObject({
      PUBLIC_URL: facts.server,
      SHOTGRID_URL: facts.site,
    });

    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await takenPorts([port, port + 1, port + 2])).toEqual([]);
    const log = readFileSync(join(directory, 'server.log'), 'utf8');
    for (const secret of [facts.amiSecretToken, facts.scriptKey]) expect(log).not.toContain(secret);
    expect(readdirSync(directory)).toContain(`understudy-${port}.db`);
  }, 60_000);

  it.each([0, 1, 2])('says plainly that port + %i is in use, and starts nothing', async (offset) => {
    const port = await freePorts(3);
    await listen(port + offset, '127.0.0.1');
    const { output, ended } = demo({ DEMO_PORT: String(port) });
    expect(await ended).toBe(1);
    expect(output()).toContain(`Port ${port + offset} is in use already`);
    expect(output()).not.toContain('at ');
  });

  it.each(['0', '70000', '65534', 'many', '80.5'])('refuses the port %s', async (port) => {
    const { output, ended } = demo({ DEMO_PORT: port });
    expect(await ended).toBe(1);
    expect(output()).toContain('DEMO_PORT must be a port number');
  });
});

function demo(environment: Record<string, string>) {
  const directory = mkdtempSync(join(tmpdir(), 'understudy-demo-'));
  cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
  const child: ChildProcess = spawn(process.execPath, ['infra/studio/demo.ts'], {
    env: { PATH: process.env['PATH'], DEMO_DIRECTORY: directory, ...COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  cleanUp.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, directory, ended, output: () => text };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function listen(port: number, host: string): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
