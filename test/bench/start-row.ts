/** From the start of the process, with no database yet, to the first `/readyz` that says yes. */
import { median } from './statistics.ts';
import type { Row } from './table.ts';
import { startUnderstudy, type Surroundings } from './understudy.ts';

const STARTS = 5;
const MOST_MS = 1_500;

export async function measureStart(surroundings: Surroundings): Promise<Row> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const server = await startUnderstudy(surroundings);
    times.push(server.readyAfterMs);
    await server.stop();
  }
  const typical = median(times);
  return {
    what: 'start to ready, new SQLite file',
    measured: `${(typical / 1000).toFixed(2)} s`,
    budget: `< ${(MOST_MS / 1000).toFixed(1)} s`,
    met: typical < MOST_MS,
  };
}
