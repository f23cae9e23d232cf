/** What of an inventory is asked for, and in which order: from the address bar to rows. Pure. */
import { isFinding, severity, type Finding } from '../menu/findings.ts';
import type { InventoryItem } from '../menu/inventory.ts';
import { FormInvalidError } from './errors.ts';

export type FoundItem = { readonly item: InventoryItem; readonly url: string; readonly findings: readonly Finding[] };

export const SORTS = ['findings', 'item', 'calls', 'shown_to', 'used'] as const;
export type Sort = (typeof SORTS)[number];

export type InventoryQuery = {
  /** As typed, without the space around it. */
  readonly text: string;
  readonly finding: Finding | undefined;
  /** Undefined: as in the site's own menu. */
  readonly sort: Sort | undefined;
  readonly isDescending: boolean;
};

const MAX_TEXT_LENGTH = 200;

/** @throws {@link FormInvalidError} for what no link and no form of the page asks for: showing something else would mislead. */
export function parseInventoryQuery(query: Readonly<Record<string, unknown>>): InventoryQuery {
  const word = (name: string): string => {
    const value = query[name];
    if (value !== undefined && typeof value !== 'string') throw new FormInvalidError([name]);
    return value ?? '';
  };
  const [text, finding, sort, direction] = [word('q').trim(), word('finding'), word('sort'), word('dir')];
  const sorted = SORTS.find((one) => one === sort);
  const wrong = [
    ...(text.length > MAX_TEXT_LENGTH ? ['q'] : []),
    ...(finding !== '' && !isFinding(finding) ? ['finding'] : []),
    ...(sort !== '' && sorted === undefined ? ['sort'] : []),
    ...(['', 'asc', 'desc'].includes(direction) ? [] : ['dir']),
  ];
  if (wrong.length > 0) throw new FormInvalidError(wrong);
  return { text, finding: isFinding(finding) ? finding : undefined, sort: sorted, isDescending: direction === 'desc' };
}

/** The part behind the path, canonical; empty when nothing special is asked for. */
export function inventoryQueryText({ text, finding, sort, isDescending }: InventoryQuery): string {
  const query = new URLSearchParams({
    ...(text === '' ? {} : { q: text }),
    ...(finding === undefined ? {} : { finding }),
    ...(sort === undefined ? {} : { sort, ...(isDescending ? { dir: 'desc' } : {}) }),
  }).toString();
  return query === '' ? '' : `?${query}`;
}

/** Every word of the text has to be somewhere in an item. Whatever has no value comes last, whichever way. */
export function pickItems(items: readonly FoundItem[], query: InventoryQuery): readonly FoundItem[] {
  const words = query.text.toLowerCase().split(/\s+/);
  const { sort, finding } = query;
  const picked = items.filter(
    (one) =>
      (finding === undefined || one.findings.includes(finding)) && words.every((word) => haystack(one).includes(word)),
  );
  if (sort === undefined) return picked;
  const keyed = picked.map((one) => ({ one, key: SORT_KEYS[sort](one) }));
  const way = query.isDescending ? -1 : 1;
  return keyed
    .sort((a, b) => {
      if (a.key === undefined || b.key === undefined) return Number(a.key === undefined) - Number(b.key === undefined);
      return way * compare(a.key, b.key);
    })
    .map(({ one }) => one);
}

function haystack({ item, url }: FoundItem): string {
  const { id, title, folder = '', entityType = '', action = '', permissionGroups, projects } = item;
  return [id, title, folder, entityType, url, action, ...permissionGroups, ...projects].join('\n').toLowerCase();
}

const SORT_KEYS: Readonly<Record<Sort, (one: FoundItem) => string | number | undefined>> = {
  findings: ({ findings }) => severity(findings) * 100 - findings.length,
  item: ({ item }) => item.title,
  calls: ({ url }) => (url === '' ? undefined : url),
  shown_to: ({ item }) => [...item.permissionGroups, ...item.projects].join(' ') || undefined,
  used: ({ item }) => item.lastClicked?.getTime(),
};

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));
}
