import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditContext } from '../../../src/audit/event.ts';
import { createRefusalTally, type RefusalTally, type TallyRecord } from '../../../src/web/limits/refusal-tally.ts';

let time: number;
let records: (TallyRecord & AuditContext)[];
let tally: RefusalTally;
beforeEach(() => {
  time = 0;
  records = [];
  tally = createRefusalTally({
    now: () => new Date(time),
    record: (context, what) => {
      records.push({ ...context, ...what });
      return Promise.resolve();
    },
    onTrouble: () => undefined,
  });
});

const meet = (key: string, limit = 'clicks') =>
  tally.note({ limit, per: 'address', key }, () => ({ clientAddress: key }));

describe('a flood in the log', () => {
  it('is its first refusal, as it happens, and one number at the end of the minute', async () => {
    for (let n = 0; n < 5_000; n += 1) await meet('192.0.2.1');
    expect(records).toEqual([{ clientAddress: '192.0.2.1', limit: 'clicks', per: 'address', refused: 1, seconds: 0 }]);
    time = 59_999;
    await tally.settle();
    expect(records).toHaveLength(1);
    time = 60_000;
    await tally.settle();
    expect(records.slice(1)).toEqual([
      { clientAddress: '192.0.2.1', limit: 'clicks', per: 'address', refused: 5_000, seconds: 60 },
    ]);
    await tally.settle();
    expect(records).toHaveLength(2);
    await meet('192.0.2.1');
    expect(records).toHaveLength(3);
  });

  it('that is one refusal is one record', async () => {
    await meet('192.0.2.1');
    time = 60_000;
    await tally.settle();
    expect(records).toHaveLength(1);
  });

  it('from ten thousand addresses is a bounded number of records, and none of its refusals goes uncounted', async () => {
    for (let n = 0; n < 10_000; n += 1) await meet(`192.0.2.${n}`);
    expect(records).toHaveLength(50);
    time = 60_000;
    await tally.settle();
    expect(records).toHaveLength(51);
    expect(records[50]).toEqual({ limit: 'clicks', per: 'address', refused: 9_950, seconds: 60 });
    // And the next minute begins anew.
    await meet('192.0.2.7');
    expect(records[51]).toMatchObject({ clientAddress: '192.0.2.7' });
  });

  it('is counted by limit and by whoever meets it', async () => {
    await meet('192.0.2.1');
    await meet('192.0.2.1', 'logins');
    await meet('192.0.2.2');
    expect(records).toHaveLength(3);
  });

  it('is told when the server stops in the middle of it', async () => {
    await meet('192.0.2.1');
    await meet('192.0.2.1');
    time = 3_000;
    await tally.settle(true);
    expect(records[1]).toMatchObject({ refused: 2, seconds: 3 });
  });

  it('is refused also when the log cannot take it', async () => {
    const troubles: unknown[] = [];
    const stubborn = createRefusalTally({
      now: () => new Date(time),
      record: () => Promise.reject(new Error('full')),
      onTrouble: (error) => troubles.push(error),
    });
    await stubborn.note({ limit: 'clicks', per: 'address', key: 'a' }, () => ({}));
    expect(troubles).toEqual([new Error('full')]);
  });
});
