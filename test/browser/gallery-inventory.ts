/** Menu items for the gallery: one of every finding, with all that an item can have, and what is known of their hosts. */
import type { AuditLog } from '../../src/audit/log.ts';
import type { Finding } from '../../src/menu/findings.ts';
import type { InventoryItem } from '../../src/menu/inventory.ts';
import { LONG_LOGIN } from './refusals.ts';

const LONG_URL = `https://tools.studio.example:8443/${'deliveries-to-clients/'.repeat(12)}${'x'.repeat(120)}?token=secret`;
const OURS = 'https://understudy.studio.example/ami/';

const usual: Omit<InventoryItem, 'id'> = {
  title: 'Approve',
  folder: undefined,
  entityType: 'Version',
  order: 10,
  url: `${OURS}approve`,
  calls: 'ours',
  host: 'understudy.studio.example',
  isHttps: true,
  action: 'approve',
  actionState: 'served',
  upkeep: 'as_in_file',
  differences: [],
  signed: 'yes',
  signatureAlgorithm: 'sha256',
  lightPayload: false,
  overlay: true,
  polling: true,
  selectionRequired: true,
  place: 'not_set',
  permissionGroups: ['Artist', 'Manager'],
  projects: ['Hyperspace Madness'],
  lastClicked: new Date('2026-05-03T12:34:56Z'),
  people: 1_234,
  reach: undefined,
  updatedAt: '2026-05-03T12:34:56Z',
  updatedBy: 'Otto Brandt',
};

const elsewhere: Partial<InventoryItem> = {
  title: 'Render on the farm',
  url: 'https://farm.studio.example/submit',
  calls: 'elsewhere',
  host: 'farm.studio.example',
  action: undefined,
  actionState: undefined,
  upkeep: undefined,
  signed: 'unknown',
  signatureAlgorithm: 'sha1',
  lastClicked: undefined,
  people: undefined,
};

const FOUND: Readonly<Record<Finding, Partial<InventoryItem>>> = {
  action_unknown: { title: '', url: `${OURS}gone`, action: 'gone', actionState: 'unknown', place: 'override_default' },
  action_broken: { action: 'broken', actionState: 'broken_file', place: 'internal_resources' },
  address_doubtful: { url: `${OURS}approve/`, calls: 'points_at_us', folder: 'Review', entityType: undefined },
  no_address: { ...elsewhere, url: '', calls: 'no_url', host: undefined, isHttps: false, order: undefined },
  host_missing: { ...elsewhere, reach: 'no_such_host' },
  host_silent: { ...elsewhere, url: LONG_URL, host: 'tools.studio.example:8443', reach: 'no_answer' },
  action_off: { action: 'send', title: 'Send to editorial and notify everybody on the show' },
  differs: {
    upkeep: 'differs',
    updatedBy: LONG_LOGIN,
    differences: [
      { field: 'title', label: 'Title', before: '', after: 'Approve' },
      { field: 'url', label: 'URL', before: LONG_URL, after: `${OURS}approve` },
      { field: 'list_order', label: 'Order', before: null, after: 1_200 },
      { field: 'selection_required', label: 'Selection Required', before: false, after: true },
      {
        field: 'permissions_groups',
        label: 'Restrict to Permission Groups',
        before: [],
        after: [{ type: 'PermissionRuleSet', id: 8, name: 'Artist' }],
      },
    ],
  },
  surplus: { upkeep: 'surplus', permissionGroups: [], projects: [] },
  not_https: { ...elsewhere, url: 'http://farm.studio.example/submit', isHttps: false, reach: 'answers' },
  by_hand: { upkeep: 'by_hand', place: 'include_in_dropdown' },
  unsigned: { signed: 'no', lightPayload: true },
  rotating: { upkeep: 'rotating' },
  unused: { lastClicked: undefined, people: 0 },
  host_unasked: { ...elsewhere, url: 'https://10.0.0.5/x', host: '10.0.0.5', reach: 'not_asked' },
};

const PROGRAM: Partial<InventoryItem> = { ...elsewhere, url: 'rvlink://x', calls: 'custom_protocol', host: undefined };

const ITEMS = [...Object.values(FOUND), {}, PROGRAM, ...Array.from({ length: 20 }, () => ({ order: 40 }))].map(
  (one, at): InventoryItem => ({ ...usual, ...one, id: 100 + at }),
);
const OUR_ITEMS = ITEMS.filter(({ calls }) => calls === 'ours');
const UNASKED_ITEMS = ITEMS.map((item) => ({ ...item, reach: undefined }));

const asked = recordOf(1, 'success', '09:59:30');
const HOSTS_ASKED: Readonly<Record<string, readonly [asked?: HostRecord, answered?: HostRecord]>> = {
  never: [],
  checking: [asked],
  done: [asked, recordOf(2, 'success', '09:59:40')],
  inVain: [asked, recordOf(2, 'failed', '09:59:40')],
};

type HostRecord = ReturnType<typeof recordOf>;

function recordOf(seq: number, outcome: string, at: string) {
  const person = { login: LONG_LOGIN, proven: true };
  return { seq, content: { outcome, time: `2026-05-04T${at}.000Z`, person, details: { hosts: [] } } };
}

/** By name: the items of a site, whether and how their hosts were asked, and what the reader asks for. */
export const INVENTORIES: readonly {
  readonly name: string;
  readonly items: readonly InventoryItem[];
  readonly audit: AuditLog;
  readonly query?: string;
}[] = [
  { name: 'inventory', items: ITEMS, audit: logOf('done') },
  {
    name: 'inventory-narrowed',
    items: ITEMS,
    audit: logOf('done'),
    query: '?q=studio&finding=differs&sort=used&dir=desc',
  },
  { name: 'inventory-unmatched', items: ITEMS, audit: logOf('inVain'), query: '?q=nowhere' },
  { name: 'inventory-unasked', items: UNASKED_ITEMS.slice(0, 6), audit: logOf('never') },
  { name: 'inventory-asking', items: UNASKED_ITEMS.slice(0, 6), audit: logOf('checking') },
  { name: 'inventory-ours', items: OUR_ITEMS.slice(0, 3), audit: logOf('never') },
  { name: 'inventory-empty', items: [], audit: logOf('never') },
];

function logOf(check: keyof typeof HOSTS_ASKED): AuditLog {
  const [askedFor, answered] = HOSTS_ASKED[check] ?? [];
  return {
    search: ({ type }: { readonly type: string }) => {
      const newest = type === 'admin.hosts_asked' ? askedFor : answered;
      return Promise.resolve({ records: newest === undefined ? [] : [newest] });
    },
  } as unknown as AuditLog;
}
