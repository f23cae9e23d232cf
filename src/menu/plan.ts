/**
 * Items as files ask for them, against those of the site → what is to be made (+), changed (~) and retired (−), field by field.
 * Pure. Ours are those whose URL is our address, `/ami/` and a name; no other is ever in a plan.
 */
import { calledBy } from './called.ts';
import { desiredItems, type DesiredItem, type LeftOut, type MenuAction, type MenuProblem } from './desired.ts';
import type { SiteFacts } from './site-facts.ts';
import { isSameItemValue, ITEM_FIELDS, textValue, type ItemField, type ItemValue, type SiteItem } from './site-item.ts';

export type FieldDiff = {
  readonly field: ItemField;
  readonly label: string;
  /** Null for an item that is yet to be made. */
  readonly before: ItemValue;
  readonly after: ItemValue;
};

type Named = { readonly action: string; readonly title: string; readonly entityType: string | undefined };

export type CreateItem = Named & { readonly kind: 'create'; readonly fields: readonly FieldDiff[] };
export type UpdateItem = Named & {
  readonly kind: 'update';
  readonly id: number;
  readonly fields: readonly FieldDiff[];
  /** As it was when this was planned. */
  readonly seen: SiteItem;
};
export type RetireItem = Named & {
  readonly kind: 'retire';
  readonly id: number;
  readonly fields: readonly [];
  /** No file of that name, or a file that does not ask for this item (any more). */
  readonly reason: 'no_action' | 'not_in_file';
  readonly seen: SiteItem;
};
export type MenuChange = CreateItem | UpdateItem | RetireItem;

export type MenuPlan = {
  readonly changes: readonly MenuChange[];
  /** Items that are as their files say. */
  readonly unchanged: readonly { readonly id: number; readonly action: string }[];
  readonly problems: readonly MenuProblem[];
  readonly leftOut: readonly LeftOut[];
  /** Ours by their URL, of actions whose files say nothing of a menu: made by hand and left alone. */
  readonly byHand: readonly { readonly id: number; readonly action: string; readonly title: string }[];
  /** Actions whose tokens are being changed now, or whose files are broken: their items are not looked at. */
  readonly leftAlone: readonly { readonly action: string; readonly why: 'rotating' | 'broken_file' }[];
};

export type PlanInput = {
  readonly publicUrl: string;
  readonly algorithm: 'sha1' | 'sha256';
  readonly actions: readonly MenuAction[];
  /** Names of actions whose files cannot be used now. */
  readonly broken: readonly string[];
  /** Names of actions whose old and new items stand side by side. */
  readonly rotating: readonly string[];
  readonly site: SiteFacts;
};

export function planMenu(input: PlanInput): MenuPlan {
  const { publicUrl, actions, site } = input;
  const skipped = new Set([...input.rotating, ...input.broken]);
  const desired = desiredItems(
    actions.filter(({ id }) => !skipped.has(id)),
    site,
    input,
  );
  const ours = Map.groupBy(
    site.items.flatMap((item) => {
      const called = calledBy(publicUrl, textValue(item, 'url'));
      return called.kind === 'ours' && !skipped.has(called.action) ? [{ item, action: called.action }] : [];
    }),
    ({ action }) => action,
  );
  const byAction = Map.groupBy(desired.items, ({ action }) => action);
  const doubtful = new Set(desired.problems.map(({ action }) => action));
  const known = new Map(actions.map((action) => [action.id, action]));

  const changes: MenuChange[] = [];
  const unchanged: { id: number; action: string }[] = [];
  const byHand: { id: number; action: string; title: string }[] = [];
  for (const action of new Set([...byAction.keys(), ...ours.keys()])) {
    const existing = (ours.get(action) ?? []).map(({ item }) => item);
    const { pairs, missing, surplus } = pair(byAction.get(action) ?? [], existing);
    for (const item of missing) changes.push(create(item));
    for (const [item, site] of pairs) {
      const fields = differences(item, site);
      if (fields.length === 0) unchanged.push({ id: site.id, action });
      else changes.push({ kind: 'update', id: site.id, ...named(item), fields, seen: site });
    }
    const definition = known.get(action);
    for (const item of surplus) {
      const { id } = item;
      const title = textValue(item, 'title') ?? '';
      if (definition !== undefined && (definition.menu ?? []).length === 0) byHand.push({ id, action, title });
      // What a file cannot ask for just now may be this very item.
      else if (!doubtful.has(action)) {
        const reason = definition === undefined ? 'no_action' : 'not_in_file';
        changes.push({
          kind: 'retire',
          id,
          fields: [],
          action,
          title,
          entityType: textValue(item, 'entity_type'),
          reason,
          seen: item,
        });
      }
    }
  }
  return {
    changes,
    unchanged,
    problems: desired.problems,
    leftOut: desired.leftOut,
    byHand,
    leftAlone: [
      ...input.rotating.map((action) => ({ action, why: 'rotating' as const })),
      ...input.broken.map((action) => ({ action, why: 'broken_file' as const })),
    ],
  };
}

type Pairing = {
  readonly pairs: readonly (readonly [DesiredItem, SiteItem])[];
  readonly missing: readonly DesiredItem[];
  readonly surplus: readonly SiteItem[];
};

/** The likeliest first, so that an item is changed rather than made anew: a new one would need a new secret token. */
function pair(desired: readonly DesiredItem[], existing: readonly SiteItem[]): Pairing {
  const same = (field: ItemField) => (item: DesiredItem, site: SiteItem) =>
    isSameItemValue(item.values.get(field) ?? null, site.values.get(field) ?? null);
  const [type, title, light] = [same('entity_type'), same('title'), same('light_payload')];
  const rules: readonly ((item: DesiredItem, site: SiteItem) => boolean)[] = [
    (item, site) => type(item, site) && title(item, site),
    (item, site) => type(item, site) && light(item, site),
    (item, site) => type(item, site),
    (item, site) => title(item, site) && light(item, site),
    () => true,
  ];
  const missing = [...desired];
  const surplus = [...existing].sort((a, b) => a.id - b.id);
  const pairs: (readonly [DesiredItem, SiteItem])[] = [];
  for (const fits of rules) {
    for (const item of [...missing]) {
      const at = surplus.findIndex((site) => fits(item, site));
      const [site] = at < 0 ? [] : surplus.splice(at, 1);
      if (site === undefined) continue;
      missing.splice(missing.indexOf(item), 1);
      pairs.push([item, site]);
    }
  }
  return { pairs, missing, surplus };
}

/** The URL has been compared already, spelling aside. */
function differences(item: DesiredItem, site: SiteItem): readonly FieldDiff[] {
  return [...item.values].flatMap(([field, after]) => {
    const before = site.values.get(field) ?? null;
    if (field === 'url' || isSameItemValue(before, after)) return [];
    return [{ field, label: ITEM_FIELDS[field], before, after }];
  });
}

function create(item: DesiredItem): CreateItem {
  const fields = [...item.values].map(([field, after]) => ({ field, label: ITEM_FIELDS[field], before: null, after }));
  return { kind: 'create', ...named(item), fields };
}

function named({ action, entityType, values }: DesiredItem): Named {
  const title = values.get('title');
  return { action, entityType, title: typeof title === 'string' ? title : action };
}
