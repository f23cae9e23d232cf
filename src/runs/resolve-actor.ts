/** ④ May we act as this person, and how? Click, sign-in and ShotGrid must name the same one; then sudo, or their own session. */
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity } from '../login/identity.ts';
import type { Shotgrid, ShotgridClient } from '../shotgrid/client.ts';
import { PersonUnknownError, SudoAdminRefusedError, SudoFlagOffError } from '../shotgrid/person-errors.ts';
import { checkSamePerson, findPerson, verifySudoAllowed, type HumanUser, type SudoPolicy } from '../shotgrid/people.ts';
import type { Actor } from './actor.ts';
import { OwnSessionNeededError } from './errors.ts';

export type ActorAndClient = {
  readonly actor: Actor;
  /** The live record. */
  readonly person: HumanUser;
  /** Acts with this person's rights; its token is checked to name them before its first use. */
  readonly client: ShotgridClient;
};

/** The person's own session on the site, which they approved or signed in for. */
export type OwnSession = {
  /** A credential. */
  readonly token: string;
  /** The HumanUser whose it is. */
  readonly userId: number;
};

/** By which of the two ways a person may be acted for. */
export type Ways = {
  readonly own?: OwnSession | undefined;
  /** The script's sudo is no way here: the action says so, or the person chose to go on as themselves. */
  readonly onlySelf?: boolean;
};

export type ResolveActor = (payload: AmiPayload, identity: Identity, ways?: Ways) => Promise<ActorAndClient>;

/** The person who is signed in, without a click: `known` is the actor of an earlier run of theirs. */
export type ResolveSelf = (identity: Identity, known?: Actor, ways?: Ways) => Promise<ActorAndClient>;

type Deps = { readonly shotgrid: Shotgrid; readonly policy: SudoPolicy };

export function createResolveActor({ shotgrid, policy }: Deps): ResolveActor {
  /**
   * @throws the refusals of `shotgrid/person-errors`, {@link OwnSessionNeededError}; the site's own refusal comes with the client's
   *   first call.
   */
  return async function resolveActor(payload, identity, ways = {}) {
    const found = await findPerson(shotgrid.asScript(), { id: payload.user.id });
    const person = checkSamePerson({ claimed: payload.user, identity, person: found });
    return actAs({ shotgrid, policy }, person, identity, payload.sessionUuid, ways);
  };
}

export function createResolveSelf({ shotgrid, policy }: Deps): ResolveSelf {
  /**
   * @throws the same as for a click.
   */
  return async function resolveSelf(identity, known, ways = {}) {
    const claimed = known ?? (await findByLogin(shotgrid, identity.login));
    const found = await findPerson(shotgrid.asScript(), { id: claimed.id });
    const person = checkSamePerson({ claimed, identity, person: found });
    return actAs({ shotgrid, policy }, person, identity, known?.sessionUuid, ways);
  };
}

async function findByLogin(
  shotgrid: Shotgrid,
  login: string,
): Promise<{ readonly id: number; readonly login: string }> {
  const found = await shotgrid
    .asScript()
    .search('HumanUser', { filters: [['login', 'is', login.trim()]], fields: ['login'], limit: 2 });
  const [row] = found;
  const stored = row?.fields['login'];
  if (row === undefined || found.length > 1 || typeof stored !== 'string') throw new PersonUnknownError(login);
  return { id: row.id, login: stored };
}

function actAs(
  { shotgrid, policy }: Deps,
  person: HumanUser,
  identity: Identity,
  sessionUuid: string | undefined,
  ways: Ways,
): ActorAndClient {
  const own = ownWay(person, policy, ways);
  const actor: Actor = {
    id: person.id,
    login: person.login,
    name: person.name,
    ...(sessionUuid === undefined ? {} : { sessionUuid }),
    ...(own === undefined ? {} : { bySelf: true }),
    issuer: identity.issuer,
    subject: identity.subject,
  };
  return { actor, person, client: own === undefined ? sudoClient(shotgrid, actor) : selfClient(shotgrid, actor, own) };
}

/** The person's own session where it is to be used; undefined where sudo is. */
function ownWay(person: HumanUser, policy: SudoPolicy, { own, onlySelf }: Ways): OwnSession | undefined {
  const usable = own?.userId === person.id ? own : undefined;
  if (onlySelf === true) {
    if (usable === undefined) throw new OwnSessionNeededError();
    return usable;
  }
  try {
    verifySudoAllowed(person, policy);
    return undefined;
  } catch (error) {
    const isRefusal = error instanceof SudoFlagOffError || error instanceof SudoAdminRefusedError;
    if (isRefusal && usable !== undefined) return usable;
    throw error;
  }
}

export function sudoClient(shotgrid: Shotgrid, { login, sessionUuid }: Actor): ShotgridClient {
  return shotgrid.asPerson({ login, sessionUuid });
}

export function selfClient(shotgrid: Shotgrid, { id, sessionUuid }: Actor, { token }: OwnSession): ShotgridClient {
  return shotgrid.asSelf({ sessionToken: token, userId: id, sessionUuid });
}
