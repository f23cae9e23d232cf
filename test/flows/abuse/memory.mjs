/** Loaded into the server under test: whenever the file `MEMORY_ASKED` appears, collects garbage and says how much is left. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const { MEMORY_ASKED: asked } = process.env;
setInterval(() => {
  if (statSync(asked, { throwIfNoEntry: false }) === undefined) return;
  rmSync(asked);
  for (let round = 0; round < 4; round += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(`${asked}.part`, String(heapUsed + external));
  renameSync(`${asked}.part`, `${asked}.answer`);
}, 100).unref();
