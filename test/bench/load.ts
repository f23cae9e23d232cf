/** Sends requests over a fixed number of connections, one at a time on each, and measures how long each took. */
import { Pool } from 'undici';

export const CONNECTIONS = 16;

export type Load = {
  readonly perSecond: number;
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[];
};

/** Posts every body once. @throws when an answer is not the redirect that a click gets. */
export async function postAll(url: URL, bodies: readonly string[]): Promise<Load> {
  const pool = new Pool(url.origin, { connections: CONNECTIONS, pipelining: 1 });
  const latencies: number[] = [];
  let next = 0;

  async function sendInTurn(): Promise<void> {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const sent = performance.now();
      const response = await pool.request({
        method: 'POST',
        path: url.pathname,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
        body,
      });
      const text = await response.body.text();
      latencies.push(performance.now() - sent);
      if (response.statusCode !== 303) throw new Error(`${url.href} answered ${response.statusCode}: ${text}`);
    }
  }

  try {
    const started = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, sendInTurn));
    const seconds = (performance.now() - started) / 1000;
    return { perSecond: bodies.length / seconds, latencies: latencies.sort((a, b) => a - b) };
  } finally {
    await pool.close();
  }
}
