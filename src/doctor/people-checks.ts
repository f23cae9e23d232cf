/** The people of the site: whom we may act for, and whose login is not theirs alone. */
import type { ShotgridClient } from '../shotgrid/client.ts';
import type { Row } from '../shotgrid/rows.ts';
import { count } from './configuration-check.ts';
import type { Look } from './look.ts';
import { failure, ok, skipped, warning, type Check, type Finding } from './report.ts';
import { scriptCheck } from './site-check.ts';

const FLAG = 'can_impersonate_this_user';
const GROUP_CODE = 'permission_rule_set.PermissionRuleSet.code';
const PAGE_SIZE = 2_000;
/** More names than anybody reads. */
const MOST_NAMED = 200;

export function peopleChecks(look: Look): readonly Check[] {
  return [
    scriptCheck(look, {
      id: 'flag_off',
      title: 'Admins Can Perform Actions As',
      run: async (signal) => judgeFlags(await activePeople(look.site().asScript(), signal)),
    }),
    scriptCheck(look, {
      id: 'logins',
      title: 'Logins',
      async run(signal) {
        const script = look.site().asScript();
        const [active, retired] = await Promise.all([
          activePeople(script, signal),
          script.search('HumanUser', { fields: ['login'], pageSize: PAGE_SIZE, retired: true, signal }),
        ]);
        return judgeLogins(active, retired);
      },
    }),
  ];
}

/** Everybody whose account is active, with login, flag and permission group. */
export function activePeople(script: Pick<ShotgridClient, 'search'>, signal: AbortSignal): Promise<Row[]> {
  return script.search('HumanUser', {
    filters: [['sg_status_list', 'is', 'act']],
    fields: ['login', 'name', FLAG, GROUP_CODE],
    pageSize: PAGE_SIZE,
    signal,
  });
}

/** As logins are compared: without regard to case and to spaces around them. */
export function foldedLogin(login: unknown): string {
  return typeof login === 'string' ? login.normalize('NFC').trim().toLowerCase() : '';
}

function judgeFlags(people: readonly Row[]): Finding {
  if (people.length === 0) return skipped('The site shows no active person to our script.');
  if (people.every(({ fields }) => fields[FLAG] === undefined)) {
    return skipped('The site does not have this checkbox, or does not show it to our script.');
  }
  const off = people.filter(({ fields }) => fields[FLAG] !== true);
  const saw = `It is off for ${off.length} of ${count(people.length, 'active person').replace(/persons$/, 'people')}`;
  const remedy =
    'Tick it on the page of each person who is to use the menu items: until then their clicks end with "sudo_flag_off".';
  if (off.length === 0) return ok(`It is on for all ${people.length} active people.`);
  if (off.length === people.length) return failure(`${saw}: nobody can use a menu item.`, remedy, named(off));
  const admins = off.filter(({ fields }) => fields[GROUP_CODE] === 'admin');
  if (admins.length === off.length) return ok(`${saw}, all of them admins, as newer sites have it.`, named(off));
  return warning(`${saw}.`, remedy, named(off));
}

function judgeLogins(active: readonly Row[], retired: readonly Row[]): Finding {
  const groups = Map.groupBy(active, ({ fields }) => foldedLogin(fields['login']));
  const blank = groups.get('') ?? [];
  groups.delete('');
  const past = new Set(retired.map(({ fields }) => foldedLogin(fields['login'])));
  const details = [
    ...[...groups.values()]
      .filter((rows) => rows.length > 1)
      .map((rows) => `several active people: ${named(rows).join(', ')}`),
    ...[...groups]
      .filter(([login]) => past.has(login))
      .map(([, rows]) => `a retired account had the same login: ${named(rows).join(', ')}`),
    ...blank.map(({ id }) => `no login at all: person ${id}`),
  ];
  if (details.length === 0) return ok(`Each of ${groups.size} logins is one person’s alone.`);
  return warning(
    `${count(details.length, 'login')} that may not lead to the person who is meant.`,
    'Give every active person a login of their own, and let the identity provider give nobody the login of somebody who left.',
    capped(details),
  );
}

function named(people: readonly Row[]): readonly string[] {
  return capped(
    people.map(({ fields, name, id }) => {
      const login = typeof fields['login'] === 'string' ? fields['login'] : `person ${id}`;
      return name === undefined || name === login ? login : `${login} (${name})`;
    }),
  );
}

function capped(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_NAMED) return lines;
  return [...lines.slice(0, MOST_NAMED), `… and ${lines.length - MOST_NAMED} more`];
}
