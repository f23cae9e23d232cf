/** Whether the server is set up for an action at all: better found at the start than at a click. Pure. */
import type { ActionDefinition } from './definition.ts';
import { serviceProblems } from './remote/remote-action.ts';
import { secretTokenProblems } from './secret-tokens.ts';

/** Of the configuration, what actions may need. */
export type SetUp = {
  readonly remote: { readonly origins: { includes(origin: string): boolean } };
  readonly oidc: { readonly tokenExchange: string };
};

/** Of the secrets, the names of those that are set. */
export type SecretNames = {
  readonly amiSecretTokensByName: { readonly has: (name: string) => boolean };
  readonly remoteSecretsByName: { readonly has: (name: string) => boolean };
  readonly handOffKey: string | undefined;
};

export function setUpProblems(setUp: SetUp, secrets: SecretNames): (action: ActionDefinition) => readonly string[] {
  const tokens = secretTokenProblems(secrets.amiSecretTokensByName);
  const services = serviceProblems({
    origins: setUp.remote.origins,
    secretVariables: secrets.remoteSecretsByName,
    offersTokenExchange: setUp.oidc.tokenExchange !== 'off',
  });
  return (action) => [...tokens(action), ...services(action), ...handOffProblems(action, secrets)];
}

function handOffProblems({ handOff }: ActionDefinition, { handOffKey }: SecretNames): readonly string[] {
  return handOff === true && handOffKey === undefined ? ['handOff: needs HAND_OFF_KEY, which is not set'] : [];
}
