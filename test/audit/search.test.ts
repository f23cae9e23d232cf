import { describe, expect, it } from '@jest/globals';
import { COUNTED_RECORDS } from '../../src/audit/activity.ts';
import type { AuditContext, AuditedChange, AuditEvent } from '../../src/audit/event.ts';
import { clickRefused } from '../../src/audit/events/clicks.ts';
import { planMade } from '../../src/audit/events/plans.ts';
import { changesIntended, runConfirmed } from '../../src/audit/events/runs.ts';
import { loggedOut } from '../../src/audit/events/sign-in.ts';
import { forgetIndex } from '../../src/audit/indexer.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { AuditFilter } from '../../src/audit/search-filter.ts';
import { wordsOf } from '../../src/audit/search-terms.ts';
import type { AuditTables } from '../../src/audit/tables.ts';
import type { Database } from '../../src/database/open.ts';
import { databases } from '../support/databases.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5, 8);

const change = (id: number, name: string, field = 'sg_status_list'): AuditedChange => ({
  kind: 'update',
  entityType: 'Version',
  id,
  name,
  fields: [{ field, before: 'rev', after: 'apr' }],
});

const who = (login: string, more: Partial<AuditContext> = {}): AuditContext => ({
  person: { login, proven: true },
  realActor: { type: 'ApiUser', name: 'understudy' },
  ...more,
});

/** A few weeks of made-up work: the same every time. */
function someEvents(count: number): AuditEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const login = ['artist', 'manager', 'admin.flag-on'][n % 3] ?? '';
    const context = who(login, {
      ...(n % 7 === 3 ? { realActor: { type: 'HumanUser', name: 'understudy' } } : {}),
      actionId: n % 2 === 0 ? 'approve' : 'omit',
      launchId: `launch-${n >> 2}`,
      runId: `run-${n >> 2}`,
      project: { id: 100 + (n % 4), name: `Project ${n % 4}` },
      reference: `REF-${n}`,
      clientAddress: `10.0.0.${n % 5}`,
    });
    switch (n % 5) {
      case 0:
        return changesIntended(context, [
          change(n % 7, `HSM_${n % 7}0_anm_v00${n % 3}`),
          change(1_000 + n, `Étude ${n}`, 'description'),
        ])[0]!;
      case 1:
        return clickRefused(context, { code: n % 2 === 0 ? 'ami_stale' : 'ami_replayed' });
      case 2:
        return planMade(context, { digest: 'd', changes: 1, untouched: 0 });
      case 3:
        return runConfirmed(context, { digest: 'd', undoOf: `run-${n >> 3}` });
      default:
        return loggedOut(who(login));
    }
  });
}

/** What a filter means, said the simple way. */
function matches(filter: AuditFilter, { content: c }: AuditRecord): boolean {
  const rows = (c.details?.['rows'] ?? []) as {
    entityType: string;
    id: number;
    name: string;
    fields: { field: string }[];
  }[];
  const { entity, field } = filter;
  const words = [c.project?.name ?? '', ...rows.map((row) => row.name)].flatMap(wordsOf);
  const equal: readonly (readonly [unknown, unknown])[] = [
    [filter.person, c.person?.login],
    [filter.realActor, c.realActor?.name],
    [filter.executor, c.realActor && (c.realActor.type === 'HumanUser' ? 'self' : 'script')],
    [filter.type, c.type],
    [filter.outcome, c.outcome],
    [filter.code, c.code],
    [filter.actionId, c.actionId],
    [filter.launchId, c.launchId],
    [filter.runId, c.runId],
    [filter.projectId, c.project?.id],
    [filter.reference, c.reference],
    [filter.clientAddress, c.clientAddress],
    [filter.undoOf, c.details?.['undoOf']],
    [filter.projectName?.toLowerCase(), c.project?.name?.toLowerCase()],
  ];
  return (
    equal.every(([asked, is]) => asked === undefined || asked === is) &&
    (filter.from === undefined || new Date(c.time) >= filter.from) &&
    (filter.to === undefined || new Date(c.time) < filter.to) &&
    ((entity === undefined && field === undefined) ||
      rows.some(
        (row) =>
          (entity === undefined || (row.entityType === entity.type && row.id === entity.id)) &&
          (field === undefined || row.fields.some((one) => one.field === field)),
      )) &&
    wordsOf(filter.text ?? '').every((word) => words.some((one) => one.startsWith(word)))
  );
}

