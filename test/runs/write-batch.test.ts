import { describe, expect, it } from '@jest/globals';
import type { BatchRequest, BatchResult } from '../../src/shotgrid/batch.ts';
import type { ShotgridClient } from '../../src/shotgrid/client.ts';
import {
  OutcomeUnknownError,
  ShotgridNotFoundError,
  ShotgridRefusedError,
  ShotgridUnavailableError,
} from '../../src/shotgrid/errors.ts';
import { SudoFlagOffError } from '../../src/shotgrid/person-errors.ts';
import { writeBatch, type PositionedChange } from '../../src/runs/write-batch.ts';

const SITE = { status: 400, code: 104, errorId: 'e'.repeat(32), message: 'Not editable.' };

describe('a batch', () => {
  it('is one call, and every row is done', async () => {
    const site = fakeSite();
    expect(await writeBatch(site.client, changes(1, 2, 3))).toEqual(allOf([0, 1, 2], { outcome: 'done' }));
    expect(site.sent).toEqual([[1, 2, 3]]);
  });

  it('of nothing is no call', async () => {
    const site = fakeSite();
    expect(await writeBatch(site.client, [])).toEqual(new Map());
    expect(site.sent).toEqual([]);
  });

  it('that is refused is halved until the row that is refused stands alone', async () => {
    const site = fakeSite({ refuse: (id) => (id === 3 ? new ShotgridRefusedError(SITE) : undefined) });
    const outcomes = await writeBatch(site.client, changes(1, 2, 3, 4, 5));
    expect(outcomes.get(2)).toEqual({ outcome: 'refused', detail: 'Not editable.', siteErrorId: SITE.errorId });
    for (const position of [0, 1, 3, 4]) expect(outcomes.get(position)).toEqual({ outcome: 'done' });
    expect(site.written).toEqual([1, 2, 4, 5]);
  });

  it('writes no row twice, however many are refused', async () => {
    const site = fakeSite({ refuse: (id) => (id % 2 === 0 ? new ShotgridNotFoundError(SITE) : undefined) });
    const ids = Array.from({ length: 50 }, (_, index) => index + 1);
    const outcomes = await writeBatch(site.client, changes(...ids));
    expect(site.written).toEqual(ids.filter((id) => id % 2 === 1));
    expect([...outcomes.values()].filter(({ outcome }) => outcome === 'failed')).toHaveLength(25);
    expect(outcomes.size).toBe(50);
  });

  it('costs few calls when one of fifty is refused', async () => {
    const site = fakeSite({ refuse: (id) => (id === 17 ? new ShotgridRefusedError(SITE) : undefined) });
    await writeBatch(site.client, changes(...Array.from({ length: 50 }, (_, index) => index + 1)));
    expect(site.sent.length).toBeLessThanOrEqual(13);
  });

  it.each([
    ['failed', new ShotgridUnavailableError('unreachable')],
    ['refused', new SudoFlagOffError('artist')],
  ] as const)('is not halved for what concerns all of its rows: %s', async (outcome, error) => {
    const site = fakeSite({ refuse: () => error });
    const outcomes = await writeBatch(site.client, changes(1, 2, 3));
    expect([...outcomes.values()]).toEqual(Array(3).fill({ outcome, detail: error.message }));
    expect(site.sent).toHaveLength(1);
  });

  it('is sent again, after pauses, while the site asks to slow down', async () => {
    const pauses: number[] = [];
    const pause = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    const busy = fakeSite({
      refuse: () => (pauses.length < 2 ? new ShotgridUnavailableError('rate_limited') : undefined),
    });
    expect([...(await writeBatch(busy.client, changes(1, 2), pause)).values()]).toEqual(
      Array(2).fill({ outcome: 'done' }),
    );
    expect(pauses).toEqual([2_000, 5_000]);
    const never = fakeSite({ refuse: () => new ShotgridUnavailableError('rate_limited') });
    const outcomes = await writeBatch(never.client, changes(1), pause);
    expect(outcomes.get(0)).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('slow down') });
    expect(never.written).toEqual([]);
  });

  it('claims nothing after an error that nobody expected', async () => {
    const site = fakeSite({ refuse: () => new TypeError('a bug') });
    const outcomes = await writeBatch(site.client, changes(1));
    expect(outcomes.get(0)).toMatchObject({ outcome: 'unknown' });
    expect(JSON.stringify([...outcomes])).not.toContain('a bug');
  });
});

