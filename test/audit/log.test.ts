import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import { AuditUnavailableError } from '../../src/audit/errors.ts';
import { clickRefused } from '../../src/audit/events/clicks.ts';
import { changesIntended } from '../../src/audit/events/runs.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { Database } from '../../src/database/open.ts';
import { databases } from '../support/databases.ts';

type SessionTable = { sessions: { id: string; data: string; expires_at: string } };

const event = (reference: string) => loggedOut({ reference });

/** Writes a row of another module; the same id twice is refused by the database. */
const keep = (id: string) => async (transaction: Transaction<object>) => {
  const row = { id, data: '{}', expires_at: '2026-01-01T00:00:00Z' };
  await transaction.$extendTables<SessionTable>().insertInto('sessions').values(row).execute();
};

const keptIn = async ({ db }: Database) => {
  const { rows } = await sql<{ id: string }>`select id from sessions order by id`.execute(db);
  return rows.map((row) => row.id);
};

describe.each(databases)('the audit log in $name', ({ open, dialect }) => {
  const openLog = async (now = () => new Date('2026-01-02T03:04:05.678Z')) => {
    const database = await open();
    return { database, log: createAuditLog({ database, now }) };
  };

  it('seals the first record of a fresh database as the format says', async () => {
    const { log } = await openLog();
    const [record] = await log.append(
      loggedOut({ reference: 'K7Q2-9FMD', person: { login: 'artist', id: 12, proven: true } }),
    );
    // Computed with Python's hashlib.
    expect(record?.hash).toBe('b3a2a467cc728437db4423414f0733811a84bc98cf49dec72178eb3e4ffc7442');
    expect(await log.read(1)).toMatchObject({ ...record, content: { v: 1, type: 'logout' } });
  });

  it('gives records back byte for byte, whatever names they hold', async () => {
    const { log } = await openLog();
    const names = ['\0', '\ud800', '\ufffd', "'; drop table audit_records; --", '\u2028', '🎬 é', '"\\\n'];
    const sealed = await log.append(names.map((name) => clickRefused({ actionId: name }, { code: 'action_unknown' })));
    for (const [index, record] of sealed.entries()) {
      expect(await log.read(record.seq)).toMatchObject({ ...record, content: { actionId: names[index] } });
    }
    for (const name of names) expect((await log.search({ actionId: name })).records.length).toBeGreaterThan(0);
    expect(await log.verify()).toMatchObject({ intact: true, size: names.length });
  });

  it('keeps the order of those who append at once, and commits them together', async () => {
    const { log } = await openLog();
    const appended = await Promise.all(
      Array.from({ length: 250 }, (_, n) => log.append([event(`${n}`), event(`${n}b`)])),
    );
    expect(appended.flat().map((record) => record.seq)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
    expect(await log.verify()).toMatchObject({ intact: true, size: 500 });
  });

  it('keeps one chain when several parts of a process have a log each', async () => {
    const database = await open();
    const logs = await Promise.all(
      [1, 2, 3].map(async () => createAuditLog({ database: await open(database.url), now: () => new Date() })),
    );
    await Promise.all(Array.from({ length: 60 }, (_, n) => logs[n % 3]!.append(event(`${n}`))));
    expect(await logs[0]!.verify()).toMatchObject({ intact: true, size: 60 });
  });

  it('takes a run of 50,000 rows', async () => {
    const { log } = await openLog();
    const fields = [{ field: 'sg_status_list', before: 'rev', after: 'apr' }];
    const changes = Array.from({ length: 50_000 }, (_, id) => ({
      kind: 'update' as const,
      entityType: 'Version',
      id,
      fields,
    }));
    const sealed = await log.append(changesIntended({ runId: 'r' }, changes));
    expect(sealed).toHaveLength(250);
    expect(await log.verify()).toMatchObject({ intact: true, size: 250 });
  });

  it('is checked while others append to it', async () => {
    const { log } = await openLog();
    await log.append(Array.from({ length: 1_200 }, (_, n) => event(`${n}`)));
    const checked = log.verify();
    await Promise.all(Array.from({ length: 20 }, () => log.append(event('later'))));
    expect(await checked).toMatchObject({ intact: true });
    expect(await log.verify()).toMatchObject({ intact: true, size: 1_220 });
  });

  it.each([0, -1, 2, 1.5, NaN, 2 ** 60])('has no record of the number %d', async (seq) => {
    const { log } = await openLog();
    await log.append(event('only'));
    expect(await log.read(seq)).toBeUndefined();
  });

  describe('with other writes alongside', () => {
    it('keeps both or neither', async () => {
      const { database, log } = await openLog();
      await log.append(event('kept'), { alongside: keep('a') });
      await expect(log.append(event('lost'), { alongside: keep('a') })).rejects.not.toBeInstanceOf(
        AuditUnavailableError,
      );
      expect(await keptIn(database)).toEqual(['a']);
      expect((await log.search({})).records.map((record) => record.content.reference)).toEqual(['kept']);
    });

    it('fails only the caller whose writes fail, with their own error', async () => {
      const { database, log } = await openLog();
      const boom = new Error('boom');
      const results = await Promise.allSettled([
        log.append(event('one'), { alongside: keep('a') }),
        log.append(event('two'), {
          alongside: async (transaction) => {
            await keep('b')(transaction);
            throw boom;
          },
        }),
        log.append(event('three'), { alongside: keep('a') }),
        log.append(event('four'), { alongside: keep('c') }),
        log.append(event('five')),
      ]);
      expect(results.map((result) => result.status)).toEqual([
        'fulfilled',
        'rejected',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect(results[1]).toMatchObject({ reason: boom });
      expect(await keptIn(database)).toEqual(['a', 'c']);
      const { records } = await log.search({});
      expect(records.map((record) => record.content.reference)).toEqual(['five', 'four', 'one']);
      expect(await log.verify()).toMatchObject({ intact: true, size: 3 });
    });

    it('refuses a caller who swallows the failure of its own statement', async () => {
      const { database, log } = await openLog();
      await log.append(event('one'), { alongside: keep('a') });
      const swallowing = log.append(event('two'), {
        alongside: async (transaction) => {
          await keep('b')(transaction);
          await keep('a')(transaction).catch(() => undefined);
        },
      });
      // SQLite carries on after a failed statement, PostgreSQL does not; either way both or neither are kept.
      const kept = await swallowing.then(
        () => ['a', 'b'],
        () => ['a'],
      );
      expect(kept).toEqual(dialect === 'sqlite' ? ['a', 'b'] : ['a']);
      expect(await keptIn(database)).toEqual(kept);
      expect(await log.verify()).toMatchObject({ intact: true, size: kept.length });
    });

    it('may have no events at all', async () => {
      const { database, log } = await openLog();
      expect(await log.append([], { alongside: keep('a') })).toEqual([]);
      expect(await keptIn(database)).toEqual(['a']);
    });
  });

  describe('searched', () => {
    it('finds what was appended a moment ago', async () => {
      const { log } = await openLog();
      for (const reference of ['one', 'two']) {
        await log.append(event(reference));
        expect((await log.search({ reference })).records).toHaveLength(1);
      }
    });

    it('matches every filter that is given', async () => {
      const { log } = await openLog();
      const refused = { code: 'ami_stale' };
      await log.append([
        clickRefused(
          {
            person: { login: 'artist', proven: false },
            realActor: { type: 'ApiUser', name: 'understudy' },
            subject: { issuer: 'https://idp.example', subject: 's1' },
            actionId: 'approve',
            launchId: 'l1',
            runId: 'r1',
            project: { id: 7, name: 'Demo' },
            reference: 'ref',
          },
          refused,
        ),
        clickRefused({ person: { login: 'Artist', proven: false } }, refused),
        event('other'),
      ]);
      const found = async (filter: Parameters<typeof log.search>[0]) =>
        (await log.search(filter)).records.map((record) => record.seq);
      for (const filter of [
        { person: 'artist' },
        { realActor: 'understudy' },
        { subject: 's1' },
        { actionId: 'approve' },
        { launchId: 'l1' },
        { runId: 'r1' },
        { projectId: 7 },
        { reference: 'ref' },
      ]) {
        expect(await found(filter)).toEqual([1]);
      }
      expect(await found({ type: 'click.refused' })).toEqual([2, 1]);
      expect(await found({ code: 'ami_stale', outcome: 'refused', person: 'Artist' })).toEqual([2]);
      expect(await found({ outcome: 'success' })).toEqual([3]);
      expect(await found({ person: "artist' or '1'='1" })).toEqual([]);
      expect(await found({ projectId: NaN })).toEqual([]);
    });

    it('includes the beginning of a span of time and not its end', async () => {
      let minute = 0;
      const { log } = await openLog(() => new Date(Date.UTC(2026, 0, 1, 0, minute++)));
      await log.append(['0', '1', '2', '3'].map(event));
      const { records } = await log.search({
        from: new Date(Date.UTC(2026, 0, 1, 0, 1)),
        to: new Date(Date.UTC(2026, 0, 1, 0, 3)),
      });
      expect(records.map((record) => record.content.reference)).toEqual(['2', '1']);
    });

    it('gives every record exactly once over all pages, newest first', async () => {
      const { log } = await openLog();
      await log.append(Array.from({ length: 23 }, (_, n) => event(n % 2 === 0 ? 'even' : 'odd')));
      const seen: number[] = [];
      for (let beforeSeq: number | undefined, more = true; more;) {
        const page = await log.search({ reference: 'even', limit: 5, beforeSeq });
        seen.push(...page.records.map((record) => record.seq));
        beforeSeq = page.nextBeforeSeq;
        more = beforeSeq !== undefined;
      }
      expect(seen).toEqual([23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
    });

    it('catches up with a long log that was never indexed', async () => {
      const { log } = await openLog();
      await log.append(Array.from({ length: 1_001 }, (_, n) => event(`${n}`)));
      expect((await log.search({ reference: '1000' })).records).toHaveLength(1);
      expect((await log.search({ reference: '0' })).records).toHaveLength(1);
    });
  });

  describe('tampered with in the database', () => {
    /** What somebody with all rights can do: take the guards off first. */
    const unguarded = async (database: Database, ...statements: string[]) => {
      const drop =
        dialect === 'postgres'
          ? ['append_only', 'no_delete'].map((name) => `drop trigger audit_records_${name} on audit_records`)
          : ['update', 'delete', 'replace'].map((verb) => `drop trigger audit_records_no_${verb}`);
      for (const statement of [...drop, ...statements]) await sql.raw(statement).execute(database.db);
    };

    it.each([
      ['an edited record', "update audit_records set line = replace(line, 'R3', 'R8') where seq = 3", 3, 'edited'],
      ['a deleted record', 'delete from audit_records where seq = 3', 3, 'missing'],
      ['a cut tail', 'delete from audit_records where seq > 3', 4, 'missing'],
      ['all records gone', 'delete from audit_records', 1, 'missing'],
      [
        'a head set back',
        'update audit_head set seq = 3, hash = (select hash from audit_records where seq = 3)',
        4,
        'head',
      ],
      ['a head of another log', `update audit_head set hash = '${'f'.repeat(64)}'`, 5, 'head'],
      [
        'two records swapped',
        'update audit_records set seq = case seq when 2 then -3 else -2 end where seq in (2, 3); update audit_records set seq = -seq where seq < 0',
        2,
        'reordered',
      ],
      [
        'a record put in between',
        'update audit_records set seq = -seq - 1 where seq > 2; update audit_records set seq = -seq where seq < 0; insert into audit_records select 3, hash, line from audit_records where seq = 1',
        3,
        'inserted',
      ],
    ])('finds %s', async (_, statements, brokenAt, reason) => {
      const { database, log } = await openLog();
      await log.append(['R1', 'R2', 'R3', 'R4', 'R5'].map(event));
      await unguarded(database, ...statements.split('; '));
      expect(await log.verify()).toEqual({ intact: false, brokenAt, reason });
    });

    it('goes on recording, and the break stays where it was', async () => {
      const { database, log } = await openLog();
      await log.append(['R1', 'R2', 'R3'].map(event));
      await unguarded(database, 'delete from audit_records where seq = 2');
      await log.append(event('R4'));
      expect(await log.verify()).toEqual({ intact: false, brokenAt: 2, reason: 'missing' });
    });
  });
});
