/** Appends records one after the other from a process of its own and says which are durable: url, count, name. */
import { createAuditLog } from '../../src/audit/log.ts';
import { loggedOut } from '../../src/audit/events.ts';
import { openDatabase } from '../../src/database/open.ts';

const [url = '', count = '0', name = ''] = process.argv.slice(2);
const database = await openDatabase(url, { migrate: false });
const log = createAuditLog({ database, now: () => new Date() });
for (let n = 1; n <= Number(count); n += 1) {
  const [record] = await log.append(loggedOut({ reference: `${name}-${n}` }));
  process.stdout.write(`${record?.seq} ${record?.hash}\n`);
}
await log.close();
await database.close();
