/** One page of a long list, found by name: what the address says, and where the other pages are. Pure. */

export type View = {
  /** From 1. */
  readonly page: number;
  /** Part of a name; empty for all. */
  readonly text: string;
};

export type Page<T> = {
  readonly items: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
  /** First and last of this page, from 1; 0 when there are none. */
  readonly from: number;
  readonly to: number;
  readonly previous: number | undefined;
  readonly next: number | undefined;
};

const PAGE_SIZE = 100;
const MAX_TEXT = 200;

/** `page` and `q` of an address; anything else is as if it were not there. */
export function readView(query: Readonly<Record<string, unknown>>): View {
  const { page, q } = query;
  return {
    page: typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
    text: typeof q === 'string' ? q.trim().slice(0, MAX_TEXT) : '',
  };
}

/** A page behind the last is the last. */
export function pageOf<T>(all: readonly T[], view: View, nameOf: (item: T) => string): Page<T> {
  const words = view.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = words.length === 0 ? all : all.filter((item) => hasAll(nameOf(item).toLowerCase(), words));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const page = Math.min(view.page, pages);
  const start = (page - 1) * PAGE_SIZE;
  const items = found.slice(start, start + PAGE_SIZE);
  return {
    items,
    total: found.length,
    from: items.length === 0 ? 0 : start + 1,
    to: start + items.length,
    previous: page > 1 ? page - 1 : undefined,
    next: page < pages ? page + 1 : undefined,
  };
}

function hasAll(name: string, words: readonly string[]): boolean {
  return words.every((word) => name.includes(word));
}

/** What a page shows of where it is: nothing when everything is on it and nobody searched. */
export function presentPager(
  page: Page<unknown>,
  all: number,
  view: View,
  path: string,
  others: Readonly<Record<string, string | undefined>>,
) {
  const kept = Object.entries(others).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const href = (number: number | undefined): string | undefined =>
    number === undefined
      ? undefined
      : `${path}?${new URLSearchParams([...kept, ...(view.text === '' ? [] : [['q', view.text]]), ['page', String(number)]] as [string, string][]).toString()}`;
  return all <= PAGE_SIZE && view.text === ''
    ? undefined
    : {
        path,
        kept,
        text: view.text,
        all,
        total: page.total,
        from: page.from,
        to: page.to,
        previousHref: href(page.previous),
        nextHref: href(page.next),
        clearHref: `${path}?${new URLSearchParams(kept).toString()}`,
      };
}
