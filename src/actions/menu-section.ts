/**
 * What an action file says of its menu item in ShotGrid: the key `menu`, one item or a list of them. An action without the key
 * has no item that this server looks after. Written in snake case in YAML and in camel case in TypeScript.
 */
import { z } from 'zod';
import type { Access, MenuEntry } from './definition.ts';

const entityType = z.string().regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'must be an entity type such as Version');
const oneLine = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^(?! )\P{Cc}+(?<! )$/u, 'must be one line, without spaces around it');

/** Where ShotGrid can show an item. */
const MENU_PLACES = ['right_click_menu', 'add_dropdown', 'add_button', 'user_menu'] as const;

const menuItem = z.strictObject({
  title: oneLine(100).optional(),
  entity_types: z.array(entityType).min(1).max(50).optional(),
  folder: oneLine(100).optional(),
  order: z.int().min(0).max(1_000_000).optional(),
  overlay: z.boolean().default(false),
  polling: z.boolean().optional(),
  selection_required: z.boolean().optional(),
  light_payload: z.boolean().default(false),
  permission_groups: z.array(oneLine(200)).max(100).optional(),
  projects: z
    .array(
      z.union([z.int().positive('must be the name or the id of a project'), oneLine(200)], {
        error: 'must be the name or the id of a project',
      }),
    )
    .max(500)
    .optional(),
  appears_in: z.enum(MENU_PLACES, { error: `must be one of ${MENU_PLACES.join(', ')}` }).default('right_click_menu'),
});

type MenuItemSection = z.output<typeof menuItem>;

export const MENU_KEYS: readonly string[] = Object.keys(menuItem.shape);

/** A mapping or a list of them; problems are told where they stand in the file, whichever it is. */
export const menuPiece = z
  .unknown()
  .optional()
  .transform((given, context): readonly MenuItemSection[] => {
    if (given === undefined) return [];
    const isList = Array.isArray(given);
    // `menu:` with nothing behind it asks for an item with every default.
    const list: readonly unknown[] = isList ? given : [given ?? {}];
    if (isList && (list.length === 0 || list.length > 20)) {
      context.issues.push({
        code: 'custom',
        message: 'must be a menu item or a list of 1 to 20 of them',
        input: given,
      });
    }
    return list.flatMap((one, index) => {
      const parsed = menuItem.safeParse(one);
      if (parsed.success) return [parsed.data];
      for (const issue of parsed.error.issues) {
        context.issues.push({ ...issue, path: [...(isList ? [index] : []), ...issue.path], input: one } as never);
      }
      return [];
    });
  });

/** What the section takes from the action where it says nothing itself. */
export type MenuDefaults = {
  readonly title: string;
  readonly entityTypes: readonly string[];
  readonly access: Access;
  readonly lightPayload: boolean;
  /** Whether the action changes anything that a page could be watching. */
  readonly isReport: boolean;
};

export type MenuSectionProblem = { readonly path: readonly PropertyKey[]; readonly message: string };

/** The items with every default filled in, and what does not fit the action that they belong to. */
export function menuEntries(
  sections: readonly MenuItemSection[],
  action: MenuDefaults,
): { readonly entries: readonly MenuEntry[]; readonly problems: readonly MenuSectionProblem[] } {
  const problems: MenuSectionProblem[] = [];
  const seen = new Set<string>();
  const entries = sections.map((section, index): MenuEntry => {
    const path = (key: string): readonly PropertyKey[] => (sections.length > 1 ? ['menu', index, key] : ['menu', key]);
    const title = section.title ?? action.title;
    const entityTypes = [...new Set(section.entity_types ?? action.entityTypes)];
    for (const type of entityTypes) {
      if (!action.entityTypes.includes(type)) {
        problems.push({
          path: path('entity_types'),
          message: `the action is not for ${type}: every click would be refused`,
        });
      }
      const twin = JSON.stringify([type, title]);
      if (seen.has(twin)) problems.push({ path: path('title'), message: `${type} has an item "${title}" already` });
      seen.add(twin);
    }
    if (section.light_payload && !action.lightPayload) {
      problems.push({
        path: path('light_payload'),
        message: 'needs an action with light_payload: its clicks are not signed',
      });
    }
    return {
      title,
      entityTypes,
      folder: section.folder,
      order: section.order,
      overlay: section.overlay,
      polling: section.polling ?? !action.isReport,
      selectionRequired: section.selection_required ?? section.appears_in === 'right_click_menu',
      lightPayload: section.light_payload,
      permissionGroups: section.permission_groups ?? action.access.permissionGroups,
      projects: section.projects ?? action.access.projects,
      appearsIn: section.appears_in,
    };
  });
  return { entries, problems };
}
