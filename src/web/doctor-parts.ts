/** The doctor as the running server has it: over the database that is open, with a configuration that is good, for it started. */
import { statfs } from 'node:fs/promises';
import type { Config, Secrets } from '../config/config.ts';
import type { Database } from '../database/open.ts';
import type { Doctor } from '../doctor/doctor.ts';

export function createServersDoctor(deps: {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly now: () => Date;
}): Doctor {
  const { config, secrets, now } = deps;
  // The doctor closes what it opened; this one is not its own.
  const database: Database = { ...deps.database, close: () => Promise.resolve() };
  return async function look(questions) {
    // Imported when needed: it knows everything, and is seldom asked.
    const { createDoctor } = await import('../doctor/doctor.ts');
    const examine = createDoctor({
      inspected: { config, secrets, problems: [], effectless: [], unusable: new Set() },
      now,
      openDatabase: () => Promise.resolve(database),
      freeBytes: async (folder) => {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      },
    });
    return examine(questions);
  };
}
