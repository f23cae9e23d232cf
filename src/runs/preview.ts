/** The plan of a launch, as its person would see it now: resolved, planned and kept, so that it can be confirmed as it is. */
import type { ActionDefinition } from '../actions/definition.ts';
import type { FormValues } from '../actions/form.ts';
import type { Plan } from '../actions/plan.ts';
import type { AmiPayload } from '../ami/payload.ts';
import type { Identity } from '../login/identity.ts';
import type { Actor } from './actor.ts';
import type { PlanStore } from './plan-store.ts';
import { createReader } from './read-current.ts';
import type { ResolveActor } from './resolve-actor.ts';

export type Preview = {
  readonly actor: Actor;
  readonly plan: Plan;
  /** Names exactly this plan; the confirmation carries it. */
  readonly digest: string;
};

export type MakePreview = (launch: {
  readonly launchId: string;
  readonly action: ActionDefinition;
  readonly payload: AmiPayload;
  readonly identity: Identity;
  /** What the person answered, checked; absent when the action asks nothing. */
  readonly form?: FormValues | undefined;
}) => Promise<Preview>;

export function createMakePreview(deps: {
  readonly resolveActor: ResolveActor;
  readonly plans: PlanStore;
  readonly now: () => Date;
}): MakePreview {
  return async function makePreview({ launchId, action, payload, identity, form }) {
    const { actor, client } = await deps.resolveActor(payload, identity);
    const plan = await action.plan({
      payload,
      identity,
      person: { id: actor.id, login: actor.login, name: actor.name },
      form: form ?? {},
      read: createReader(client),
      now: deps.now(),
    });
    const digest = await deps.plans.save(launchId, plan, deps.now());
    return { actor, plan, digest };
  };
}
