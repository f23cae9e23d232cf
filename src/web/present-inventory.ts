/** Menu items as an administrator reads them: on a page, as JSON, and as a spreadsheet. Pure. */
import { FINDINGS, findingsOf, type Finding } from '../menu/findings.ts';
import type { InventoryItem } from '../menu/inventory.ts';
import type { FieldDiff } from '../menu/plan.ts';
import { shownUrl } from '../menu/shown-url.ts';
import type { ItemValue } from '../menu/site-item.ts';
import { detailUrl } from '../shotgrid/links.ts';
import type { TextKey } from '../texts/language.ts';
import type { Texts } from '../texts/texts.ts';
import { csvLine } from './csv.ts';
import { inventoryQueryText, type FoundItem, type InventoryQuery, type Sort } from './inventory-query.ts';
import { timeText } from './present.ts';

const CALLS: Readonly<Record<InventoryItem['calls'], TextKey>> = {
  ours: 'inventory.callsUs',
  points_at_us: 'inventory.callsUsWrongly',
  elsewhere: 'inventory.callsAnother',
  custom_protocol: 'inventory.callsProgram',
  no_url: 'inventory.callsNothing',
};

const PLACES: ReadonlyMap<string, TextKey> = new Map([
  ['include_in_dropdown', 'inventory.besideAdd'],
  ['override_default', 'inventory.insteadOfAdd'],
  ['internal_resources', 'inventory.userMenu'],
]);

const REACHES: Readonly<Record<NonNullable<InventoryItem['reach']>, TextKey>> = {
  answers: 'inventory.hostAnswers',
  no_answer: 'inventory.hostSilent',
  no_such_host: 'inventory.hostMissing',
  not_asked: 'inventory.hostNotAsked',
};

/** In a few words, and what to do about it. */
const FINDING_TEXTS: Readonly<Record<Finding, readonly [title: TextKey, remedy: TextKey]>> = {
  action_unknown: ['finding.actionUnknown', 'finding.actionUnknownRemedy'],
  action_broken: ['finding.actionBroken', 'finding.actionBrokenRemedy'],
  address_doubtful: ['finding.addressDoubtful', 'finding.addressDoubtfulRemedy'],
  no_address: ['finding.noAddress', 'finding.noAddressRemedy'],
  host_missing: ['finding.hostMissing', 'finding.hostMissingRemedy'],
  host_silent: ['finding.hostSilent', 'finding.hostSilentRemedy'],
  action_off: ['finding.actionOff', 'finding.actionOffRemedy'],
  differs: ['finding.differs', 'finding.differsRemedy'],
  surplus: ['finding.surplus', 'finding.surplusRemedy'],
  not_https: ['finding.notHttps', 'finding.notHttpsRemedy'],
  by_hand: ['finding.byHand', 'finding.byHandRemedy'],
  unsigned: ['finding.unsigned', 'finding.unsignedRemedy'],
  rotating: ['finding.rotating', 'finding.rotatingRemedy'],
  unused: ['finding.unused', 'finding.unusedRemedy'],
  host_unasked: ['finding.hostUnasked', 'finding.hostUnaskedRemedy'],
};

export function findItem(item: InventoryItem, off: ReadonlyMap<string, unknown>): FoundItem {
  const isOff = item.action !== undefined && off.has(item.action);
  return { item, url: shownUrl(item.url), findings: findingsOf(item, isOff) };
}

