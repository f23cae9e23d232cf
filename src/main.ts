/** The server: environment → configuration → parts → listen → drain. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pino } from 'pino';
import { ActionFilesError } from './actions/errors.ts';
import { knowOwnName } from './actions/typescript/own-name.ts';
import { ConfigError, parseConfig } from './config/config.ts';
import { ServiceError } from './errors.ts';
import { createLogOutput } from './web/log-output.ts';
import { startServer } from './web/server.ts';

/** How long the last lines of the log may take. */
const LAST_LINES_MS = 2_000;

knowOwnName();
try {
  const { config, secrets } = parseConfig(process.env, (path) => readFileSync(path, 'utf8'));
  const output = createLogOutput({
    now: Date.now,
    onExit: (listener) => process.once('exit', listener),
    onLost: (lines) => log.warn({ lines }, 'lines of this log are lost: nobody read it for too long'),
  });
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output.stream);
  const server = await startServer(config, secrets, log);
  log.info({ config, port: server.port }, `listening; open ${config.publicUrl}`);

  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, 'draining');
    await server.drain();
    log.info({}, 'stopped');
    // What nobody reads would hold the process.
    if (!(await output.close(LAST_LINES_MS))) process.exit();
  };
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
} catch (error) {
  process.stderr.write(`${whyNot(error)}\n`);
  process.exitCode = 1;
}

/** For whoever starts the server: what to mend, and a stack only where nobody expected it. */
function whyNot(error: unknown): string {
  if (error instanceof ConfigError || error instanceof ActionFilesError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error instanceof ServiceError)
    return cause instanceof Error ? `${error.message}\n  ${cause.message}` : error.message;
  // The port is taken, or not ours to take.
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}
