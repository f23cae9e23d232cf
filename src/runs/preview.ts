/** The plan of a launch, as its person would see it now: resolved, planned, checked, and kept, so that it can be confirmed as it is. */
import type { ActionDefinition, PlanContext } from '../actions/definition.ts';
import type { FormValues } from '../actions/form.ts';
import type { Plan } from '../actions/plan.ts';
import type { AmiPayload } from '../ami/payload.ts';
import { ServiceError } from '../errors.ts';
import type { Identity } from '../login/identity.ts';
import { lendToken, type ShotgridClient } from '../shotgrid/client.ts';
import type { ReadFieldSchemas } from '../shotgrid/field-schemas.ts';
import type { Actor } from './actor.ts';
import { verifyAccess } from './check-access.ts';
import { verifyPlan } from './check-plan.ts';
import { verifyNoSecrets } from './check-secrets.ts';
import { checkValues } from './check-values.ts';
import { checkPermissions, type DryRunLimits } from './dry-run.ts';
import { ActionFailedError } from './errors.ts';
import type { Permissions } from './permissions.ts';
import { planDigest, planKey, type PlanStore } from './plan-store.ts';
import { createReader } from './read-current.ts';
import type { ResolveActor, Ways } from './resolve-actor.ts';

export type Preview = {
  readonly actor: Actor;
  readonly plan: Plan;
  /** Names exactly this plan; the confirmation carries it. */
  readonly digest: string;
  /** What ShotGrid says the person may do of it; kept with the plan. */
  readonly permissions: Permissions;
};

/**
 * @throws {@link ActionNotAllowedError}, {@link ActionFailedError}, {@link PlanOutsideDeclarationError},
 *   {@link PlanInvalidError}, and whatever error of its own the action has for the person.
 */
export type MakePreview = (launch: {
  readonly launchId: string;
  readonly action: ActionDefinition;
  readonly payload: AmiPayload;
  readonly identity: Identity;
  /** What the person answered, checked; absent when the action asks nothing. */
  readonly form?: FormValues | undefined;
  /** By which ways the person may be acted for; an action that says `as: self` narrows them. */
  readonly ways?: Ways | undefined;
  /** Click, sign-in and ShotGrid agree on who this is. */
  readonly onActor?: ((actor: Actor) => void) | undefined;
  readonly onPlanned?: OnPlanned | undefined;
}) => Promise<Preview>;

/**
 * Is waited for before ShotGrid is asked what of the plan it would allow: where this fails, it is not asked.
 */
export type OnPlanned = (made: Pick<Preview, 'plan' | 'digest'>) => Promise<void>;

export type PreviewDeps = {
  readonly plans: PlanStore;
  /** The script's, since what it keeps is for everybody. */
  readonly readFieldSchemas: ReadFieldSchemas;
  readonly now: () => Date;
  readonly dryRunLimits?: DryRunLimits | undefined;
};

export function createMakePreview(
  deps: PreviewDeps & {
    readonly resolveActor: ResolveActor;
    /** What else this action may be given: remote services, proof of the person. */
    readonly contextFor?: ((action: ActionDefinition, identity: Identity) => Partial<PlanContext>) | undefined;
  },
): MakePreview {
  return async function makePreview({ launchId, action, payload, identity, form, ways, onActor, onPlanned }) {
    const { actor, person, client } = await deps.resolveActor(payload, identity, narrowed(ways, action));
    onActor?.(actor);
    verifyAccess(action.access, { identity, person, project: payload.project });
    const plan = await planWith(action, {
      ...(action.handOff === true ? { lend: () => lendToken(client) } : {}),
      ...deps.contextFor?.(action, identity),
      launchId,
      payload,
      identity,
      person: { id: actor.id, login: actor.login, name: actor.name },
      form: form ?? {},
      read: createReader(client),
      now: deps.now(),
    });
    verifyPlan(plan, action);
    verifyNoSecrets(plan, action.form, form ?? {});
    await checkValues(plan, deps.readFieldSchemas, payload.project?.id);
    return keepPreview(deps, { key: launchId, actor, client, plan, projectId: payload.project?.id, onPlanned });
  };
}

/** What an action says of itself holds wherever it is run from. */
export function narrowed(ways: Ways = {}, { as }: Pick<ActionDefinition, 'as'>): Ways {
  return as === 'self' ? { ...ways, onlySelf: true } : ways;
}

/** An action's errors for the person pass; all others are its own trouble, and are told in the log alone. */
async function planWith(action: ActionDefinition, context: PlanContext): Promise<Plan> {
  try {
    return await action.plan(context);
  } catch (error) {
    throw error instanceof ServiceError ? error : new ActionFailedError(error);
  }
}

/** Keeps a plan together with what ShotGrid says of it. */
export async function keepPreview(
  deps: PreviewDeps,
  made: {
    readonly key: string;
    readonly actor: Actor;
    readonly client: ShotgridClient;
    readonly plan: Plan;
    readonly projectId: number | undefined;
    readonly onPlanned: OnPlanned | undefined;
  },
): Promise<Preview> {
  const { key, actor, client, plan, projectId, onPlanned } = made;
  await onPlanned?.({ plan, digest: planDigest(plan) });
  const permissions = await checkPermissions(client, plan, { projectId, now: deps.now, limits: deps.dryRunLimits });
  const digest = await deps.plans.save(planKey(key, actor), plan, deps.now());
  await deps.plans.savePermissions(planKey(key, actor), digest, permissions);
  return { actor, plan, digest, permissions };
}
