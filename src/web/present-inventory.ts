/** Menu items as an administrator reads them: on a page, as JSON, and as a spreadsheet. Pure. */
import { FINDINGS, findingsOf, type Finding } from '../menu/findings.ts';
import type { InventoryItem } from '../menu/inventory.ts';
import type { FieldDiff } from '../menu/plan.ts';
import { shownUrl } from '../menu/shown-url.ts';
import type { ItemValue } from '../menu/site-item.ts';
import { detailUrl } from '../shotgrid/links.ts';
import { csvLine } from './csv.ts';
import { inventoryQueryText, type FoundItem, type InventoryQuery, type Sort } from './inventory-query.ts';
import { timeText } from './present.ts';

const CALLS: Readonly<Record<InventoryItem['calls'], string>> = {
  ours: 'This server',
  points_at_us: 'This server, wrongly',
  elsewhere: 'Another server',
  custom_protocol: 'A program on the person’s machine',
  no_url: 'Nothing',
};

const PLACES: ReadonlyMap<string, string> = new Map([
  ['include_in_dropdown', 'beside “Add”'],
  ['override_default', 'instead of “Add”'],
  ['internal_resources', 'user menu'],
]);

const REACHES = {
  answers: 'its host answers',
  no_answer: 'its host does not answer',
  no_such_host: 'its host does not exist',
  not_asked: 'its host was not asked',
} as const;

export function findItem(item: InventoryItem, off: ReadonlyMap<string, unknown>): FoundItem {
  const isOff = item.action !== undefined && off.has(item.action);
  return { item, url: shownUrl(item.url), findings: findingsOf(item, isOff) };
}