describe('the site’s answer', () => {
  it('is believed only as far as it shows the value asked for', async () => {
    const site = fakeSite({ stores: (id) => (id === 2 ? 'rev' : 'apr') });
    const outcomes = await writeBatch(site.client, changes(1, 2));
    expect(outcomes.get(0)).toEqual({ outcome: 'done' });
    expect(outcomes.get(1)).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('sg_status_list') });
  });

  it('that does not mention a row leaves it unknown', async () => {
    const site = fakeSite({ answers: (results) => results.slice(0, 1) });
    const outcomes = await writeBatch(site.client, changes(1, 2));
    expect(outcomes.get(0)).toEqual({ outcome: 'done' });
    expect(outcomes.get(1)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a write whose answer is lost', () => {
  const lost = { refuse: () => new OutcomeUnknownError('timed_out') };

  it('is read back: what shows the change is done, what does not is unknown', async () => {
    const site = fakeSite({
      ...lost,
      now: new Map([
        [1, 'apr'],
        [2, 'rev'],
        [3, 'hld'],
      ]),
    });
    const outcomes = await writeBatch(site.client, changes(1, 2, 3, 4));
    expect([...outcomes.values()].map(({ outcome }) => outcome)).toEqual(['done', 'unknown', 'unknown', 'unknown']);
    expect(site.sent).toHaveLength(1);
  });

  it('is unknown when it cannot be read back', async () => {
    const site = fakeSite({ ...lost, now: new ShotgridUnavailableError('unreachable') });
    expect((await writeBatch(site.client, changes(1))).get(0)).toMatchObject({ outcome: 'unknown' });
  });
});

type Fake = {
  readonly refuse?: (id: number) => Error | undefined;
  readonly stores?: (id: number) => string;
  readonly answers?: (results: BatchResult[]) => BatchResult[];
  /** What rows hold when they are read back. */
  readonly now?: ReadonlyMap<number, string> | Error;
};

/** All or nothing, as the site applies a batch. */
function fakeSite({
  refuse = () => undefined,
  stores = () => 'apr',
  answers = (all) => all,
  now = new Map(),
}: Fake = {}) {
  const sent: number[][] = [];
  const written: number[] = [];
  const row = (id: number, status: string) => ({
    type: 'Version',
    id,
    name: undefined,
    fields: { sg_status_list: status },
  });
  const client = {
    batch(requests: readonly BatchRequest[]) {
      const ids = requests.map((request) => ('id' in request ? request.id : 0));
      sent.push(ids);
      const refusal = ids.map(refuse).find((error) => error !== undefined);
      if (refusal !== undefined) return Promise.reject(refusal);
      written.push(...ids);
      return Promise.resolve(answers(ids.map((id) => ({ operation: 'update', row: row(id, stores(id)) }))));
    },
    rowsByIds(_type: string, ids: readonly number[]) {
      if (now instanceof Error) return Promise.reject(now);
      return Promise.resolve(ids.flatMap((id) => (now.has(id) ? [row(id, now.get(id) ?? '')] : [])));
    },
  } as unknown as ShotgridClient;
  return { client, sent, written };
}

function changes(...ids: readonly number[]): readonly PositionedChange[] {
  return ids.map((id, position) => ({
    position,
    change: {
      kind: 'update',
      entityType: 'Version',
      id,
      name: `v${id}`,
      fields: [{ field: 'sg_status_list', before: 'rev', after: 'apr' }],
    },
  }));
}

function allOf<T>(positions: readonly number[], outcome: T): Map<number, T> {
  return new Map(positions.map((position) => [position, outcome]));
}
