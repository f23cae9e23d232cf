/** A site and its actions for the pure tests: one item as its file says, and what may be changed about it. */
import type { MenuEntry } from '../../src/actions/definition.ts';
import type { MenuAction } from '../../src/menu/desired.ts';
import type { PlanInput } from '../../src/menu/plan.ts';
import { ITEM_FIELDS, type ItemField, type ItemValue, type SiteItem } from '../../src/menu/site-item.ts';

export const OURS = 'https://understudy.studio.example';

const ENTRY: MenuEntry = {
  title: 'Approve',
  entityTypes: ['Version'],
  folder: undefined,
  order: undefined,
  overlay: false,
  polling: true,
  selectionRequired: true,
  lightPayload: false,
  permissionGroups: [],
  projects: [],
  appearsIn: 'right_click_menu',
};

export function action(id = 'approve', entry: Partial<MenuEntry> | null = {}): MenuAction {
  return { id, signatureAlgorithm: undefined, menu: entry === null ? [] : [{ ...ENTRY, ...entry }] };
}

export function item(id: number, changes: Partial<Record<ItemField, ItemValue>> = {}): SiteItem {
  const values: Record<ItemField, ItemValue> = {
    title: 'Approve',
    entity_type: 'Version',
    url: `${OURS}/ami/approve`,
    list_order: 3,
    folder: null,
    selection_required: true,
    light_payload: false,
    open_in_overlay: false,
    poll_for_data_updates: true,
    permissions_groups: [],
    projects: [],
    signature_algorithm: 'sha1',
    add_btn_behavior: 'not_set',
    ...changes,
  };
  return {
    id,
    values: new Map(Object.entries(values) as [ItemField, ItemValue][]),
    updatedAt: '2026-05-01T12:00:00Z',
    updatedBy: 'Ada',
  };
}

export function input(changes: Partial<PlanInput> & { readonly items?: readonly SiteItem[] } = {}): PlanInput {
  const { items = [], site, ...rest } = changes;
  const fields = Object.keys(ITEM_FIELDS) as ItemField[];
  const places = ['not_set', 'include_in_dropdown', 'override_default', 'internal_resources'];
  const allowed: Partial<Record<ItemField, readonly string[]>> = {
    signature_algorithm: ['sha256', 'sha1'],
    add_btn_behavior: places,
  };
  return {
    publicUrl: OURS,
    algorithm: 'sha1',
    actions: [action()],
    broken: [],
    rotating: [],
    site: {
      fields: new Map(fields.map((field) => [field, allowed[field] ?? []])),
      items,
      groups: [
        { id: 2, name: 'Manager', names: ['Manager', 'manager'] },
        { id: 3, name: 'Artist', names: ['Artist', 'artist'] },
        { id: 8, name: 'Artist', names: ['Artist', 'artist_2'] },
      ],
      projects: [{ id: 116, name: 'Hyperspace Madness', names: ['Hyperspace Madness'] }],
      ...site,
    },
    ...rest,
  };
}