export function presentItem(texts: Texts, { item, url, findings }: FoundItem, siteUrl: string) {
  const { t } = texts;
  const { lastClicked, people } = item;
  return {
    id: item.id,
    title: item.title === '' ? t('inventory.untitled', { id: item.id }) : item.title,
    href: detailUrl(siteUrl, 'ActionMenuItem', item.id),
    where: whereTexts(texts, item),
    ways: [
      ...(item.selectionRequired ? [t('inventory.needsRows')] : []),
      ...(item.overlay ? [t('inventory.overlay')] : []),
      ...(item.polling ? [t('inventory.polling')] : []),
      ...(item.lightPayload ? [t('inventory.lightPayload')] : []),
    ],
    kind: item.calls,
    calls: t(CALLS[item.calls]),
    action: item.action,
    actionHref:
      item.actionState === 'served' && item.action !== undefined ? `/admin/actions/${item.action}` : undefined,
    url,
    // A line may end after each.
    urlParts: url.match(/[^/]+\/*|\/+/g) ?? [],
    safety: [
      ...(item.host === undefined ? [] : [t(item.isHttps ? 'inventory.https' : 'inventory.notHttps')]),
      ...(item.host === undefined ? [] : [signedText(texts, item)]),
      ...(item.reach === undefined ? [] : [t(REACHES[item.reach])]),
    ],
    ...shownToTexts(texts, item),
    used:
      lastClicked === undefined
        ? undefined
        : { time: lastClicked.toISOString(), text: timeText(lastClicked), people: people ?? 0 },
    unused: t(people === undefined ? 'inventory.useUnknown' : 'inventory.unused'),
    findings: findings.map((finding) => presentFinding(texts, finding)),
    differences: item.differences.map((difference) => presentDifference(difference, valueWords(texts))),
    edited: item.differences.length === 0 ? undefined : editedText(texts, item),
  };
}

export function presentFinding({ t }: Texts, finding: Finding) {
  const [title, remedy] = FINDING_TEXTS[finding];
  return { finding, level: FINDINGS[finding], title: t(title), remedy: t(remedy) };
}

function whereTexts({ t }: Texts, { entityType, folder, order, place }: InventoryItem): readonly string[] {
  const placeKey = PLACES.get(place);
  return [
    entityType ?? t('inventory.everyType'),
    ...(folder === undefined ? [] : [t('inventory.folder', { folder })]),
    ...(order === undefined ? [] : [t('inventory.order', { order })]),
    ...(placeKey === undefined ? [] : [t(placeKey)]),
  ];
}

function shownToTexts({ t }: Texts, { permissionGroups, projects }: InventoryItem) {
  return {
    groups: permissionGroups.length === 0 ? t('inventory.everybody') : permissionGroups.join(', '),
    projects:
      projects.length === 0 ? t('inventory.allProjects') : t('inventory.inProjects', { projects: projects.join(', ') }),
  };
}

function signedText({ t }: Texts, { signed, signatureAlgorithm: algorithm }: InventoryItem): string {
  if (signed === 'unknown') return t('inventory.signedUnknown', { algorithm });
  return signed === 'yes' ? t('inventory.signed', { algorithm }) : t('inventory.notSigned');
}

function editedText({ t }: Texts, { updatedBy, updatedAt }: InventoryItem): string {
  const by = updatedBy ?? t('inventory.somebody');
  if (updatedAt === undefined) return t('inventory.editedBy', { by });
  return t('inventory.editedByAt', { by, at: timeText(new Date(updatedAt)) });
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
      .map((difference) => presentDifference(difference, CSV_WORDS))
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
        count: items.filter((one) => one.findings.includes(finding)).length,
        isCurrent,
        href: `${path}${inventoryQueryText({ ...query, finding: isCurrent ? undefined : finding })}`,
      };
    })
    .filter(({ count, isCurrent }) => count > 0 || isCurrent);
}

const HEADS: readonly (readonly [sort: Sort, label: TextKey, newestFirst?: true])[] = [
  ['item', 'inventory.item'],
  ['calls', 'inventory.calls'],
  ['shown_to', 'inventory.shownTo'],
  ['used', 'inventory.lastClicked', true],
  ['findings', 'inventory.findings'],
];

/** Each column's head: a link that sorts by it, and the other way when it does so already. */
export function presentHeads({ t }: Texts, query: InventoryQuery, path: string) {
  return HEADS.map(([sort, label, newestFirst = false]) => {
    const isCurrent = query.sort === sort;
    const isDescending = isCurrent ? !query.isDescending : newestFirst;
    return {
      label: t(label),
      order: isCurrent ? (query.isDescending ? 'descending' : 'ascending') : undefined,
      href: `${path}${inventoryQueryText({ ...query, sort, isDescending })}`,
    };
  });
}

type ValueWords = Readonly<Record<'empty' | 'on' | 'off' | 'all', string>>;

/** What a spreadsheet says, whoever takes it away: programs read it. */
const CSV_WORDS: ValueWords = { empty: '(empty)', on: 'on', off: 'off', all: 'all' };

function valueWords({ t }: Texts): ValueWords {
  return { empty: t('inventory.empty'), on: t('inventory.on'), off: t('inventory.off'), all: t('inventory.all') };
}

function presentDifference({ label, before, after }: FieldDiff, words: ValueWords) {
  return { label, before: valueText(before, words), after: valueText(after, words) };
}

function valueText(value: ItemValue, words: ValueWords): string {
  if (value === null || value === '') return words.empty;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  return value.length === 0 ? words.all : value.map(({ id, name }) => name ?? String(id)).join(', ');
}
