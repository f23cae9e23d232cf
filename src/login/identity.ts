/**
 * Claims of the ID token → who this is and what they may see. Pure.
 * The claims are signed, but what people can type into their own profile comes with them: everything is checked.
 */
import { LoginFailedError } from './errors.ts';

/** What a person may see here: `user` everybody, `admin` /admin, `auditor` /audit. */
export type Role = 'user' | 'admin' | 'auditor';

/** A person after login. Plain data: it survives a trip through a session store. */
export type Identity = {
  readonly issuer: string;
  /** The provider's own id of the person, unique within `issuer`; never changes, never shown. */
  readonly subject: string;
  /** The name that is compared with `HumanUser.login`, as the provider spells it. */
  readonly login: string;
  readonly name: string;
  readonly email?: string;
  readonly roles: readonly Role[];
  /** The provider's id of this browser's session there; a back-channel logout may name it. */
  readonly sid?: string;
};

/** Members of the ID token, as parsed from JSON. */
export type Claims = Readonly<Record<string, unknown>>;

/** How to read the claims; from the environment. */
export type IdentityRules = {
  readonly loginClaim: string;
  /** `artist@studio.example` → `artist`. Only safe where the provider serves one domain. */
  readonly stripDomain: boolean;
  readonly groupsClaim: string;
  readonly adminGroups: readonly string[];
  readonly auditorGroups: readonly string[];
};

const MAX_SUBJECT_LENGTH = 255; // OpenID Connect Core 1.0, section 2
const MAX_TEXT_LENGTH = 512;
const MAX_GROUPS = 10_000;

// Controls, invisible format characters, lone surrogates, private use, unassigned; and line separators.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
// A display name may hold joiners (Persian, emoji), but nothing that moves or hides other text.
const DISTURBING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/**
 * Reads the person out of the claims of a verified ID token.
 *
 * @throws {@link LoginFailedError} with reason `claims` when a claim is missing, of the wrong type, over its length
 *   or holds control characters. The claim is named in `diagnosis`, its value never.
 */
export function identityFromClaims(claims: Claims, rules: IdentityRules): Identity {
  const login = readLogin(claims, rules);
  const email = readText(claims, 'email', DISTURBING);
  const sid = readText(claims, 'sid', UNPRINTABLE);
  return {
    issuer: required(claims, 'iss', MAX_TEXT_LENGTH),
    subject: required(claims, 'sub', MAX_SUBJECT_LENGTH),
    login,
    name: readText(claims, 'name', DISTURBING) ?? login,
    ...(email === undefined ? {} : { email }),
    roles: rolesOf(readGroups(claims, rules.groupsClaim), rules),
    ...(sid === undefined ? {} : { sid }),
  };
}

/** Whether this person may see what `role` may see. */
export function hasRole(identity: Pick<Identity, 'roles'>, role: Role): boolean {
  return identity.roles.includes(role);
}

function readLogin(claims: Claims, rules: IdentityRules): string {
  const text = required(claims, rules.loginClaim, MAX_TEXT_LENGTH);
  const login = rules.stripDomain ? withoutDomain(text, rules.loginClaim) : text;
  // Spaces around a login would survive some comparisons and not others.
  if (login === '' || login !== login.trim()) throw bad(rules.loginClaim, 'is blank or has spaces around it');
  return login;
}

function withoutDomain(text: string, claim: string): string {
  const [local = '', , ...rest] = text.split('@');
  // `artist@evil@studio.example` has no honest reading.
  if (rest.length > 0) throw bad(claim, 'has more than one @');
  return local;
}

function readGroups(claims: Claims, claim: string): readonly string[] {
  const value = own(claims, claim);
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw bad(claim, 'is neither a text nor a list of texts');
  if (value.length > MAX_GROUPS) throw bad(claim, `has more than ${MAX_GROUPS} entries`);
  return value.map((group: unknown) => {
    if (typeof group !== 'string') throw bad(claim, 'is neither a text nor a list of texts');
    return group;
  });
}

function rolesOf(groups: readonly string[], rules: IdentityRules): readonly Role[] {
  const member = new Set(groups);
  const roles: Role[] = ['user'];
  if (rules.adminGroups.some((group) => member.has(group))) roles.push('admin');
  if (rules.auditorGroups.some((group) => member.has(group))) roles.push('auditor');
  return roles;
}

function required(claims: Claims, claim: string, maxLength: number): string {
  const text = readText(claims, claim, UNPRINTABLE, maxLength);
  if (text === undefined) throw bad(claim, 'is missing');
  return text;
}

/** The claim as text; undefined when it is absent, null or empty. */
function readText(claims: Claims, claim: string, refused: RegExp, maxLength = MAX_TEXT_LENGTH): string | undefined {
  const value = own(claims, claim);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw bad(claim, 'is not a text');
  if (value.length > maxLength) throw bad(claim, `is longer than ${maxLength} characters`);
  if (refused.test(value)) throw bad(claim, 'holds control or invisible characters');
  return value;
}

/** Only what the token itself says: `constructor` as a claim name must not find Object's. */
function own(claims: Claims, claim: string): unknown {
  return Object.hasOwn(claims, claim) ? claims[claim] : undefined;
}

function bad(claim: string, why: string): LoginFailedError {
  return new LoginFailedError('claims', `the claim "${claim}" ${why}`);
}
