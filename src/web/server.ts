/** Parts → a server that listens, and that drains when it is told to. */
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config, Secrets } from '../config/config.ts';
import { createApp } from './app.ts';
import { createPatientServer } from './limits/connections.ts';
import type { Logger } from './logger.ts';
import { createParts, type Overrides } from './parts.ts';

export type RunningServer = {
  readonly port: number;
  /** Takes no more requests, lets runs end their batch, and closes everything. */
  drain(): Promise<void>;
};

const PRUNE_EVERY_MS = 60_000;
/** Counts of what was refused are recorded at most this much late. */
const SETTLE_EVERY_MS = 5_000;
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
  const server = createPatientServer(app, {
    slowSeconds: config.limits.slowSeconds,
    most: config.limits.connections,
    isBehindProxy: config.trustProxy !== false,
  });
  await listen(server, config.port, config.host).catch(async (error: unknown) => {
    await parts.close();
    throw error;
  });
  await parts.performer.resume();
  const timers = [
    setInterval(() => void parts.prune(), PRUNE_EVERY_MS),
    setInterval(() => void parts.tally.settle(), SETTLE_EVERY_MS),
    setInterval(() => void parts.refreshActions(), REFRESH_ACTIONS_EVERY_MS),
  ];

  return {
    port: (server.address() as AddressInfo).port,
    async drain() {
      isDraining = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all([parts.performer.drain(), close(server)]);
      await parts.tally.settle(true);
      await parts.close();
    },
  };
}

function listen(server: HttpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
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
