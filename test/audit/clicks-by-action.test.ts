import { describe, expect, it } from '@jest/globals';
import { clickReceived, clickRefused } from '../../src/audit/events/clicks.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { databases } from '../support/databases.ts';

describe.each(databases)('clicks by action on $name', ({ open }) => {
  it('counts people and clicks that were accepted, each once, from a day on', async () => {
    const database = await open();
    let day = 1;
    const log = createAuditLog({ database, now: () => new Date(Date.UTC(2026, 4, day)) });
    const click = (login: string, actionId: string, launchId: string, rows = 1) =>
      log.append(
        clickReceived(
          { person: { login, proven: false }, actionId, launchId },
          { selectedIds: Array.from({ length: rows }, (_, at) => at + 1), listed: rows, payload: 'full' },
        ),
      );
    await click('early', 'approve', 'a');
    day = 10;
    await click('artist', 'approve', 'b');
    await click('artist', 'approve', 'c');
    // Many rows are many records.
    await click('manager', 'approve', 'd', 5_000);
    await click('manager', 'retire', 'e');
    day = 11;
    await log.append(
      clickRefused({ person: { login: 'x', proven: false }, actionId: 'approve' }, { code: 'ami_stale' }),
    );
    const found = await log.clicksByAction(new Date(Date.UTC(2026, 4, 5)));
    await log.close();
    expect([...found].sort((a, b) => (a.action < b.action ? -1 : 1))).toEqual([
      { action: 'approve', last: new Date(Date.UTC(2026, 4, 10)), people: 2, clicks: 3 },
      { action: 'retire', last: new Date(Date.UTC(2026, 4, 10)), people: 1, clicks: 1 },
    ]);
  });
});
