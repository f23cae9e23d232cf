/** The server: environment → configuration → parts → listen → drain. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pino } from 'pino';
import { ActionFilesError } from './actions/errors.ts';
import { ConfigError, parseConfig } from './config/config.ts';
import { startServer } from './web/server.ts';

try {
  const { config, secrets } = parseConfig(process.env, (path) => readFileSync(path, 'utf8'));
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const server = await startServer(config, secrets, log);
  log.info({ config, port: server.port }, `listening; open ${config.publicUrl}`);

  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, 'draining');
    await server.drain();
    log.info({}, 'stopped');
  };
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
} catch (error) {
  const isSetUp = error instanceof ConfigError || error instanceof ActionFilesError;
  process.stderr.write(
    `${isSetUp ? error.message : String(error instanceof Error ? (error.stack ?? error) : error)}\n`,
  );
  process.exitCode = 1;
}
