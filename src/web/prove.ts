/** Proof of who a person is, for the service that an action names: signed here, or exchanged at the identity provider. */
import type { ActionPerson } from '../actions/definition.ts';
import type { Proof, ProofWish } from '../actions/proof.ts';
import type { Assertions } from '../assertion/assertions.ts';
import type { Config } from '../config/config.ts';
import { TokenExchangeError } from '../login/errors.ts';
import type { Identity } from '../login/identity.ts';
import type { RelyingParty } from '../login/relying-party.ts';
import type { SubjectToken } from '../login/token-exchange.ts';
import type { SignInTokens } from './sign-in-tokens.ts';

/** A proof that is about to be given, for the record: all but the token itself. */
export type ProofGiven = {
  readonly kind: ProofWish['kind'];
  /** The service. */
  readonly audience: string;
  /** Of an assertion: its `jti`, which the service can record too. */
  readonly id?: string | undefined;
};

export type Prove = (request: {
  readonly wish: ProofWish;
  readonly identity: Identity;
  readonly person: ActionPerson;
  readonly actionId: string;
  readonly launchId: string;
  readonly tokens: SignInTokens;
  /** No record, no proof: what it throws is thrown on, and nothing is given. */
  readonly record: (given: ProofGiven) => Promise<void>;
}) => Promise<Proof>;

export function createProve(deps: {
  readonly assertions: Pick<Assertions, 'sign'>;
  readonly relyingParty: Pick<RelyingParty, 'exchange'> | undefined;
  readonly tokenExchange: Config['oidc']['tokenExchange'];
}): Prove {
  /**
   * @throws {@link AssertionUnavailableError}, {@link TokenExchangeError}, {@link IdpUnavailableError}, and what `record` throws.
   */
  return async function prove({ wish, identity, person, actionId, launchId, tokens, record }) {
    switch (wish.kind) {
      case 'assertion': {
        const { audience } = wish;
        const { token, id, expiresAt } = await deps.assertions.sign({ audience, identity, person, actionId, launchId });
        await record({ kind: wish.kind, audience, id });
        return { kind: wish.kind, token, expiresAt };
      }
      case 'access_token': {
        if (deps.relyingParty === undefined) throw new TokenExchangeError('not_offered', 'there is no provider');
        const { token, expiresAt } = await deps.relyingParty.exchange(subjectToken(deps.tokenExchange, tokens), wish);
        await record({ kind: wish.kind, audience: wish.audience ?? wish.resource ?? '' });
        return { kind: wish.kind, token, expiresAt };
      }
    }
  };
}

function subjectToken(which: Config['oidc']['tokenExchange'], tokens: SignInTokens): SubjectToken {
  if (which === 'off') throw new TokenExchangeError('not_offered', 'OIDC_TOKEN_EXCHANGE is off');
  const token = which === 'access_token' ? tokens.accessToken : tokens.idToken;
  // The session is of before the setting was changed.
  if (token === undefined) throw new TokenExchangeError('sign_in_too_old', `the session keeps no ${which}`);
  return { type: which, token };
}
