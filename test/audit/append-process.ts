/** Appends records from a process of its own, `burst` at a time, and says which are durable: url, count, name, burst. */
import { createAuditLog } from '../../src/audit/log.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { openDatabase } from '../../src/database/open.ts';

const [url = '', count = '0', name = '', burst = '1'] = process.argv.slice(2);
const database = await openDatabase(url, { migrate: false });
const log = createAuditLog({ database, now: () => new Date() });
for (let n = 1; n <= Number(count); n += Number(burst)) {
  await Promise.all(
    Array.from({ length: Number(burst) }, async (_, index) => {
      const [record] = await log.append(loggedOut({ reference: `${name}-${n + index}` }));
      process.stdout.write(`${record?.seq} ${record?.hash}\n`);
    }),
  );
}
await log.close();
await database.close();
