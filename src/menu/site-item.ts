/**
 * An ActionMenuItem of the site as far as this server looks after it. Pure. ShotGrid REST: `secret_token` can be written once
 * and never be read, newer sites alone have `signature_algorithm`, and the double plural `permissions_groups` is the site's own.
 */
import type { EntityLink, Row } from '../shotgrid/rows.ts';

/** Field code → what admins know it by. */
export const ITEM_FIELDS = {
  title: 'Title',
  entity_type: 'Entity Type',
  url: 'URL',
  list_order: 'Order',
  folder: 'Folder',
  selection_required: 'Selection Required',
  light_payload: 'Light Payload',
  open_in_overlay: 'Open in Modal Overlay',
  poll_for_data_updates: 'Poll For Data Updates',
  permissions_groups: 'Restrict to Permission Groups',
  projects: 'Restrict to Projects',
  signature_algorithm: 'Signature Algorithm',
  add_btn_behavior: 'Configure Menu Options',
} as const;

export type ItemField = keyof typeof ITEM_FIELDS;

export type ItemValue = string | number | boolean | null | readonly EntityLink[];

export type ItemValues = ReadonlyMap<ItemField, ItemValue>;

export type SiteItem = {
  readonly id: number;
  /** Of the fields that the site has. */
  readonly values: ItemValues;
  readonly updatedAt: string | undefined;
  /** What the site calls whoever changed it last. */
  readonly updatedBy: string | undefined;
};

const CHECKBOXES: readonly ItemField[] = [
  'selection_required',
  'light_payload',
  'open_in_overlay',
  'poll_for_data_updates',
];
const LINKS: readonly ItemField[] = ['permissions_groups', 'projects'];

/** @param fields - Those of {@link ITEM_FIELDS} that were asked for. */
export function parseItem(row: Row, fields: readonly ItemField[]): SiteItem {
  const { updated_at: at, updated_by: by } = row.fields;
  return {
    id: row.id,
    values: new Map(fields.map((field) => [field, parseValue(field, row.fields[field])])),
    updatedAt: typeof at === 'string' ? at : undefined,
    updatedBy: isLink(by) ? by.name : undefined,
  };
}

/** What a value is where nobody has set one. */
export function emptyValue(field: ItemField): ItemValue {
  if (CHECKBOXES.includes(field)) return false;
  if (LINKS.includes(field)) return [];
  if (field === 'signature_algorithm') return 'sha1';
  return field === 'add_btn_behavior' ? 'not_set' : null;
}

/** Whether the site would behave the same: lists of links have no order. */
export function isSameItemValue(a: ItemValue, b: ItemValue): boolean {
  return comparable(a) === comparable(b);
}

export function textValue(item: SiteItem, field: ItemField): string | undefined {
  const value = item.values.get(field);
  return typeof value === 'string' ? value : undefined;
}

export function linksValue(item: SiteItem, field: ItemField): readonly EntityLink[] {
  const value = item.values.get(field);
  return Array.isArray(value) ? (value as readonly EntityLink[]) : [];
}

function parseValue(field: ItemField, value: unknown): ItemValue {
  if (LINKS.includes(field)) return Array.isArray(value) ? value.filter(isLink) : [];
  if (CHECKBOXES.includes(field)) return value === true;
  if (field === 'list_order') return typeof value === 'number' ? value : null;
  return typeof value === 'string' && value !== '' ? value : emptyValue(field);
}

function isLink(value: unknown): value is EntityLink {
  return value !== null && typeof value === 'object' && 'type' in value && 'id' in value;
}

function comparable(value: ItemValue): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify((value as readonly EntityLink[]).map(({ type, id }) => `${type} ${id}`).sort());
}
