/** What actions may count on when part of the configuration is broken: what is wrong with it is told once, and not once more of each action. */
import type { SecretNames, SetUp } from '../actions/set-up-problems.ts';
import type { InspectedConfig } from '../config/inspect.ts';

export function presumed({ config, secrets, unusable }: InspectedConfig): {
  readonly setUp: SetUp;
  readonly secrets: SecretNames;
} {
  const isThere = (names: { readonly has: (name: string) => boolean }) => ({
    has: (name: string) => names.has(name) || unusable.has(name),
  });
  return {
    setUp: {
      remote: { origins: unusable.has('REMOTE_ORIGINS') ? ANY : config.remote.origins },
      oidc: { tokenExchange: unusable.has('OIDC_TOKEN_EXCHANGE') ? 'unusable' : config.oidc.tokenExchange },
    },
    secrets: {
      amiSecretTokensByName: isThere(secrets.amiSecretTokensByName),
      remoteSecretsByName: isThere(secrets.remoteSecretsByName),
      handOffKey: unusable.has('HAND_OFF_KEY') ? 'unusable' : secrets.handOffKey,
    },
  };
}

const ANY = { includes: () => true };
