/** The parts that have to do with other services: asking them for plans, and proving to them who a person is. */
import { createRemoteServices } from '../actions/remote/ask.ts';
import type { RemoteServices } from '../actions/remote/services.ts';
import { createAssertions, type Assertions } from '../assertion/assertions.ts';
import type { AssertionDatabase } from '../assertion/key-store.ts';
import type { Config, Secrets } from '../config/config.ts';
import type { RelyingParty } from '../login/relying-party.ts';
import { createSealer } from '../session/sealed.ts';
import { randomId } from '../session/secret.ts';
import { createHandOff, type HandOff } from './hand-off.ts';
import { createProve, type Prove } from './prove.ts';
import { createKeepTokens, type KeepTokens } from './sign-in-tokens.ts';

export type ServiceParts = {
  readonly remote: RemoteServices & { close(): Promise<void> };
  readonly assertions: Assertions;
  readonly prove: Prove;
  readonly handOff: HandOff | undefined;
  readonly keepTokens: KeepTokens;
};

export function createServiceParts(deps: {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly db: AssertionDatabase;
  readonly relyingParty: RelyingParty | undefined;
  readonly now: () => Date;
}): ServiceParts {
  const { config, secrets, db, relyingParty, now } = deps;
  const { tokenExchange } = config.oidc;
  const assertions = createAssertions({
    db,
    sealer: createSealer(secrets.sessionSecrets, 'assertion keys'),
    issuer: config.publicUrl,
    now,
    randomId,
  });
  return {
    remote: createRemoteServices({
      siteUrl: config.shotgridUrl,
      ...config.remote,
      secretsByName: secrets.remoteSecretsByName,
      now,
      randomId,
    }),
    assertions,
    handOff: createHandOff({ key: secrets.handOffKey, siteUrl: config.shotgridUrl, now }),
    prove: createProve({ assertions, relyingParty, tokenExchange }),
    keepTokens: createKeepTokens(createSealer(secrets.sessionSecrets, 'ID token'), {
      accessTokens: tokenExchange === 'access_token',
    }),
  };
}
