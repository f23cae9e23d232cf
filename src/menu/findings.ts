/** What an inventory finds worth a look, and what to do about it. Pure. The worst come first. */
import type { InventoryItem } from './inventory.ts';

export type FindingLevel = 'bad' | 'warn' | 'note';

type Meaning = { readonly level: FindingLevel; readonly title: string; readonly remedy: string };

export const FINDINGS = {
  action_unknown: {
    level: 'bad',
    title: 'No such action here',
    remedy: 'Every click is refused. Add the action’s file, or retire the item: understudy menu prune.',
  },
  action_broken: {
    level: 'bad',
    title: 'Action file is broken',
    remedy: 'Every click is refused. understudy check says what is wrong with the file.',
  },
  address_doubtful: {
    level: 'bad',
    title: 'Points at us, wrongly',
    remedy:
      'Its URL is not exactly our address, /ami/ and an action’s name. Mend it, or let understudy menu apply make it.',
  },
  no_address: {
    level: 'bad',
    title: 'Calls nothing',
    remedy: 'It has no URL that could be called: give it one, or retire it.',
  },
  host_missing: {
    level: 'bad',
    title: 'Host does not exist',
    remedy: 'Its host name leads nowhere. Mend the URL, or retire the item.',
  },
  host_silent: {
    level: 'bad',
    title: 'Host does not answer',
    remedy:
      'Nothing took a connection from this server in time; from people’s machines that may differ. Ask whoever runs it.',
  },
  action_off: {
    level: 'warn',
    title: 'Switched off here',
    remedy: 'An administrator switched its action off; people who click it read why.',
  },
  differs: {
    level: 'warn',
    title: 'Not as its file says',
    remedy: 'Edited by hand, or the file has changed: understudy menu plan shows it, menu apply mends it.',
  },
  surplus: {
    level: 'warn',
    title: 'No file asks for it',
    remedy: 'Its action file does not ask for this item: understudy menu prune retires it.',
  },
  not_https: {
    level: 'warn',
    title: 'Not https',
    remedy: 'What the page tells it travels unencrypted: use an https address.',
  },
  by_hand: {
    level: 'note',
    title: 'Made by hand',
    remedy: 'Its action’s file has no menu section: with one, understudy menu looks after the item.',
  },
  unsigned: {
    level: 'note',
    title: 'Unsigned',
    remedy: 'A light payload carries no signature. Understudy looks the click up in ShotGrid; others may not.',
  },
  rotating: {
    level: 'note',
    title: 'Token is being changed',
    remedy: 'Old and new items stand side by side until understudy menu rotate ends it.',
  },
  unused: {
    level: 'note',
    title: 'Not clicked lately',
    remedy: 'Nobody clicked an item of its action in the last 90 days.',
  },
  host_unasked: {
    level: 'note',
    title: 'Host not asked',
    remedy:
      'It is at a private address that REMOTE_PRIVATE_HOSTS does not list, or there were too many hosts: this server does not knock there.',
  },
} as const satisfies Readonly<Record<string, Meaning>>;

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
  return Math.min(LEVELS.length, ...findings.map((finding) => LEVELS.indexOf(FINDINGS[finding].level)));
}
