/** Finds out whether a port is free before anything is started on it. */
import { createServer } from 'node:net';

/** A browser asked for `localhost` may try either first: a stranger on one of them would be met instead of us. */
const LOOPBACKS = ['127.0.0.1', '::1'];

/** Those of `ports` on which somebody listens on this machine. */
export async function takenPorts(ports: readonly number[]): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const port of ports) {
    const answers = await Promise.all(LOOPBACKS.map((host) => isTaken(port, host)));
    if (answers.includes(true)) taken.push(port);
  }
  return taken;
}

async function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    // A machine without IPv6 has nobody listening there.
    probe.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' || error.code === 'EACCES'),
    );
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(false)));
  });
}
