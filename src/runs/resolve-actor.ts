/** ④ May we act as this person? Click, sign-in and ShotGrid must name the same one, and ShotGrid must allow it. */
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity } from '../login/identity.ts';
import type { Shotgrid, ShotgridClient } from '../shotgrid/client.ts';
import { PersonUnknownError } from '../shotgrid/person-errors.ts';
import { checkPerson, findPerson, type HumanUser, type SudoPolicy } from '../shotgrid/people.ts';
import type { Actor } from './actor.ts';

export type ActorAndClient = {
  readonly actor: Actor;
  /** The live record. */
  readonly person: HumanUser;
  /** Acts with this person's rights; its token is checked to name them before its first use. */
  readonly client: ShotgridClient;
};

export type ResolveActor = (payload: AmiPayload, identity: Identity) => Promise<ActorAndClient>;

/** The person who is signed in, without a click: `known` is the actor of an earlier run of theirs. */
export type ResolveSelf = (identity: Identity, known?: Actor) => Promise<ActorAndClient>;

type Deps = { readonly shotgrid: Shotgrid; readonly policy: SudoPolicy };

export function createResolveActor({ shotgrid, policy }: Deps): ResolveActor {
  /**
   * @throws the refusals of `shotgrid/person-errors`; the site's own refusal comes with the client's first call.
   */
  return async function resolveActor(payload, identity) {
    const found = await findPerson(shotgrid.asScript(), { id: payload.user.id });
    const person = checkPerson({ claimed: payload.user, identity, person: found, policy });
    return actAs(shotgrid, person, identity, payload.sessionUuid);
  };
}

export function createResolveSelf({ shotgrid, policy }: Deps): ResolveSelf {
  /**
   * @throws the same as for a click.
   */
  return async function resolveSelf(identity, known) {
    const claimed = known ?? (await findByLogin(shotgrid, identity.login));
    const found = await findPerson(shotgrid.asScript(), { id: claimed.id });
    const person = checkPerson({ claimed, identity, person: found, policy });
    return actAs(shotgrid, person, identity, known?.sessionUuid);
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
  shotgrid: Shotgrid,
  person: HumanUser,
  identity: Identity,
  sessionUuid: string | undefined,
): ActorAndClient {
  const actor: Actor = {
    id: person.id,
    login: person.login,
    name: person.name,
    ...(sessionUuid === undefined ? {} : { sessionUuid }),
    issuer: identity.issuer,
    subject: identity.subject,
  };
  return { actor, person, client: clientFor(shotgrid, actor) };
}

export function clientFor(shotgrid: Shotgrid, actor: Actor): ShotgridClient {
  return shotgrid.asPerson({ login: actor.login, sessionUuid: actor.sessionUuid });
}
