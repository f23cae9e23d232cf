/**
 * PostgreSQL servers for tests: one per test run, shared, and own ones for tests that stop or break theirs.
 * Their files live in a temporary folder and go with them.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findPostgres } from '../../infra/install/find-program.mjs';
import { commandAs, spawnService } from './spawn-service.ts';
import type { Service } from './spawn-service.ts';

export type Postgres = {
  /** URL of a database on this server, the maintenance database by default. */
  url(database?: string): string;
  /** Ends the server at once, as a crash would; its files stay, `restart` finds them. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
};

/** True when a PostgreSQL server can be started on this machine. */
export function hasPostgres(): boolean {
  return findPostgres() !== undefined;
}

/**
 * Starts a server of its own with an empty cluster; about a second.
 *
 * @param options.durable - Every commit waits for the disk, as in operation; tests need not.
 */
export async function startOwnPostgres(options: { readonly durable?: boolean } = {}): Promise<Postgres> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is not installed');
  // PostgreSQL refuses to run as root; Debian's package made this account.
  const user = process.getuid?.() === 0 ? 'postgres' : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'understudy-postgres-'));
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  let service: Service | undefined;

  const start = async (port?: number) =>
    spawnService({
      program: join(bin, 'postgres'),
      args: (chosen) => [
        '-D',
        join(folder, 'data'),
        '-p',
        String(chosen),
        ...settings(folder, options.durable ?? false),
      ],
      answers: (chosen) => answers(urlOf(chosen, password, 'postgres')),
      stopSignal: 'SIGQUIT',
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
    });
  const stop = async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    if (user !== undefined) await giveTo(folder, passwordFile);
    const initdb = [join(bin, 'initdb'), '-D', join(folder, 'data'), '-U', 'understudy', '-A', 'scram-sha-256'];
    const flags = ['--no-sync', '--no-instructions', '-E', 'UTF8', '--locale=C', `--pwfile=${passwordFile}`];
    const [command, ...args] = commandAs(user, 'SIGKILL', [...initdb, ...flags]);
    await promisify(execFile)(command, args, { cwd: folder });
    service = await start();
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = service;
  return {
    url: (database = 'postgres') => urlOf(port, password, database),
    crash: async () => service?.stop(),
    restart: async () => {
      service = await start(port);
    },
    stop,
  };
}

/** Throw-away data need not survive the machine, only processes. */
function settings(folder: string, durable: boolean): string[] {
  const fsync = `fsync=${durable ? 'on' : 'off'}`;
  return ['-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', fsync, '-c', 'max_connections=200'];
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://understudy:${password}@127.0.0.1:${port}/${database}`;
}

async function answers(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}

async function giveTo(...paths: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)('id', ['-u', 'postgres']);
  const { stdout: group } = await promisify(execFile)('id', ['-g', 'postgres']);
  for (const path of paths) {
    await stat(path);
    await chown(path, Number(stdout), Number(group));
  }
}
