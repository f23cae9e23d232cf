/**
 * Who signs in with the login and password of the site. ShotGrid answers with a session, which is what is kept; the password is in
 * memory for the length of this one call. Whether a login exists, is retired or has another password is one and the same answer.
 */
import { LoginCodeRequiredError, LoginFailedError } from '../login/errors.ts';
import { identityFromClaims, type Identity, type IdentityRules } from '../login/identity.ts';
import type { PasswordAttempts } from '../session/password-attempts.ts';
import type { Shotgrid } from '../shotgrid/client.ts';
import { SiteSessionEndedError, SiteSessionMismatchError } from '../shotgrid/own-session-errors.ts';
import { findPerson, type HumanUser } from '../shotgrid/people.ts';
import { RateLimitedError } from './errors.ts';

/** As typed: nothing of it is checked yet. */
export type Typed = { readonly login: string; readonly password: string; readonly code: string | undefined };

export type SignedIn = { readonly identity: Identity; readonly userId: number; readonly sessionToken: string };

export type LegacyLogin = (
  typed: Typed,
  by: {
    readonly address: string;
    /** Told whom the login names, when it names anybody: for the record. */
    readonly onKnown: (person: { readonly id: number; readonly login: string }) => void;
  },
) => Promise<SignedIn>;

/** Groups that the site gives people, as ADMIN_GROUPS and AUDITOR_GROUPS name them. */
const BY_GROUP = 'shotgrid-group:';
const BY_LOGIN = 'shotgrid-login:';

// Far above what people have, and not so much that anybody else's patience is tried.
const MOST_LOGIN = 255;
const MOST_PASSWORD = 1_024;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

export function createLegacyLogin(deps: {
  readonly shotgrid: Pick<Shotgrid, 'asScript' | 'passwordSession' | 'selfId' | 'forgetSelf'>;
  readonly siteUrl: string;
  readonly attempts: PasswordAttempts;
  readonly groups: Pick<IdentityRules, 'adminGroups' | 'auditorGroups'>;
}): LegacyLogin {
  const { shotgrid } = deps;

  /**
   * @throws {@link LoginFailedError}, {@link LoginCodeRequiredError}, {@link RateLimitedError}, ShotgridUnavailableError and
   *   SessionStoreUnavailableError.
   */
  return async function signIn(typed, { address, onKnown }) {
    const login = typed.login.trim();
    const { password } = typed;
    const oneTimeCode = readCode(typed.code);
    const refused = oneTimeCode === undefined ? 'password' : 'code';
    const isPossible = login !== '' && login.length <= MOST_LOGIN && !UNPRINTABLE.test(login);
    if (!isPossible || password === '' || password.length > MOST_PASSWORD) throw new LoginFailedError(refused);

    const known = await findByLogin(login);
    if (known !== undefined) onKnown(known);
    const attempt = await deps.attempts.take({
      login: known === undefined ? `login ${folded(login)}` : `id ${known.id}`,
      address,
    });
    if (attempt.is === 'refused') {
      const { per, retryAfterSeconds } = attempt;
      throw new RateLimitedError({ limit: 'failed sign-ins', per, key: address, retryAfterSeconds });
    }
    let answer: Awaited<ReturnType<Shotgrid['passwordSession']>>;
    try {
      // Asked for unknown logins too: it takes as long, and the site answers the same.
      answer = await shotgrid.passwordSession({ login: known?.login ?? login, password, oneTimeCode });
    } catch (error) {
      await attempt.giveBack();
      throw error;
    }
    switch (answer.is) {
      case 'refused':
        throw new LoginFailedError(refused);
      case 'no_passwords':
        throw new LoginFailedError(answer.because === 'sso' ? 'passwords_sso' : 'passwords_identity');
      case 'code_needed':
        // The password was right; a site that checks it last has counted nothing either.
        await attempt.giveBack();
        throw new LoginCodeRequiredError();
      case 'opened':
    }
    const signedIn = await verifyOwner(answer.sessionToken, login, known?.id);
    if (signedIn === undefined) throw new LoginFailedError(refused, 'the session is of somebody else');
    await attempt.giveBack();
    return signedIn;
  };

  async function findByLogin(login: string): Promise<{ readonly id: number; readonly login: string } | undefined> {
    const rows = await shotgrid
      .asScript()
      .search('HumanUser', { filters: [['login', 'is', login]], fields: ['login'], limit: 2 });
    const [row] = rows;
    const stored = row?.fields['login'];
    if (row === undefined || rows.length > 1 || typeof stored !== 'string') return undefined;
    return folded(stored) === folded(login) ? { id: row.id, login: stored } : undefined;
  }

  /** The session itself says whose it is; that must be a live person under the login that was typed. */
  async function verifyOwner(
    sessionToken: string,
    login: string,
    id: number | undefined,
  ): Promise<SignedIn | undefined> {
    try {
      const userId = await shotgrid.selfId(sessionToken);
      const person = await findPerson(shotgrid.asScript(), { id: userId });
      const isTheirs = person !== undefined && (id ?? userId) === userId && folded(person.login) === folded(login);
      if (isTheirs && !person.retired && person.status === 'act')
        return { identity: identityOnSite(person, deps), userId, sessionToken };
    } catch (error) {
      shotgrid.forgetSelf(sessionToken);
      if (!(error instanceof SiteSessionEndedError || error instanceof SiteSessionMismatchError)) throw error;
      return undefined;
    }
    shotgrid.forgetSelf(sessionToken);
    return undefined;
  }
}

/**
 * The person as the site itself knows them: it is the issuer, the HumanUser's id the subject. Pure.
 *
 * @throws {@link LoginFailedError} where the record holds what no identity may.
 */
export function identityOnSite(
  person: HumanUser,
  {
    siteUrl,
    groups,
  }: { readonly siteUrl: string; readonly groups: Pick<IdentityRules, 'adminGroups' | 'auditorGroups'> },
): Identity {
  const { id, login, name, email, permissionGroupName } = person;
  const memberOf = [
    `${BY_LOGIN}${login}`,
    ...(permissionGroupName === undefined ? [] : [BY_GROUP + permissionGroupName]),
  ];
  return identityFromClaims(
    { iss: siteUrl, sub: String(id), login, name, email, groups: memberOf },
    { loginClaim: 'login', stripDomain: false, groupsClaim: 'groups', ...groups },
  );
}

/** Groups that a provider may name: what is the site's to say, no provider's claim can say. */
export function withoutSiteGroups(groups: readonly string[]): readonly string[] {
  return groups.filter((group) => !group.startsWith(BY_GROUP) && !group.startsWith(BY_LOGIN));
}

/** Undefined when none was typed; people write the six digits in two halves. */
function readCode(text: string | undefined): string | undefined {
  const code = text?.replaceAll(/\s/g, '') ?? '';
  if (code === '') return undefined;
  if (!/^\d{6}$/.test(code)) throw new LoginFailedError('code');
  return code;
}

/** As logins are compared everywhere. */
export function folded(login: string): string {
  return login.normalize('NFC').trim().toLowerCase();
}
