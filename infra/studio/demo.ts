/**
 * `npm run demo`: the studio in a box and the real server beside it, until Ctrl-C.
 * The server is on localhost and the studio on 127.0.0.1, so that a browser treats a click as cross-site, as in a studio.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takenPorts } from './ports.ts';
import { passwordMode, type SignInMode } from './sign-in-mode.ts';
import { startServerProcess } from './server-process.ts';
import { newSecret, startStudio } from './start.ts';
import { welcomeText } from './welcome.ts';

const SIGN_IN: Readonly<Record<string, SignInMode | undefined>> = { provider: {}, password: passwordMode() };
const READY_MS = 30_000;
// Tests keep out of the way of a demo that somebody is looking at.
const DIRECTORY = process.env['DEMO_DIRECTORY'] ?? fileURLToPath(new URL('../../.demo/', import.meta.url));

process.exitCode = await demo().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));

async function demo(): Promise<number> {
  const port = Number(process.env['DEMO_PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 1 || port > 65_533)
    return fail('DEMO_PORT must be a port number, at most 65533.');
  const mode = SIGN_IN[process.env['DEMO_SIGN_IN'] ?? 'provider'];
  if (mode === undefined) return fail('DEMO_SIGN_IN must be provider or password.');
  const taken = await takenPorts([port, port + 1, port + 2]);
  if (taken.length > 0) return fail(portsInUse(taken, port));

  const stopped = signalled();
  mkdirSync(DIRECTORY, { recursive: true });
  const database = join(DIRECTORY, `understudy-${port}.db`);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
  const tokens = join(DIRECTORY, `menu-tokens-${port}.json`);
  rmSync(tokens, { force: true });

  const url = `http://localhost:${port}`;
  const studio = await startStudio({
    server: url,
    sitePort: port + 1,
    idpPort: port + 2,
    latencyFactor: 0.3,
    ...mode.studio,
  });
  const environment = {
    ...studio.environment,
    ...mode.environment,
    PUBLIC_URL: url,
    PORT: String(port),
    SESSION_SECRETS: newSecret(),
    DATABASE_URL: `file:${database}`,
    MENU_TOKENS_FILE: tokens,
    ACTIONS_DIR: './actions',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
  };
  const server = startServerProcess(environment, join(DIRECTORY, 'server.log'));
  try {
    writeFileSync(join(DIRECTORY, 'facts.json'), `${JSON.stringify(studio.facts, null, 2)}\n`, { mode: 0o600 });
    writeFileSync(join(DIRECTORY, 'understudy.env'), environmentFile(environment), { mode: 0o600 });
    const early = await Promise.race([server.ready(READY_MS).then(() => 'ready' as const), stopped]);
    if (early === 'stopped') return 0;
    console.log(welcomeText(studio.facts, { bold: boldIn(process.stdout), hints: mode.hints }));
    const end = await Promise.race([stopped, server.ended]);
    return end === 'stopped'
      ? 0
      : fail(`The server ended by itself (exit code ${end ?? 'none'}); see .demo/server.log.`);
  } finally {
    await server.stop();
    await studio.close();
  }
}

/** For the command line: what the server was started with. */
function environmentFile(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function portsInUse(taken: readonly number[], port: number): string {
  const [which, verb] = taken.length === 1 ? ['Port', 'is'] : ['Ports', 'are'];
  return `${which} ${taken.join(', ')} ${verb} in use already, perhaps by another demo. Stop that, or choose another
three in a row:

  DEMO_PORT=${port + 10} npm run demo`;
}

function signalled(): Promise<'stopped'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('stopped'));
  });
}

function boldIn(stream: NodeJS.WriteStream): (text: string) => string {
  const styled = stream.isTTY && process.env['NO_COLOR'] === undefined;
  return (text) => (styled ? `\u001B[1m${text}\u001B[22m` : text);
}

function fail(message: string): number {
  console.error(`\n${message}\n`);
  return 1;
}
