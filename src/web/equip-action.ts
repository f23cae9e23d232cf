/** An action with what this server and this person's session let it have: remote services to ask, and proof of the person. */
import type { Request } from 'express';
import type { ActionDefinition } from '../actions/definition.ts';
import type { RemoteServices } from '../actions/remote/services.ts';
import type { Identity } from '../login/identity.ts';
import { noteProven } from './open-launch.ts';
import type { HandOff } from './hand-off.ts';
import type { Prove } from './prove.ts';
import type { Recorder } from './recorder.ts';
import type { KeepTokens } from './sign-in-tokens.ts';

export type EquipAction = (
  action: ActionDefinition,
  click: { readonly request: Request; readonly launchId: string; readonly identity: Identity },
) => ActionDefinition;

export function createEquipAction(deps: {
  readonly remote: RemoteServices;
  readonly prove: Prove;
  readonly recorder: Recorder;
  readonly keepTokens: KeepTokens;
  /** Undefined: this server hands nobody over. */
  readonly handOff: HandOff | undefined;
}): EquipAction {
  const { remote, prove, recorder, keepTokens, handOff } = deps;
  return function equipAction(action, { request, launchId, identity }) {
    const { proof: wish } = action;
    return {
      ...action,
      plan: ({ lend, ...context }) =>
        action.plan({
          ...context,
          launchId,
          remote,
          handOff:
            handOff &&
            lend &&
            (() => {
              noteProven(request, identity, context.person);
              return handOff({ login: context.person.login, lend, record: () => recorder.handOff(request) });
            }),
          proof:
            wish &&
            (() => {
              // There is a plan to make only once click, sign-in and ShotGrid have agreed on who this is.
              noteProven(request, identity, context.person);
              return prove({
                wish,
                identity,
                person: context.person,
                actionId: action.id,
                launchId,
                tokens: keepTokens.open(request, identity),
                record: (given) => recorder.proof(request, given),
              });
            }),
        }),
    };
  };
}
