/** Parts → a server that listens, and that drains when it is told to. */
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Config, Secrets } from '../config/config.ts';
import { createApp } from './app.ts';
import type { Logger } from './logger.ts';
import { createParts, type Overrides } from './parts.ts';

export type RunningServer = {
  readonly port: number;
  /** Takes no more requests, lets runs end their batch, and closes everything. */
  drain(): Promise<void>;
};

const PRUNE_EVERY_MS = 60_000;
const REFRESH_ACTIONS_EVERY_MS = 2_000;
/** Requests that have not ended this long after the drain began are cut off. */
const DRAIN_MS = 5_000;

/**
 * Starts everything, or fails with what is wrong: files of actions, the database, the port.
 * The identity provider, the site and Redis may be down at this time; `/readyz` says so.
 */
export async function startServer(
  config: Config,
  secrets: Secrets,
  log: Logger,
  { now = () => new Date(), ...overrides }: Overrides = {},
): Promise<RunningServer> {
  let isDraining = false;
  const parts = await createParts(config, secrets, log, now, overrides);
  const app = createApp({ ...parts, isDraining: () => isDraining });
  const server = await listen(app, config.port, config.host).catch(async (error: unknown) => {
    await parts.close();
    throw error;
  });
  await parts.performer.resume();
  const timers = [
    setInterval(() => void parts.prune(), PRUNE_EVERY_MS),
    setInterval(() => void parts.refreshActions(), REFRESH_ACTIONS_EVERY_MS),
  ];

  return {
    port: (server.address() as AddressInfo).port,
    async drain() {
      isDraining = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all([parts.performer.drain(), close(server)]);
      await parts.close();
    },
  };
}

function listen(app: Express, port: number, host: string): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error?: Error) => (error === undefined ? resolve(server) : reject(error)));
    // A sender that dawdles is cut off; ShotGrid's page sends its form at once.
    server.requestTimeout = 30_000;
    server.headersTimeout = 10_000;
  });
}

function close(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
