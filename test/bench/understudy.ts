/** Understudy itself as a child process, set up for a studio in a box. */
import { join } from 'node:path';
import { newSecret, type Studio } from '../../infra/studio/start.ts';
import { freePort } from '../support/free-port.ts';
import { startChild, type Child } from './child.ts';

export type Surroundings = {
  readonly studio: Studio;
  /** Everything that the measurement writes. */
  readonly folder: string;
};

let started = 0;

/** @param databaseUrl - A new SQLite file when absent. */
export async function startUnderstudy({ studio, folder }: Surroundings, databaseUrl?: string): Promise<Child> {
  const port = await freePort();
  const name = `understudy-${++started}`;
  return startChild({
    script: new URL('../../src/main.ts', import.meta.url),
    environment: {
      ...studio.environment,
      PUBLIC_URL: `http://localhost:${port}`,
      PORT: String(port),
      SESSION_SECRETS: newSecret(),
      // As in the image, which brings its compiled sources along; here the first start makes them.
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      NODE_OPTIONS: '--max-semi-space-size=8',
      // Signed ahead, so that signing is not measured; on a busy machine a round may take longer than a click stays fresh.
      AMI_MAX_AGE_SECONDS: '600',
      // All clicks come from one person at one address, as fast as they can.
      RATE_LIMIT_ADDRESS: '10000000',
      RATE_LIMIT_PERSON: '10000000',
      DATABASE_URL: databaseUrl ?? `file:${join(folder, `${name}.db`)}`,
    },
    port,
    readyPath: '/readyz',
    logFile: join(folder, `${name}.log`),
  });
}
