/** What action files ask for → items as they should stand in the site. Pure. What cannot be had is named, and the rest goes on. */
import type { ActionDefinition, MenuEntry } from '../actions/definition.ts';
import { didYouMean } from '../spelling.ts';
import type { EntityLink } from '../shotgrid/rows.ts';
import type { NamedRow, SiteFacts } from './site-facts.ts';
import {
  emptyValue,
  isSameItemValue,
  ITEM_FIELDS,
  type ItemField,
  type ItemValue,
  type ItemValues,
} from './site-item.ts';

/** What is needed of an action. */
export type MenuAction = Pick<ActionDefinition, 'id' | 'menu' | 'signatureAlgorithm'>;

export type DesiredItem = {
  readonly action: string;
  readonly entityType: string;
  /** Of the fields that the site has and the file has a word about. */
  readonly values: ItemValues;
};

export type MenuProblem = { readonly action: string; readonly message: string; readonly remedy: string };

/** A field that this site does not have, and the actions that would have wanted it. */
export type LeftOut = { readonly field: ItemField; readonly label: string; readonly actions: readonly string[] };

export type Desired = {
  readonly items: readonly DesiredItem[];
  readonly problems: readonly MenuProblem[];
  readonly leftOut: readonly LeftOut[];
};

const PLACES: Readonly<Record<MenuEntry['appearsIn'], string>> = {
  right_click_menu: 'not_set',
  add_dropdown: 'include_in_dropdown',
  add_button: 'override_default',
  user_menu: 'internal_resources',
};

/**
 * @param set.publicUrl - Our origin as browsers see it.
 * @param set.algorithm - What items sign with unless their action says otherwise.
 */
export function desiredItems(
  actions: readonly MenuAction[],
  site: Pick<SiteFacts, 'fields' | 'groups' | 'projects'>,
  set: { readonly publicUrl: string; readonly algorithm: 'sha1' | 'sha256' },
): Desired {
  const items: DesiredItem[] = [];
  const problems: MenuProblem[] = [];
  const missing = new Map<ItemField, Set<string>>();

  for (const action of actions) {
    const algorithm = action.signatureAlgorithm ?? set.algorithm;
    for (const entry of action.menu ?? []) {
      const groups = resolve(entry.permissionGroups, site.groups, 'permission group', 'PermissionRuleSet');
      const projects = resolve(entry.projects, site.projects, 'project', 'Project');
      const wanted = wantedValues(entry, algorithm, groups.links, projects.links);
      wanted.set('url', `${set.publicUrl}/ami/${action.id}`);
      const wrong = [...groups.problems, ...projects.problems, ...impossible(wanted, site.fields)];
      if (wrong.length > 0) {
        problems.push(...wrong.map((problem) => ({ action: action.id, ...problem })));
        continue;
      }
      for (const [field, value] of wanted) {
        if (site.fields.has(field)) continue;
        wanted.delete(field);
        if (isSameItemValue(value, emptyValue(field))) continue;
        missing.set(field, (missing.get(field) ?? new Set()).add(action.id));
      }
      for (const entityType of entry.entityTypes) {
        const values = new Map([['entity_type', entityType] as const, ...wanted]);
        items.push({ action: action.id, entityType, values });
      }
    }
  }
  const leftOut = [...missing].map(([field, ids]) => ({ field, label: ITEM_FIELDS[field], actions: [...ids] }));
  return { items, problems, leftOut };
}

function wantedValues(
  entry: MenuEntry,
  algorithm: string,
  groups: readonly EntityLink[],
  projects: readonly EntityLink[],
): Map<ItemField, ItemValue> {
  return new Map<ItemField, ItemValue>([
    ['title', entry.title],
    ['folder', entry.folder ?? null],
    ...(entry.order === undefined ? [] : [['list_order', entry.order] as const]),
    ['selection_required', entry.selectionRequired],
    ['light_payload', entry.lightPayload],
    ['open_in_overlay', entry.overlay],
    ['poll_for_data_updates', entry.polling],
    ['permissions_groups', groups],
    ['projects', projects],
    ['signature_algorithm', algorithm],
    ['add_btn_behavior', PLACES[entry.appearsIn]],
  ]);
}

type Problem = Omit<MenuProblem, 'action'>;

/** What the site would not do: then no item is better than one that does not work, or works for more people. */
function impossible(wanted: ReadonlyMap<ItemField, ItemValue>, fields: SiteFacts['fields']): readonly Problem[] {
  const problems: Problem[] = [];
  if (wanted.get('signature_algorithm') === 'sha256' && !fields.has('signature_algorithm')) {
    problems.push({
      message: 'this site signs with SHA-1 only, and every click would be refused',
      remedy: 'Write signature_algorithm: sha1 in the action file, or set AMI_SIGNATURE_ALGORITHM=sha1.',
    });
  }
  for (const field of ['permissions_groups', 'projects'] as const) {
    if (fields.has(field) || isSameItemValue(wanted.get(field) ?? [], [])) continue;
    problems.push({
      message: `this site has no field "${ITEM_FIELDS[field]}", so everybody would be shown the item`,
      remedy: 'Take the restriction out of the action file’s menu section.',
    });
  }
  for (const [field, allowed] of fields) {
    const value = wanted.get(field);
    if (allowed.length === 0 || typeof value !== 'string' || allowed.includes(value)) continue;
    problems.push({
      message: `this site does not offer "${value}" for "${ITEM_FIELDS[field]}"`,
      remedy: `It offers ${allowed.join(', ')}.`,
    });
  }
  return problems;
}

function resolve(
  wanted: readonly (number | string)[],
  known: readonly NamedRow[],
  what: string,
  type: string,
): { readonly links: readonly EntityLink[]; readonly problems: readonly Problem[] } {
  const links = new Map<number, EntityLink>();
  const problems: Problem[] = [];
  for (const name of wanted) {
    const found = known.filter(({ id, names }) => (typeof name === 'number' ? id === name : names.includes(name)));
    const [first] = found;
    if (found.length === 1 && first !== undefined) {
      links.set(first.id, { type, id: first.id, name: first.name });
      continue;
    }
    problems.push(
      found.length === 0
        ? {
            message: `there is no ${what} ${nameText(name)} on this site${didYouMean(
              String(name),
              known.flatMap((row) => row.names),
            )}`,
            remedy: `Write the name of a ${what} exactly as ShotGrid shows it.`,
          }
        : {
            message: `"${name}" is the name of ${found.length} ${what}s (${found.map(({ id }) => id).join(', ')})`,
            remedy:
              type === 'Project'
                ? 'Write the id of the one that is meant.'
                : 'Rename one of them in ShotGrid, or write the code of the one that is meant.',
          },
    );
  }
  return { links: [...links.values()], problems };
}

function nameText(name: number | string): string {
  return typeof name === 'number' ? `with the id ${name}` : `"${name}"`;
}
