/** ① The click: verified, recorded, stored, redirected; against a bare handler with the same store, in turns. */
import { join } from 'node:path';
import { newSecret } from '../../infra/studio/start.ts';
import { freePort } from '../support/free-port.ts';
import { startChild, type Child } from './child.ts';
import { ROWS_PER_CLICK, signedClicks } from './clicks.ts';
import { CONNECTIONS, postAll, type Load } from './load.ts';
import { median, quantile } from './statistics.ts';
import type { Row } from './table.ts';
import { startUnderstudy, type Surroundings } from './understudy.ts';

/** A number of each server for itself is noise when the machine is busy; the ratio of neighbours is not. */
const ROUNDS = 5;
const WARM_UP_CLICKS = 1_000;
const ROUND_SECONDS = 1.5;
const LEAST_CLICKS_PER_ROUND = 300;
const LEAST_RATIO = 0.6;
const MOST_P99_MS = 50;

/** @param databaseUrls - An empty database for each of the two; new SQLite files when absent. */
export async function measureClicks(
  surroundings: Surroundings,
  name: string,
  databaseUrls?: { readonly ours: string; readonly bare: string },
): Promise<readonly Row[]> {
  const ours = await startUnderstudy(surroundings, databaseUrls?.ours);
  const bare = await startBare(surroundings, databaseUrls?.bare ?? `file:${join(surroundings.folder, 'bare.db')}`);
  try {
    const post = (child: Child, count: number): Promise<Load> => {
      const { site, amiSecretToken } = surroundings.studio.facts;
      const bodies = signedClicks(count, { siteUrl: site, secretToken: amiSecretToken });
      return postAll(new URL('/ami/approve', child.origin), bodies);
    };
    const warm = [await post(ours, WARM_UP_CLICKS), await post(bare, WARM_UP_CLICKS)];
    const slowest = Math.min(...warm.map(({ perSecond }) => perSecond));
    const clicks = Math.max(LEAST_CLICKS_PER_ROUND, Math.round(slowest * ROUND_SECONDS));
    const rounds: { readonly ours: Load; readonly bare: Load }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Whoever goes second meets a warmer machine: they take turns.
      const first = round % 2 === 0 ? ours : bare;
      const loads = [await post(first, clicks), await post(first === ours ? bare : ours, clicks)];
      const [a, b] = (first === ours ? loads : loads.reverse()) as [Load, Load];
      rounds.push({ ours: a, bare: b });
    }
    return describe(name, rounds);
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

function describe(name: string, rounds: readonly { readonly ours: Load; readonly bare: Load }[]): readonly Row[] {
  const ratio = median(rounds.map(({ ours, bare }) => ours.perSecond / bare.perSecond));
  const p99 = median(rounds.map(({ ours }) => quantile(ours.latencies, 0.99)));
  const what = `click of ${ROWS_PER_CLICK} rows, ${name}, ${CONNECTIONS} connections`;
  const tell = (loads: readonly Load[]): string => {
    const [perSecond, p50, p99] = [
      median(loads.map((load) => load.perSecond)),
      ...[0.5, 0.99].map((share) => median(loads.map((load) => quantile(load.latencies, share)))),
    ];
    return `${perSecond.toFixed(0)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}`;
  };
  return [
    {
      what: `${what}: throughput`,
      measured: `${ratio.toFixed(2)} of bare`,
      budget: `≥ ${LEAST_RATIO.toFixed(2)} of bare`,
      met: ratio >= LEAST_RATIO,
    },
    { what: `${what}: p99`, measured: ms(p99), budget: `< ${ms(MOST_P99_MS)}`, met: p99 < MOST_P99_MS },
    { what: '  Understudy', measured: tell(rounds.map(({ ours }) => ours)), budget: '' },
    { what: '  bare Express + express-session', measured: tell(rounds.map(({ bare }) => bare)), budget: '' },
  ];
}

async function startBare({ folder }: Surroundings, databaseUrl: string): Promise<Child> {
  const port = await freePort();
  return startChild({
    script: new URL('./bare-server.ts', import.meta.url),
    environment: { PORT: String(port), DATABASE_URL: databaseUrl, SESSION_SECRET: newSecret() },
    port,
    readyPath: '/healthz',
    logFile: join(folder, `bare-${port}.log`),
  });
}

function ms(value: number | undefined): string {
  return value === undefined ? '?' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
