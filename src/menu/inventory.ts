/**
 * Every ActionMenuItem of the site, and what is known of each: what it calls, who is shown it, whether it was used, whether it
 * can work. Pure, over facts that were read before; `read-inventory.ts` reads them.
 */
import type { MenuAction } from './desired.ts';
import { calledBy, type Called } from './called.ts';
import { planMenu, type FieldDiff, type MenuPlan, type PlanInput } from './plan.ts';
import type { Reach } from './probe.ts';
import { linksValue, textValue, type SiteItem } from './site-item.ts';

/** Clicks that are known of, by action: our own log has them all, and ShotGrid's does not say which item was chosen. */
export type KnownClicks = {
  readonly action: string;
  readonly last: Date;
  /** How many different people. */
  readonly people: number;
};

export type InventoryItem = {
  readonly id: number;
  readonly title: string;
  readonly folder: string | undefined;
  /** Undefined: on pages of every type. */
  readonly entityType: string | undefined;
  readonly order: number | undefined;
  /** As it stands in ShotGrid: somebody's text. */
  readonly url: string;
  readonly calls: Called['kind'];
  /** Host name, with its port where that is not the usual one; undefined for a custom protocol. */
  readonly host: string | undefined;
  readonly isHttps: boolean;
  /** The name in the URL, where it is one of this server's addresses. */
  readonly action: string | undefined;
  readonly actionState: 'served' | 'unknown' | 'broken_file' | undefined;
  /**
   * How it stands to the action files, for items that are ours: as they say; otherwise (see `differences`); named by no file;
   * made by hand for an action whose file says nothing of a menu; in the middle of a change of its token.
   */
  readonly upkeep: 'as_in_file' | 'differs' | 'surplus' | 'by_hand' | 'rotating' | 'not_checked' | undefined;
  readonly differences: readonly FieldDiff[];
  /** ShotGrid shows nobody whether there is a secret token. `yes`: signed clicks came, or we made its token. */
  readonly signed: 'yes' | 'no' | 'unknown';
  readonly signatureAlgorithm: 'sha1' | 'sha256';
  readonly lightPayload: boolean;
  readonly overlay: boolean;
  readonly polling: boolean;
  readonly selectionRequired: boolean;
  readonly place: string;
  /** Names of permission groups; empty: everybody sees it. */
  readonly permissionGroups: readonly string[];
  /** Names of projects; empty: in all of them. */
  readonly projects: readonly string[];
  /** Of its action, whatever the type. */
  readonly lastClicked: Date | undefined;
  /** People who clicked an item of its action; undefined where nobody can know. */
  readonly people: number | undefined;
  /** Of hosts that are not us, as they were last asked; undefined: not asked yet. */
  readonly reach: Reach | undefined;
  readonly updatedAt: string | undefined;
  readonly updatedBy: string | undefined;
};

export type InventoryInput = PlanInput & {
  readonly clicks: readonly KnownClicks[];
  /** By `host:port`. */
  readonly reach: ReadonlyMap<string, Reach>;
  /** Actions for whose items this server made a token. */
  readonly withTokens: readonly string[];
};

/** In the order of the site's menu: by type, folder, order and title. */
export function takeInventory(input: InventoryInput): readonly InventoryItem[] {
  const plan = planMenu(input);
  return input.site.items
    .map((item) => describe(item, input, plan))
    .sort((a, b) => compare(sortKey(a), sortKey(b)) || a.id - b.id);
}

/** `host:port` of every item that calls somebody else's server. */
export function hostsToProbe(publicUrl: string, items: readonly SiteItem[]): readonly { host: string; port: number }[] {
  const found = new Map<string, { host: string; port: number }>();
  for (const item of items) {
    const called = calledBy(publicUrl, textValue(item, 'url'));
    if (called.kind === 'elsewhere')
      found.set(`${called.host}:${called.port}`, { host: called.host, port: called.port });
  }
  return [...found.values()];
}

