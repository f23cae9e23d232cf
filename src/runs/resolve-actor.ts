/** ④ May we act as this person? Click, sign-in and ShotGrid must name the same one, and ShotGrid must allow it. */
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity } from '../login/identity.ts';
import type { Shotgrid, ShotgridClient } from '../shotgrid/client.ts';
import { checkPerson, findPerson, type SudoPolicy } from '../shotgrid/people.ts';
import type { Actor } from './actor.ts';

export type ActorAndClient = {
  readonly actor: Actor;
  /** Acts with this person's rights; its token is checked to name them before its first use. */
  readonly client: ShotgridClient;
};

export type ResolveActor = (payload: AmiPayload, identity: Identity) => Promise<ActorAndClient>;

export function createResolveActor(deps: { readonly shotgrid: Shotgrid; readonly policy: SudoPolicy }): ResolveActor {
  /**
   * @throws the refusals of `shotgrid/person-errors`; the site's own refusal comes with the client's first call.
   */
  return async function resolveActor(payload, identity) {
    const found = await findPerson(deps.shotgrid.asScript(), { id: payload.user.id });
    const person = checkPerson({ claimed: payload.user, identity, person: found, policy: deps.policy });
    const actor: Actor = {
      id: person.id,
      login: person.login,
      name: person.name,
      ...(payload.sessionUuid === undefined ? {} : { sessionUuid: payload.sessionUuid }),
      issuer: identity.issuer,
      subject: identity.subject,
    };
    return { actor, client: clientFor(deps.shotgrid, actor) };
  };
}

export function clientFor(shotgrid: Shotgrid, actor: Actor): ShotgridClient {
  return shotgrid.asPerson({ login: actor.login, sessionUuid: actor.sessionUuid });
}
