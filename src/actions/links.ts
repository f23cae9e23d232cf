/** Links in field values: how they are told from other values, and how the site wants them sent. Pure. */
import type { FieldChange, FieldValue } from './plan.ts';
import { isSameValue } from './plan.ts';

export type Link = { readonly type: string; readonly id: number; readonly name?: string };

export function isLink(value: FieldValue | undefined): value is Link & Readonly<Record<string, FieldValue>> {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    typeof (value as Partial<Link>).type === 'string' &&
    Number.isSafeInteger((value as Partial<Link>).id)
  );
}

/** The links in a value: none, one or several. */
export function linksOf(value: FieldValue | undefined): readonly Link[] {
  if (Array.isArray(value)) return (value as readonly FieldValue[]).filter(isLink);
  return isLink(value) ? [value] : [];
}

/** Type and id alone: the site takes no names. */
function bare(value: FieldValue): FieldValue {
  if (Array.isArray(value)) return (value as readonly FieldValue[]).map(bare);
  return isLink(value) ? { type: value.type, id: value.id } : value;
}

/** The field set to `after`, or undefined when it is so already. */
export function setChange(field: string, before: FieldValue, after: FieldValue): FieldChange | undefined {
  if (isSameValue(before, after)) return undefined;
  return linksOf(after).length === 0 ? { field, before, after } : { field, before, after, send: bare(after) };
}

/** `links` added to a list of links, or taken out of it; undefined when that changes nothing. Sent as what is added or taken. */
export function listChange(
  field: string,
  before: FieldValue,
  mode: 'add' | 'remove',
  links: readonly Link[],
): FieldChange | undefined {
  const held = linksOf(before);
  const has = (list: readonly Link[], link: Link): boolean =>
    list.some(({ type, id }) => type === link.type && id === link.id);
  const effective = links.filter(
    (link, index) => has(held, link) === (mode === 'remove') && !has(links.slice(0, index), link),
  );
  if (effective.length === 0) return undefined;
  const after = mode === 'add' ? [...held, ...effective] : held.filter((link) => !has(effective, link));
  return {
    field,
    before: held as readonly FieldValue[],
    after: after as readonly FieldValue[],
    send: { multi_entity_update_mode: mode, value: bare(effective) },
  };
}
