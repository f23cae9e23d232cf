/** The Action Menu Items that a person finds in the right-click menu, and who is shown which. */
import { permissionSetOf } from './caller.ts';
import { PROJECT } from './seed.ts';
import type { SiteState } from './state.ts';
import type { Row } from './store.ts';
import { linksIn, textOf } from './values.ts';

/** What the browser may know of an item: never the secret. */
export type MenuEntry = {
  readonly id: number;
  readonly title: string;
  readonly folder: string | null;
  readonly selectionRequired: boolean;
  readonly overlay: boolean;
  readonly poll: boolean;
};

/** The items for pages of this type that this person is shown, in the admin's order. */
export function menuFor(state: SiteState, type: string, person: Row): readonly MenuEntry[] {
  return state.store
    .all('ActionMenuItem')
    .filter((item) => isInMenu(item) && isShown(state, item, type, person))
    .sort((a, b) => Number(a.values.get('list_order') ?? 0) - Number(b.values.get('list_order') ?? 0) || a.id - b.id)
    .map((item) => ({
      id: item.id,
      title: textOf(item, 'title'),
      folder: textOf(item, 'folder') || null,
      selectionRequired: item.values.get('selection_required') === true,
      overlay: item.values.get('open_in_overlay') === true,
      poll: item.values.get('poll_for_data_updates') === true,
    }));
}

/** Others stand beside or instead of "Add …", or in the person's own menu. */
function isInMenu(item: Row): boolean {
  return ['', 'not_set'].includes(textOf(item, 'add_btn_behavior'));
}

export function isShown(state: SiteState, item: Row, type: string, person: Row): boolean {
  const only = textOf(item, 'entity_type');
  if (item.retired || (only !== '' && only !== type)) return false;
  const groups = linksIn(item.values.get('permissions_groups')).map((group) => state.store.find(group.type, group.id));
  const rules = permissionSetOf(state.store, person);
  if (groups.length > 0 && !groups.some((group) => group !== undefined && textOf(group, 'code') === rules))
    return false;
  const projects = linksIn(item.values.get('projects'));
  return projects.length === 0 || projects.some((project) => project.id === PROJECT.id);
}
