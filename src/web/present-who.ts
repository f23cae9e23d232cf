/** Who somebody would be, and what a click of theirs would get, as an administrator reads it. Pure. */
import type { Role } from '../login/identity.ts';
import type { Explanation, Told } from '../runs/explain-person.ts';
import { detailUrl } from '../shotgrid/links.ts';
import type { HumanUser, SudoFlag } from '../shotgrid/people.ts';
import type { TextKey } from '../texts/language.ts';
import { inEnglish } from '../texts/said.ts';
import type { Texts } from '../texts/texts.ts';

const ROLES: Readonly<Record<Role, TextKey>> = {
  user: 'who.roleUser',
  admin: 'who.roleAdmin',
  auditor: 'who.roleAuditor',
};

const FLAGS: Readonly<Record<SudoFlag, TextKey>> = {
  on: 'who.flagOn',
  off: 'who.flagOff',
  unreadable: 'who.flagUnreadable',
  not_on_this_site: 'who.flagUnknown',
};

export function presentExplanation(texts: Texts, found: Explanation, siteUrl: string) {
  const { mapping, person } = found;
  return {
    ...found,
    roles: (mapping?.roles ?? found.roles)?.map((role) => texts.t(ROLES[role])),
    person: person && presentPerson(texts, person, siteUrl),
  };
}

/** As programs get it, in English. */
export function explanationJson({ notes, refusal, actions, ...facts }: Explanation) {
  return {
    ...facts,
    notes: notes.map(inEnglish),
    ...(refusal === undefined ? {} : { refusal: toldJson(refusal) }),
    actions: actions.map(({ gets, ...action }) => ({
      ...action,
      gets: gets.verdict === 'refused' ? { verdict: gets.verdict, ...toldJson(gets) } : gets,
    })),
  };
}

function toldJson({ code, message, remedy }: Told) {
  return { code, message: inEnglish(message), remedy: inEnglish(remedy) };
}

function presentPerson({ t }: Texts, person: HumanUser, siteUrl: string) {
  const { id, login, name, sudoFlag, permissionGroupName, permissionGroups } = person;
  return {
    id,
    login,
    name,
    href: detailUrl(siteUrl, 'HumanUser', id),
    account: t(accountOf(person)),
    flag: t(FLAGS[sudoFlag]),
    permissionGroup: permissionGroupName ?? permissionGroups[0] ?? t('who.groupUnreadable'),
  };
}

function accountOf({ retired, status }: HumanUser): TextKey {
  if (retired) return 'who.accountRetired';
  return status === 'act' ? 'who.accountActive' : 'who.accountInactive';
}