/** How many hosts with their ports a probe would ask. */
export function countOtherHosts(items: readonly InventoryItem[]): number {
  return new Set(items.flatMap(({ calls, host, isHttps }) => (calls === 'elsewhere' ? [`${host} ${isHttps}`] : [])))
    .size;
}

function describe(item: SiteItem, input: InventoryInput, plan: MenuPlan): InventoryItem {
  const url = textValue(item, 'url') ?? '';
  const called = calledBy(input.publicUrl, url);
  const action = called.kind === 'ours' || called.kind === 'points_at_us' ? called.action : undefined;
  const clicks = input.clicks.find((one) => one.action === action);
  const lightPayload = item.values.get('light_payload') === true;
  const order = item.values.get('list_order');
  const change = plan.changes.find((one) => one.kind !== 'create' && one.id === item.id);
  const isOurs = called.kind === 'ours';
  return {
    id: item.id,
    title: textValue(item, 'title') ?? '',
    folder: textValue(item, 'folder'),
    entityType: textValue(item, 'entity_type'),
    order: typeof order === 'number' ? order : undefined,
    url,
    calls: called.kind,
    host: hostText(called),
    isHttps: /^\s*https:/i.test(url),
    action,
    actionState: action === undefined ? undefined : stateOf(action, input),
    upkeep: isOurs ? upkeepOf(item, called.action, change?.kind, input, plan) : undefined,
    differences: change?.kind === 'update' ? change.fields : [],
    signed: signedBy(lightPayload, isOurs ? called.action : undefined, clicks !== undefined, input),
    signatureAlgorithm: item.values.get('signature_algorithm') === 'sha256' ? 'sha256' : 'sha1',
    lightPayload,
    overlay: item.values.get('open_in_overlay') === true,
    polling: item.values.get('poll_for_data_updates') === true,
    selectionRequired: item.values.get('selection_required') === true,
    place: textValue(item, 'add_btn_behavior') ?? 'not_set',
    permissionGroups: linksValue(item, 'permissions_groups').map(({ id, name }) => name ?? String(id)),
    projects: linksValue(item, 'projects').map(({ id, name }) => name ?? String(id)),
    lastClicked: clicks?.last,
    people: action === undefined ? undefined : (clicks?.people ?? 0),
    reach: called.kind === 'elsewhere' ? input.reach.get(`${called.host}:${called.port}`) : undefined,
    updatedAt: item.updatedAt,
    updatedBy: item.updatedBy,
  };
}

function hostText(called: Called): string | undefined {
  switch (called.kind) {
    case 'ours':
    case 'points_at_us':
      return called.host;
    case 'elsewhere':
      return called.port === (called.isHttps ? 443 : 80) ? called.host : `${called.host}:${called.port}`;
    case 'custom_protocol':
    case 'no_url':
      return undefined;
  }
}

function stateOf(action: string, { actions, broken }: InventoryInput): InventoryItem['actionState'] {
  if (actions.some(({ id }: MenuAction) => id === action)) return 'served';
  return broken.includes(action) ? 'broken_file' : 'unknown';
}

function upkeepOf(
  { id }: SiteItem,
  action: string,
  change: 'create' | 'update' | 'retire' | undefined,
  { rotating }: InventoryInput,
  plan: MenuPlan,
): InventoryItem['upkeep'] {
  if (rotating.includes(action)) return 'rotating';
  if (change === 'update') return 'differs';
  if (change === 'retire') return 'surplus';
  if (plan.byHand.some((item) => item.id === id)) return 'by_hand';
  return plan.unchanged.some((item) => item.id === id) ? 'as_in_file' : 'not_checked';
}

function signedBy(
  lightPayload: boolean,
  action: string | undefined,
  hasClicks: boolean,
  { withTokens }: InventoryInput,
): InventoryItem['signed'] {
  if (lightPayload) return 'no';
  return action !== undefined && (hasClicks || withTokens.includes(action)) ? 'yes' : 'unknown';
}

function sortKey({ entityType, folder, order, title }: InventoryItem): string {
  return [entityType ?? '', folder ?? '', String(order ?? 0).padStart(9, '0'), title].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
