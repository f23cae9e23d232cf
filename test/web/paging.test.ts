import { describe, expect, it } from '@jest/globals';
import { pageOf, presentPager, readView } from '../../src/web/paging.ts';

const rows = Array.from({ length: 250 }, (_one, at) => `HSM_${String(at).padStart(3, '0')}`);
const name = (row: string): string => row;

describe('a page of a list', () => {
  it('holds a hundred rows and says where it is', () => {
    expect(pageOf(rows, { page: 2, text: '' }, name)).toMatchObject({
      total: 250,
      from: 101,
      to: 200,
      previous: 1,
      next: 3,
    });
    expect(pageOf(rows, { page: 3, text: '' }, name).items).toHaveLength(50);
  });

  it('behind the last is the last, and of nothing is empty', () => {
    expect(pageOf(rows, { page: 99, text: '' }, name)).toMatchObject({ from: 201, to: 250, next: undefined });
    expect(pageOf([], { page: 1, text: '' }, name)).toMatchObject({ items: [], total: 0, from: 0, to: 0 });
  });

  it('is of the rows whose name holds every word, whatever the case', () => {
    expect(pageOf(rows, { page: 1, text: 'hsm 24' }, name).items).toEqual(rows.filter((row) => row.includes('24')));
  });

  it('is what the address says, as far as that makes sense', () => {
    expect(readView({ page: '7', q: ' a ' })).toEqual({ page: 7, text: 'a' });
    for (const page of ['0', '-1', '1e3', 'x', ['1'], {}])
      expect(readView({ page, q: ['x'] })).toEqual({ page: 1, text: '' });
  });

  it('has a pager only where there is more, and one that keeps what else the address said', () => {
    const view = { page: 2, text: '' };
    expect(
      presentPager(pageOf(rows, view, name), rows.length, view, '/x', { plan: 'd', other: undefined }),
    ).toMatchObject({
      previousHref: '/x?plan=d&page=1',
      nextHref: '/x?plan=d&page=3',
    });
    const few = rows.slice(0, 100);
    expect(presentPager(pageOf(few, view, name), few.length, { page: 1, text: '' }, '/x', {})).toBeUndefined();
  });
});
