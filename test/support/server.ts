/**
 * The studio in a box and a real server beside it, in this process: the server on `localhost`, the studio on 127.0.0.1, so that
 * a browser takes a click for cross-site, as it is in a studio. On a fresh SQLite file unless a database is given.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { newSecret, startStudio, type Studio, type StudioOptions } from '../../infra/studio/start.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { Overrides } from '../../src/web/parts.ts';
import { startServer, type RunningServer } from '../../src/web/server.ts';
import { freePort } from './free-port.ts';

export type TestServerOptions = {
  /** `file:…` or `postgres://…`; a fresh SQLite file when absent. */
  readonly databaseUrl?: string;
  /** Sessions in Redis; in the database when absent. */
  readonly redisUrl?: string;
  /** More variables of the server, or other values: these win over everything else. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
  readonly studio?: Omit<StudioOptions, 'server'>;
};

export type TestServer = {
  /** `http://localhost:<port>`, the server's PUBLIC_URL. */
  readonly url: string;
  readonly studio: Studio;
  /** The server's log: one JSON text a line, from `debug` up, of all its starts. */
  readonly lines: readonly string[];
  readonly databaseUrl: string;
  /** Stops the server alone; nothing when it is stopped already. */
  readonly drain: () => Promise<void>;
  /** Starts it again after `drain`: same address, same secrets, same database. */
  readonly start: (changes?: Readonly<Record<string, string>>) => Promise<void>;
  /** Stops everything and removes the database file. */
  readonly close: () => Promise<void>;
};

/** Starts both; nothing is left running when it throws. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-server-'));
  const databaseUrl = options.databaseUrl ?? `file:${join(folder, 'test.db')}`;
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const studio = await startStudio({ ...options.studio, server: url });
  const environment = {
    ...studio.environment,
    PUBLIC_URL: url,
    PORT: String(port),
    SESSION_SECRETS: newSecret(),
    DATABASE_URL: databaseUrl,
    ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    ...options.environment,
  };
  const lines: string[] = [];
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(line) });
  let server: RunningServer | undefined;

  async function start(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    const { config, secrets } = parseConfig({ ...environment, ...changes }, unreadable);
    server = await startServer(config, secrets, log, options.overrides);
  }
  async function drain(): Promise<void> {
    const running = server;
    server = undefined;
    await running?.drain();
  }
  async function close(): Promise<void> {
    await drain();
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, studio, lines, databaseUrl, drain, start, close };
}

function unreadable(path: string): string {
  throw new Error(`a test server has no secrets in files: ${path}`);
}
