/** What the site says that menu items are planned by: its items, what their fields are, its permission groups and projects. */
import type { ShotgridClient } from '../shotgrid/client.ts';
import { ITEM_FIELDS, parseItem, type ItemField, type SiteItem } from './site-item.ts';

/** Somebody whom an item can be restricted to, or some project: by its id and by every name it goes by. */
export type NamedRow = { readonly id: number; readonly name: string; readonly names: readonly string[] };

export type SiteFacts = {
  /** Fields that this site has, with the values that they may hold; none: any. */
  readonly fields: ReadonlyMap<ItemField, readonly string[]>;
  readonly items: readonly SiteItem[];
  readonly groups: readonly NamedRow[];
  readonly projects: readonly NamedRow[];
};

type Reader = Pick<ShotgridClient, 'search' | 'fields'>;

export async function readSiteFacts(script: Reader): Promise<SiteFacts> {
  const fields = await readItemFields(script);
  const [items, groups, projects] = await Promise.all([
    readItems(script, [...fields.keys()]),
    readGroups(script),
    readProjects(script),
  ]);
  return { fields, items, groups, projects };
}

/** The items alone, with the fields that the site has. */
export async function readSiteItems(
  script: Reader,
): Promise<{ readonly items: readonly SiteItem[]; readonly fields: readonly ItemField[] }> {
  const fields = [...(await readItemFields(script)).keys()];
  return { fields, items: await readItems(script, fields) };
}

async function readItems(
  script: Pick<ShotgridClient, 'search'>,
  fields: readonly ItemField[],
): Promise<readonly SiteItem[]> {
  const rows = await script.search('ActionMenuItem', { fields: [...fields, 'updated_at', 'updated_by'] });
  return rows.map((row) => parseItem(row, fields));
}

async function readItemFields(script: Reader): Promise<SiteFacts['fields']> {
  const schema = await script.fields('ActionMenuItem');
  const known = Object.keys(ITEM_FIELDS) as ItemField[];
  return new Map(
    known.flatMap((field): [ItemField, readonly string[]][] => {
      const found = schema.get(field);
      return found === undefined ? [] : [[field, found.dataType === 'list' ? found.validValues : []]];
    }),
  );
}

/** People's groups alone: scripts and clients have permission groups of the same names. */
async function readGroups(script: Reader): Promise<readonly NamedRow[]> {
  const rows = await script.search('PermissionRuleSet', { fields: ['code', 'display_name', 'entity_type'] });
  return rows
    .filter(({ fields }) => typeof fields['entity_type'] !== 'string' || fields['entity_type'] === 'HumanUser')
    .map(({ id, fields }) => named(id, [fields['display_name'], fields['code']]));
}

async function readProjects(script: Reader): Promise<readonly NamedRow[]> {
  const rows = await script.search('Project', { fields: ['name'], includeArchivedProjects: true });
  return rows.map(({ id, fields }) => named(id, [fields['name']]));
}

function named(id: number, given: readonly unknown[]): NamedRow {
  const names = given.filter((name) => typeof name === 'string' && name !== '') as string[];
  return { id, name: names[0] ?? String(id), names };
}
