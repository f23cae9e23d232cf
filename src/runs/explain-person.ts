/**
 * "Who would I be, and what would my click get?": the same rules as of a real click, one after the other and each told,
 * instead of stopping at the first that refuses. Reads as the script; nobody is acted for.
 */
import type { ActionDefinition } from '../actions/definition.ts';
import { ServiceError } from '../errors.ts';
import { LoginFailedError } from '../login/errors.ts';
import { identityFromClaims, type Claims, type IdentityRules, type Role } from '../login/identity.ts';
import type { ShotgridClient } from '../shotgrid/client.ts';
import { checkSamePerson, findPerson, verifySudoAllowed } from '../shotgrid/people.ts';
import type { HumanUser, SudoPolicy } from '../shotgrid/people.ts';
import { PersonUnknownError, SudoAdminRefusedError, SudoFlagOffError } from '../shotgrid/person-errors.ts';
import { verifyAccess } from './check-access.ts';
import type { Held } from './hold.ts';
import { ActionOffError } from './switch-errors.ts';
import { said, type Said } from '../texts/said.ts';

/** Claims as the provider would send them, a login, or the id of a HumanUser. */
export type WhoIsMeant =
  | { readonly from: 'claims'; readonly claims: Claims }
  | { readonly from: 'login'; readonly login: string }
  | { readonly from: 'person'; readonly id: number };

export type Told = { readonly code: string; readonly message: Said; readonly remedy: Said };

export type Explanation = {
  /** What the claims mean; absent for a person who was picked. */
  readonly mapping?:
    | { readonly claim: string; readonly login: string; readonly name: string; readonly roles: readonly Role[] }
    | undefined;
  /** What was taken for granted. */
  readonly notes: readonly Said[];
  readonly person?: HumanUser | undefined;
  /** What the site's own record gives; absent where claims do. */
  readonly roles?: readonly Role[] | undefined;
  /** Why no click of this person would be shown a preview by the script's sudo; absent when it would. */
  readonly refusal?: Told | undefined;
  /** Whether the person's own session in ShotGrid would be a way all the same. */
  readonly ownSessionHelps: boolean;
  readonly actions: readonly { readonly id: string; readonly title: string; readonly gets: Gets }[];
};

export type Gets =
  | { readonly verdict: 'preview'; readonly onlyIn: readonly (number | string)[] }
  /** By their own session: the action says so, or it is all there is. */
  | { readonly verdict: 'own_session' }
  | ({ readonly verdict: 'refused' } & Told);

export type ExplainPerson = (who: WhoIsMeant) => Promise<Explanation>;

/** @throws {@link ShotgridUnavailableError} and {@link SwitchesUnavailableError}; what is wrong with the person is told, not thrown. */
export function createExplainPerson(deps: {
  readonly script: Pick<ShotgridClient, 'search' | 'fields'>;
  readonly policy: SudoPolicy;
  readonly rules: IdentityRules;
  readonly issuerUrl: string;
  /**
   * The roles that a record on the site gives. Only where everybody signs in with the site's password: there are no claims then,
   * and with the sign-in comes a session of the person's own. @throws {@link LoginFailedError}.
   */
  readonly rolesOnSite?: ((person: HumanUser) => readonly Role[]) | undefined;
  readonly actions: () => readonly ActionDefinition[];
  readonly held: () => Promise<Held>;
}): ExplainPerson {
  return async function explainPerson(who) {
    const notes: Said[] = [];
    let mapping: Explanation['mapping'];
    let person: HumanUser | undefined;
    let roles: Explanation['roles'];
    try {
      if (who.from === 'claims') {
        const { login, name, ...identity } = readClaims(who.claims, notes);
        mapping = { claim: deps.rules.loginClaim, login, name, roles: identity.roles };
        person = await findByLogin(login, notes);
      } else {
        person = who.from === 'login' ? await findByLogin(who.login, notes) : await findPerson(deps.script, who);
        roles = person && deps.rolesOnSite?.(person);
        notes.push(said(deps.rolesOnSite === undefined ? 'explanation.rolesByClaims' : 'explanation.rolesOnSite'));
      }
      const named = mapping?.login ?? (who.from === 'login' ? who.login : (person?.login ?? ''));
      const claimed = { id: person?.id ?? 0, login: person?.login ?? named };
      const agreed = checkSamePerson({ claimed, identity: { login: named }, person });
      const bySudo = refusalOf(() => verifySudoAllowed(agreed, deps.policy));
      const ownSessionHelps = bySudo instanceof SudoFlagOffError || bySudo instanceof SudoAdminRefusedError;
      return {
        mapping,
        notes,
        person,
        roles,
        refusal: bySudo === undefined ? undefined : told(bySudo),
        ownSessionHelps,
        actions: await explainActions(agreed, {
          roles: mapping?.roles ?? roles ?? ['user'],
          bySudo,
          hasOwnSession: ownSessionHelps && deps.rolesOnSite !== undefined,
        }),
      };
    } catch (error) {
      return { mapping, notes, person, roles, refusal: told(error), ownSessionHelps: false, actions: [] };
    }
  };

  /** As the server reads them after a sign-in; what every provider adds may be left out here. */
  function readClaims(claims: Claims, notes: Said[]) {
    const missing = ['iss', 'sub'].filter((name) => !Object.hasOwn(claims, name));
    if (missing.length > 0) notes.push(said('explanation.claimsPresumed', { claims: missing.join(', ') }));
    return identityFromClaims({ iss: deps.issuerUrl, sub: 'not given', ...claims }, deps.rules);
  }

  async function findByLogin(login: string, notes: Said[]): Promise<HumanUser | undefined> {
    for (const retired of [false, true]) {
      const found = await deps.script.search('HumanUser', {
        filters: [['login', 'is', login.trim()]],
        fields: ['login'],
        limit: 2,
        retired,
      });
      const [row] = found;
      if (found.length > 1) notes.push(said('explanation.severalOfLogin'));
      if (row !== undefined && found.length === 1) return findPerson(deps.script, row);
    }
    throw new PersonUnknownError(login);
  }

  async function explainActions(
    person: HumanUser,
    met: { readonly roles: readonly Role[]; readonly bySudo: unknown; readonly hasOwnSession: boolean },
  ): Promise<Explanation['actions']> {
    const { actions } = await deps.held();
    return deps.actions().map(({ id, title, access, as }) => {
      const hold = actions.get(id);
      const isOwn = as === 'self' || met.hasOwnSession;
      const refusal =
        (hold && new ActionOffError(title, hold)) ??
        (isOwn ? undefined : met.bySudo) ??
        refusalOf(() =>
          verifyAccess({ ...access, projects: [] }, { identity: { roles: met.roles }, person, project: undefined }),
        );
      if (refusal !== undefined) return { id, title, gets: { verdict: 'refused', ...told(refusal) } };
      return {
        id,
        title,
        gets: isOwn ? { verdict: 'own_session' } : { verdict: 'preview', onlyIn: access.projects },
      };
    });
  }
}

function refusalOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** @throws what is no refusal about the person. */
function told(error: unknown): Told {
  if (!(error instanceof ServiceError) || error.status >= 500) throw error;
  const { code } = error;
  const { message, remedy } = error.said;
  // Names the claim, never what is in it.
  const diagnosis = error instanceof LoginFailedError ? error.diagnosis : undefined;
  return {
    code,
    message:
      diagnosis === undefined
        ? message
        : said('explanation.inParticular', { message, diagnosis: { english: diagnosis } }),
    remedy,
  };
}