const FILTERS: readonly AuditFilter[] = [
  {},
  { person: 'artist' },
  { person: 'artist', outcome: 'refused' },
  { realActor: 'understudy', actionId: 'omit', type: 'plan.made' },
  { executor: 'self' },
  { executor: 'script' },
  { executor: 'self', person: 'artist' },
  { executor: 'script', code: 'ami_stale' },
  { code: 'ami_stale' },
  { projectId: 102 },
  { projectName: 'project 1' },
  { projectName: 'project' },
  { launchId: 'launch-3' },
  { runId: 'run-9', person: 'manager' },
  { reference: 'REF-17' },
  { clientAddress: '10.0.0.3' },
  { entity: { type: 'Version', id: 5 } },
  { entity: { type: 'Version', id: 5 }, field: 'description' },
  { entity: { type: 'Version', id: 1_005 }, field: 'description' },
  { entity: { type: 'version', id: 5 } },
  { field: 'description' },
  { field: 'sg_status_list', person: 'manager' },
  { text: 'hsm' },
  { text: 'HSM_30' },
  { text: 'étude', projectId: 100 },
  { text: 'E\u0301TUDE 5' },
  { text: 'hsm nothing' },
  { text: '%_' },
  { undoOf: 'run-4' },
  { from: new Date(START + 30 * HOUR), to: new Date(START + 60 * HOUR) },
  { from: new Date(START + 30.5 * HOUR), to: new Date(START + 60.25 * HOUR), person: 'artist' },
  { from: new Date(START + 10 * HOUR), type: 'changes.intended', text: 'v001' },
  { to: new Date(START) },
  { from: new Date(START + 50 * HOUR), to: new Date(START + 10 * HOUR) },
  { person: "artist' or '1'='1" },
  { text: "'; drop table audit_terms; --" },
];