export function presentItem({ item, url, findings }: FoundItem, siteUrl: string) {
  const { entityType, folder, order, permissionGroups, projects, lastClicked, people } = item;
  return {
    id: item.id,
    title: item.title === '' ? `Item ${item.id}` : item.title,
    href: detailUrl(siteUrl, 'ActionMenuItem', item.id),
    where: [
      entityType ?? 'every type',
      ...(folder === undefined ? [] : [`folder ${folder}`]),
      ...(order === undefined ? [] : [`order ${order}`]),
      PLACES.get(item.place) ?? '',
    ].filter((word) => word !== ''),
    ways: [
      ...(item.selectionRequired ? ['needs rows'] : []),
      ...(item.overlay ? ['opens over the page'] : []),
      ...(item.polling ? ['page follows changes'] : []),
      ...(item.lightPayload ? ['light payload'] : []),
    ],
    kind: item.calls,
    calls: CALLS[item.calls],
    action: item.action,
    actionHref:
      item.actionState === 'served' && item.action !== undefined ? `/admin/actions/${item.action}` : undefined,
    url,
    // A line may end after each.
    urlParts: url.match(/[^/]+\/*|\/+/g) ?? [],
    safety: [
      ...(item.host === undefined ? [] : [item.isHttps ? 'https' : 'not https']),
      ...(item.host === undefined ? [] : [signedText(item)]),
      ...(item.reach === undefined ? [] : [REACHES[item.reach]]),
    ],
    groups: permissionGroups.length === 0 ? 'everybody' : permissionGroups.join(', '),
    projects: projects.length === 0 ? 'in all projects' : `in ${projects.join(', ')}`,
    used:
      lastClicked === undefined
        ? undefined
        : {
            time: lastClicked.toISOString(),
            text: timeText(lastClicked),
            people: people === 1 ? '1 person' : `${people ?? 0} people`,
          },
    unused: people === undefined ? 'not known here' : 'not in 90 days',
    findings: findings.map((finding) => ({ finding, ...FINDINGS[finding] })),
    differences: item.differences.map(presentDifference),
    edited:
      item.differences.length === 0
        ? undefined
        : {
            by: item.updatedBy ?? 'somebody',
            at: item.updatedAt === undefined ? '' : timeText(new Date(item.updatedAt)),
          },
  };
}

/** For programs. */
export function inventoryJson({ item, url, findings }: FoundItem, siteUrl: string) {
  return { ...item, url, link: detailUrl(siteUrl, 'ActionMenuItem', item.id), findings };
}

const COLUMNS = [
  'id',
  'title',
  'entity_type',
  'folder',
  'order',
  'calls',
  'host',
  'url',
  'https',
  'signed',
  'signature_algorithm',
  'light_payload',
  'action',
  'action_state',
  'upkeep',
  'permission_groups',
  'projects',
  'last_clicked',
  'people',
  'host_answers',
  'findings',
  'differences',
  'updated_at',
  'updated_by',
] as const;

/** One line an item; empty lists of groups and projects mean everybody and everywhere. */
export function inventoryCsv(items: readonly FoundItem[]): string {
  return [csvLine(COLUMNS), ...items.map(csvItem)].join('');
}

function csvItem({ item, url, findings }: FoundItem): string {
  const cells: Readonly<Record<(typeof COLUMNS)[number], string | number | boolean | undefined>> = {
    id: item.id,
    title: item.title,
    entity_type: item.entityType,
    folder: item.folder,
    order: item.order,
    calls: item.calls,
    host: item.host,
    url,
    https: item.isHttps,
    signed: item.signed,
    signature_algorithm: item.signatureAlgorithm,
    light_payload: item.lightPayload,
    action: item.action,
    action_state: item.actionState,
    upkeep: item.upkeep,
    permission_groups: item.permissionGroups.join('; '),
    projects: item.projects.join('; '),
    last_clicked: item.lastClicked?.toISOString(),
    people: item.people,
    host_answers: item.reach,
    findings: findings.join('; '),
    differences: item.differences
      .map(presentDifference)
      .map(({ label, before, after }) => `${label}: ${before} → ${after}`)
      .join('; '),
    updated_at: item.updatedAt,
    updated_by: item.updatedBy,
  };
  return csvLine(COLUMNS.map((column) => cells[column]));
}

/** How often each finding is met among all items, the worst first; those that are met nowhere are left out. */
export function countFindings(items: readonly FoundItem[], query: InventoryQuery, path: string) {
  return (Object.keys(FINDINGS) as Finding[])
    .map((finding) => {
      const isCurrent = query.finding === finding;
      return {
        finding,
        ...FINDINGS[finding],
        count: items.filter((one) => one.findings.includes(finding)).length,
        isCurrent,
        href: `${path}${inventoryQueryText({ ...query, finding: isCurrent ? undefined : finding })}`,
      };
    })
    .filter(({ count, isCurrent }) => count > 0 || isCurrent);
}

const HEADS: readonly (readonly [sort: Sort, label: string, newestFirst?: true])[] = [
  ['item', 'Menu item'],
  ['calls', 'Calls'],
  ['shown_to', 'Shown to'],
  ['used', 'Last clicked', true],
  ['findings', 'Findings'],
];

/** Each column's head: a link that sorts by it, and the other way when it does so already. */
export function presentHeads(query: InventoryQuery, path: string) {
  return HEADS.map(([sort, label, newestFirst = false]) => {
    const isCurrent = query.sort === sort;
    const isDescending = isCurrent ? !query.isDescending : newestFirst;
    return {
      label,
      order: isCurrent ? (query.isDescending ? 'descending' : 'ascending') : undefined,
      href: `${path}${inventoryQueryText({ ...query, sort, isDescending })}`,
    };
  });
}

function signedText({ signed, signatureAlgorithm }: InventoryItem): string {
  if (signed === 'unknown') return `signature not known (${signatureAlgorithm})`;
  return signed === 'yes' ? `signed (${signatureAlgorithm})` : 'not signed';
}

function presentDifference({ label, before, after }: FieldDiff) {
  return { label, before: valueText(before), after: valueText(after) };
}

function valueText(value: ItemValue): string {
  if (value === null || value === '') return '(empty)';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  return value.length === 0 ? 'all' : value.map(({ id, name }) => name ?? String(id)).join(', ');
}
