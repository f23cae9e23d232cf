/** What an inventory finds worth a look, and how bad it is. Pure. The worst come first. */
import type { InventoryItem } from './inventory.ts';

export type FindingLevel = 'bad' | 'warn' | 'note';

export const FINDINGS = {
  action_unknown: 'bad',
  action_broken: 'bad',
  address_doubtful: 'bad',
  no_address: 'bad',
  host_missing: 'bad',
  host_silent: 'bad',
  action_off: 'warn',
  differs: 'warn',
  surplus: 'warn',
  not_https: 'warn',
  by_hand: 'note',
  unsigned: 'note',
  rotating: 'note',
  unused: 'note',
  host_unasked: 'note',
} as const satisfies Readonly<Record<string, FindingLevel>>;

export type Finding = keyof typeof FINDINGS;

const LEVELS: readonly FindingLevel[] = ['bad', 'warn', 'note'];

export function isFinding(text: string): text is Finding {
  return Object.hasOwn(FINDINGS, text);
}

/** @param isOff - Whether this item's action is switched off. */
export function findingsOf(item: InventoryItem, isOff: boolean): readonly Finding[] {
  const isOurs = item.calls === 'ours';
  const isServed = isOurs && item.actionState === 'served';
  const found: Readonly<Record<Finding, boolean>> = {
    action_unknown: isOurs && item.actionState === 'unknown',
    action_broken: isOurs && item.actionState === 'broken_file',
    address_doubtful: item.calls === 'points_at_us',
    no_address: item.calls === 'no_url',
    host_missing: item.reach === 'no_such_host',
    host_silent: item.reach === 'no_answer',
    action_off: isOurs && isOff,
    differs: item.upkeep === 'differs',
    // That there is no action says it already.
    surplus: item.upkeep === 'surplus' && item.actionState !== 'unknown',
    not_https: item.host !== undefined && !item.isHttps && !isThisMachine(item.host),
    by_hand: item.upkeep === 'by_hand',
    unsigned: item.signed === 'no',
    rotating: item.upkeep === 'rotating',
    unused: isServed && item.lastClicked === undefined,
    host_unasked: item.reach === 'not_asked',
  };
  return (Object.keys(FINDINGS) as Finding[]).filter((finding) => found[finding]);
}

/** What never leaves the machine, as in the demo. */
function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
}

/** 0 is the worst; one more than the last level: nothing was found. */
export function severity(findings: readonly Finding[]): number {
  return Math.min(LEVELS.length, ...findings.map((finding) => LEVELS.indexOf(FINDINGS[finding])));
}
