/**
 * Who may be acted for. Looking a person up asks the site; deciding is a pure function.
 * ShotGrid REST: sudo works for a login whose HumanUser is active, not retired, and has `can_impersonate_this_user` on.
 */
import type { ShotgridClient } from './client.ts';
import {
  IdentityMismatchError,
  PersonUnknownError,
  SudoAdminRefusedError,
  SudoFlagOffError,
  SudoInactiveError,
} from './person-errors.ts';
import { parseLink, type Row } from './rows.ts';

/**
 * The checkbox "Admins Can Perform Actions As" as far as we can see it. `not_on_this_site`: the site is older than the
 * checkbox. `unreadable`: the site has it, but our script does not get its value.
 */
export type SudoFlag = 'on' | 'off' | 'unreadable' | 'not_on_this_site';

/** A person's record on the site. */
export type HumanUser = {
  readonly id: number;
  /** As stored; empty when the record has none. */
  readonly login: string;
  readonly name: string;
  readonly email: string | undefined;
  /** `act` or `dis`. */
  readonly status: string | undefined;
  readonly sudoFlag: SudoFlag;
  /** Codes of the permission group and of the group it was made from; empty when they cannot be read. */
  readonly permissionGroups: readonly string[];
  /** What people call the permission group. */
  readonly permissionGroupName: string | undefined;
  readonly retired: boolean;
};

/** `flag`: the checkbox decides. `never_admins`: and never as an admin, whatever the checkbox says. */
export type SudoPolicy = 'flag' | 'never_admins';

const FLAG = 'can_impersonate_this_user';
const GROUP_CODE = 'permission_rule_set.PermissionRuleSet.code';
const PARENT_GROUP_CODE = 'permission_rule_set.PermissionRuleSet.parent_set.PermissionRuleSet.code';
const FIELDS = ['login', 'name', 'email', 'sg_status_list', FLAG, 'permission_rule_set', GROUP_CODE, PARENT_GROUP_CODE];

/** The person with this id, looked for among the retired too so that they can be told so; undefined when there is none. */
export async function findPerson(
  script: Pick<ShotgridClient, 'search' | 'fields'>,
  { id }: { readonly id: number },
): Promise<HumanUser | undefined> {
  for (const retired of [false, true]) {
    const [row] = await script.search('HumanUser', { filters: [['id', 'is', id]], fields: FIELDS, limit: 1, retired });
    if (row !== undefined) return { ...parsePerson(row, await readFlag(script, row)), retired };
  }
  return undefined;
}

/** The site silently drops fields it does not know, so a missing value is looked into before anything follows from it. */
async function readFlag(script: Pick<ShotgridClient, 'fields'>, row: Row): Promise<SudoFlag> {
  const value = row.fields[FLAG];
  if (value !== undefined) return value === true ? 'on' : 'off';
  return (await script.fields('HumanUser')).has(FLAG) ? 'unreadable' : 'not_on_this_site';
}

function parsePerson(row: Row, sudoFlag: SudoFlag): Omit<HumanUser, 'retired'> {
  const text = (field: string): string | undefined => {
    const value = row.fields[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const login = text('login') ?? '';
  return {
    id: row.id,
    login,
    name: text('name') ?? login,
    email: text('email'),
    status: text('sg_status_list'),
    sudoFlag,
    permissionGroups: [text(GROUP_CODE), text(PARENT_GROUP_CODE)].filter((code) => code !== undefined),
    permissionGroupName: parseLink(row.fields['permission_rule_set'])?.name,
  };
}

export type PersonToCheck = {
  /** `user_id` and `user_login` of the click. */
  readonly claimed: { readonly id: number; readonly login: string };
  /** The login the identity provider vouches for. */
  readonly identity: { readonly login: string };
  /** The live record found under `claimed.id`. */
  readonly person: HumanUser | undefined;
  readonly policy: SudoPolicy;
};

/**
 * The person to act for by the script's sudo: {@link checkSamePerson} and {@link verifySudoAllowed}.
 *
 * @throws what those two throw; the mismatch before anything about the person's account, which is no business of somebody else.
 */
export function checkPerson({ policy, ...question }: PersonToCheck): HumanUser {
  const person = checkSamePerson(question);
  verifySudoAllowed(person, policy);
  return person;
}

/**
 * The person whom the click, the sign-in and the live record agree on, while they are active.
 * The click's login was copied from the record by the site, so it must be the very same text. The provider's login
 * was typed by a person, so it is compared as ShotGrid's own toolkit does: trimmed and without regard to case (after
 * Unicode normalisation). What goes to the site is always the stored login, verbatim.
 *
 * @throws {@link PersonUnknownError}, {@link IdentityMismatchError}, {@link SudoInactiveError}.
 */
export function checkSamePerson({ claimed, identity, person }: Omit<PersonToCheck, 'policy'>): HumanUser {
  if (person === undefined) throw new PersonUnknownError(claimed.login);
  if (person.id !== claimed.id) throw new IdentityMismatchError('click_id');
  if (person.login !== claimed.login) throw new IdentityMismatchError('click_login');
  if (folded(person.login) !== folded(identity.login)) throw new IdentityMismatchError('signed_in_login');
  if (folded(person.login) === '') throw new PersonUnknownError(claimed.login);
  if (person.retired) throw new SudoInactiveError(person.login, 'retired');
  if (person.status !== 'act') throw new SudoInactiveError(person.login, 'disabled');
  return person;
}

/**
 * Throws unless the record and the policy allow the script to act as this person.
 *
 * @throws {@link SudoAdminRefusedError}, {@link SudoFlagOffError}.
 */
export function verifySudoAllowed(person: HumanUser, policy: SudoPolicy): void {
  if (policy === 'never_admins' && mayBeAdmin(person)) throw new SudoAdminRefusedError(person.login);
  switch (person.sudoFlag) {
    case 'off':
      throw new SudoFlagOffError(person.login);
    case 'unreadable':
      throw new SudoFlagOffError(person.login, false);
    // A site without the checkbox still applies its other rules when the token is asked for.
    case 'not_on_this_site':
    case 'on':
  }
}

function folded(login: string): string {
  return login.normalize('NFC').trim().toLowerCase();
}

/** Also true when the group cannot be read: a policy that cannot be checked is not met. */
function mayBeAdmin(person: HumanUser): boolean {
  return person.permissionGroups.length === 0 || person.permissionGroups.some((code) => folded(code) === 'admin');
}