describe.each(databases)('a search in $name', ({ open }) => {
  const RECORDS = 400;
  const openLog = async (pace = 17 * 60_000) => {
    const database = await open();
    let time = START;
    // Several servers' clocks: now and then one is behind.
    const log = createAuditLog({ database, now: () => new Date((time += time % 7 === 0 ? -pace / 3 : pace)) });
    return { database, log };
  };
  const all = async (log: ReturnType<typeof createAuditLog>): Promise<readonly AuditRecord[]> =>
    Promise.all(Array.from({ length: RECORDS }, async (_, n) => (await log.read(n + 1))!));

  it('finds exactly what a look at every record finds, and counts it', async () => {
    const { log } = await openLog();
    await log.append(someEvents(RECORDS));
    const records = (await all(log)).toReversed();
    for (const filter of FILTERS) {
      const expected = records.filter((record) => matches(filter, record)).map(({ seq }) => seq);
      const found = await log.search({ ...filter, limit: 500 });
      expect({ filter, found: found.records.map(({ seq }) => seq) }).toEqual({ filter, found: expected });
      const { total, isComplete, bars } = await log.activity(filter);
      expect({ filter, total, isComplete }).toEqual({ filter, total: expected.length, isComplete: true });
      const inBars = bars.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0);
      expect({ filter, inBars }).toEqual({ filter, inBars: expected.length });
    }
  });

  it('can be walked in both directions, and says where there is more', async () => {
    const { log } = await openLog();
    await log.append(someEvents(RECORDS));
    const filter = { person: 'manager', limit: 20 };
    const first = await log.search(filter);
    expect(first.newerAfterSeq).toBeUndefined();
    const second = await log.search({ ...filter, beforeSeq: first.nextBeforeSeq });
    const back = await log.search({ ...filter, afterSeq: second.newerAfterSeq });
    expect(back.records).toEqual(first.records);
    expect(back.newerAfterSeq).toBeUndefined();
    expect(back.nextBeforeSeq).toBe(first.nextBeforeSeq);
    const oldest = await log.search({ ...filter, afterSeq: 0 });
    expect(oldest.records.map(({ seq }) => seq)).toEqual(
      oldest.records.map(({ seq }) => seq).toSorted((a, b) => b - a),
    );
    expect(oldest.records.at(-1)?.seq).toBe(2);
    expect(oldest.newerAfterSeq).toBeDefined();
  });

  it('says the same after its index was forgotten and made anew', async () => {
    const { database, log } = await openLog();
    await log.append(someEvents(RECORDS));
    const before = await Promise.all(FILTERS.map((filter) => log.activity(filter)));
    await forgetIndex(database.db.$extendTables<AuditTables>());
    const after = await Promise.all(FILTERS.map((filter) => log.activity(filter)));
    expect(after).toEqual(before);
  });

  it('is not confused by an index that two processes fill at once', async () => {
    const { database, log } = await openLog();
    const other = createAuditLog({
      database: await open((database as Database & { url: string }).url),
      now: () => new Date(),
    });
    await log.append(someEvents(RECORDS));
    const [one, two] = await Promise.all([log.activity({}), other.activity({})]);
    expect([one.total, two.total]).toEqual([RECORDS, RECORDS]);
  });

  it('names who acted as whom, most first', async () => {
    const { log } = await openLog();
    await log.append([
      ...Array.from({ length: 3 }, () => loggedOut(who('manager', { actionId: 'omit' }))),
      ...Array.from({ length: 5 }, () => loggedOut(who('artist', { actionId: 'approve' }))),
      loggedOut({}),
    ]);
    expect((await log.activity({})).actors.list).toEqual([
      { person: 'artist', realActor: 'understudy', actionId: 'approve', records: 5 },
      { person: 'manager', realActor: 'understudy', actionId: 'omit', records: 3 },
    ]);
  });

  it('counts single records up to a limit and then says that there are more', async () => {
    const { log } = await openLog(1);
    const more = Array.from({ length: COUNTED_RECORDS + 5 }, () => loggedOut({ clientAddress: '10.0.0.1' }));
    for (let start = 0; start < more.length; start += 2_000) await log.append(more.slice(start, start + 2_000));
    expect(await log.activity({ clientAddress: '10.0.0.1' })).toMatchObject({
      total: COUNTED_RECORDS,
      isComplete: false,
    });
    // What the hourly counts know has no limit.
    expect(await log.activity({ type: 'logout' })).toMatchObject({ total: COUNTED_RECORDS + 5, isComplete: true });
  });

  it('streams every match once, oldest first, without what is appended meanwhile', async () => {
    const { log } = await openLog();
    await log.append(someEvents(RECORDS));
    const seen: number[] = [];
    for await (const part of log.stream({ realActor: 'understudy' })) {
      seen.push(...part.map(({ seq }) => seq));
      if (seen.length < 2 * RECORDS) await log.append(loggedOut(who('late')));
    }
    expect(seen).toEqual(Array.from({ length: RECORDS }, (_, n) => n + 1));
  });
});

describe.each(databases)('the story of a record in $name', ({ open }) => {
  it('is all of its click in order, with the runs that took it back', async () => {
    const database = await open();
    const log = createAuditLog({ database, now: () => new Date(START) });
    const click = who('artist', { launchId: 'L1', runId: 'R1' });
    await log.append([
      planMade(who('artist', { launchId: 'L1' }), { digest: 'd', changes: 1, untouched: 0 }),
      loggedOut(who('artist')),
      runConfirmed(click, { digest: 'd' }),
      ...changesIntended(click, [change(1, 'v1')]),
      runConfirmed(who('manager', { launchId: 'L2', runId: 'R2' }), { digest: 'u', undoOf: 'R1' }),
    ]);
    const seqs = (records: readonly AuditRecord[]) => records.map(({ seq }) => seq);
    const story = await log.story((await log.read(4))!);
    expect(seqs(story.records)).toEqual([1, 3, 4]);
    expect(seqs(story.takenBackBy)).toEqual([5]);
    expect(story.takesBack).toBeUndefined();
    const undo = await log.story((await log.read(5))!);
    expect([seqs(undo.records), undo.takesBack?.seq]).toEqual([[5], 3]);
    expect(seqs((await log.story((await log.read(2))!)).records)).toEqual([2]);
  });
});
