import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../src/actions/plan.ts';
import { splitBatches } from '../../src/runs/split-batches.ts';

const LIMITS = { batchRows: 50, concurrency: 4 };
const rows = (count: number, kind: Change['kind'] = 'update') =>
  Array.from({ length: count }, (_, position) => ({ position, change: { kind } as Change }));
const sizes = (count: number, limits = LIMITS) => splitBatches(rows(count), limits).map(({ length }) => length);

describe('rows of a window', () => {
  it.each([
    [0, []],
    [1, [1]],
    [9, [9]],
    [40, [10, 10, 10, 10]],
    [100, [25, 25, 25, 25]],
    [200, [50, 50, 50, 50]],
    [300, [37, 38, 37, 38, 37, 38, 37, 38]],
    [1000, Array(20).fill(50)],
  ])('%d go into batches of %j', (count, expected) => {
    expect(sizes(count)).toEqual(expected);
  });

  it('go one batch after the other where there is one at a time', () => {
    expect(sizes(120, { batchRows: 50, concurrency: 1 })).toEqual([40, 40, 40]);
  });

  it('keep their order, each in one batch', () => {
    const all = splitBatches(rows(333), LIMITS).flat();
    expect(all.map(({ position }) => position)).toEqual(rows(333).map(({ position }) => position));
  });

  it('that are revived go a few at a time, each being a call', () => {
    expect(splitBatches(rows(20, 'revive'), LIMITS).map(({ length }) => length)).toEqual([6, 7, 7]);
  });
});
