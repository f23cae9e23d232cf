/** Resident memory of a server that has just started, and of one with 10,000 clicks that nobody has come back to. */
import { ROWS_PER_CLICK, signedClicks } from './clicks.ts';
import { postAll } from './load.ts';
import type { Row } from './table.ts';
import { startUnderstudy, type Surroundings } from './understudy.ts';

const PENDING = 10_000;
const BATCH = 500;
/** A very slow machine measures fewer, and says so. */
const MOST_MS_POSTING = 30_000;
const MOST_IDLE_MB = 150;
const MOST_PENDING_MB = 350;

export async function measureMemory(surroundings: Surroundings): Promise<readonly Row[]> {
  // The first start compiles, as the image did when it was built.
  await (await startUnderstudy(surroundings)).stop();
  const server = await startUnderstudy(surroundings);
  try {
    const idle = await server.residentMb();
    const { site, amiSecretToken } = surroundings.studio.facts;
    const started = performance.now();
    let posted = 0;
    while (posted < PENDING && performance.now() - started < MOST_MS_POSTING) {
      const bodies = signedClicks(BATCH, { siteUrl: site, secretToken: amiSecretToken });
      await postAll(new URL('/ami/approve', server.origin), bodies);
      posted += BATCH;
    }
    return [
      row('memory, idle', idle, MOST_IDLE_MB),
      row(
        `memory, ${posted.toLocaleString('en')} pending launches of ${ROWS_PER_CLICK} rows`,
        await server.residentMb(),
        MOST_PENDING_MB,
      ),
    ];
  } finally {
    await server.stop();
  }
}

function row(what: string, megabytes: number | undefined, mostMb: number): Row {
  const budget = `< ${mostMb} MB`;
  if (megabytes === undefined) return { what, measured: 'not measured: no /proc here', budget };
  return { what, measured: `${megabytes.toFixed(0)} MB`, budget, met: megabytes < mostMb };
}
