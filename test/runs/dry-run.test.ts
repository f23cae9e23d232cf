/** What ShotGrid would allow is told before anything is written, and asking writes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSite, type Site } from '../../infra/studio/site/start.ts';
import type { Change } from '../../src/actions/plan.ts';
import { checkPermissions, type DryRunLimits } from '../../src/runs/dry-run.ts';
import { createShotgrid, type Shotgrid } from '../../src/shotgrid/client.ts';
import { expectUnchanged } from '../support/auditor.ts';
import { noteOn, remove, setStatus } from './engine.ts';

const now = () => new Date();

let site: Site;
let shotgrid: Shotgrid;
beforeAll(async () => {
  site = await startSite();
  shotgrid = createShotgrid({ siteUrl: site.url, scriptName: site.scriptName, scriptKey: site.scriptKey, now });
});
beforeEach(() => site.reset());
afterAll(async () => {
  await shotgrid.close();
  await site.close();
});

async function ask(login: string, changes: readonly Change[], limits?: DryRunLimits) {
  const before = site.snapshot();
  const events = site.eventLog().length;
  const client = shotgrid.asPerson({ login });
  const permissions = await checkPermissions(client, { changes, untouched: [] }, { projectId: undefined, now, limits });
  expectUnchanged(site.snapshot(), before);
  expect(site.eventLog()).toHaveLength(events);
  return permissions;
}
const words = ({ rows }: Awaited<ReturnType<typeof ask>>) => rows.map(({ permission }) => permission);
const closeNote = (id: number): Change => ({
  kind: 'update',
  entityType: 'Note',
  id,
  name: `note ${id}`,
  fields: [{ field: 'sg_status_list', before: 'opn', after: 'clsd' }],
});
const batches = () => site.calls.filter(({ path }) => path.includes('_batch')).length;

describe('a dry run', () => {
  it('tells each refused row and ShotGrid’s reason, by a condition of the row too', async () => {
    const permissions = await ask('artist', [6001, 6003, 6004, 6006, 6007].map(closeNote));
    expect(words(permissions)).toEqual(['refused', 'refused', 'allowed', 'allowed', 'refused']);
    expect(permissions.counts).toEqual({ allowed: 2, refused: 3, unchecked: 0 });
    expect(permissions.rows[0]).toMatchObject({ reason: expect.stringContaining('created_by is current_user') });
  });

  it('costs one call when all are allowed', async () => {
    site.clearCalls();
    const all = Array.from({ length: 60 }, (_, index) => setStatus(6933 + index));
    expect((await ask('artist', all)).counts).toEqual({ allowed: 60, refused: 0, unchecked: 0 });
    expect(batches()).toBe(1);
  });

  it('asks nothing about a field that the schema calls read-only', async () => {
    site.clearCalls();
    const change = { ...setStatus(6933), fields: [{ field: 'code', before: 'a', after: 'b' }] } as Change;
    expect((await ask('artist', [change])).rows[0]).toMatchObject({
      permission: 'refused',
      reason: expect.stringContaining('[Version.code]'),
    });
    expect(batches()).toBe(0);
  });

  it('tells about deletes and creates, as each person may', async () => {
    const changes = [remove('Version', 6933), noteOn('n', 70), { ...noteOn('t', 70), entityType: 'Task' }];
    expect(words(await ask('artist', changes))).toEqual(['refused', 'allowed', 'refused']);
    expect(words(await ask('manager', changes))).toEqual(['allowed', 'allowed', 'allowed']);
  });

  it('says so where it cannot be told beforehand', async () => {
    const playlist = { ...noteOn('p', 70), entityType: 'Playlist' };
    const revive = { ...remove('Version', 6933), kind: 'revive' } as Change;
    const { rows } = await ask('manager', [playlist, revive]);
    expect(rows).toEqual(Array(2).fill({ permission: 'unchecked', why: 'cannot_tell' }));
  });

  it('takes a row that is gone for refused, and the others not', async () => {
    const permissions = await ask('artist', [setStatus(6933), setStatus(123456), setStatus(6934)]);
    expect(words(permissions)).toEqual(['allowed', 'refused', 'allowed']);
  });

  it('stops asking when its time is over, and says how far it came', async () => {
    let calls = 0;
    const clock = () => new Date(calls++ < 8 ? 0 : 60_000);
    const all = Array.from({ length: 60 }, (_, index) => setStatus(6933 + index));
    const { counts } = await checkPermissions(
      shotgrid.asPerson({ login: 'artist' }),
      { changes: all, untouched: [] },
      { projectId: undefined, now: clock, limits: { batchRows: 10, concurrency: 1, timeMs: 1_000 } },
    );
    expect(counts.allowed).toBeGreaterThan(0);
    expect(counts.allowed + counts.unchecked).toBe(60);
    expect(counts.unchecked).toBeGreaterThan(0);
  });

  it('claims nothing when ShotGrid does not answer', async () => {
    site.inject({ kind: 'bad_gateway', path: '_batch' });
    expect((await ask('artist', [setStatus(6933)])).rows).toEqual([{ permission: 'unchecked', why: 'site' }]);
  });
});
