/**
 * Proof of who a person is, for another service behind the same sign-in: a JWT, valid for a minute, for that service alone.
 * Whoever gets one verifies it with the keys at `/.well-known/jwks.json`, the issuer, and its own name as audience.
 */
import { importJWK, SignJWT, type JWK } from 'jose';
import { AssertionUnavailableError } from './errors.ts';
import {
  ALGORITHM,
  createKeyStore,
  type AssertionDatabase,
  type KeyStore,
  type Sealer,
  type StoredKey,
} from './key-store.ts';
import { scheduleKeys } from './schedule.ts';

/** About whom, for whom, and in the course of what. */
export type Statement = {
  /** The service that it is for; it is worth nothing to any other. */
  readonly audience: string;
  /** The person as the identity provider knows them. */
  readonly identity: {
    readonly issuer: string;
    readonly subject: string;
    readonly name: string;
    readonly email?: string | undefined;
  };
  /** The person as ShotGrid knows them: id and login of the HumanUser. */
  readonly person: { readonly id: number; readonly login: string };
  readonly actionId: string;
  readonly launchId: string;
};

export type Assertion = {
  readonly token: string;
  /** The token's `jti`, by which both sides can record it. */
  readonly id: string;
  readonly expiresAt: Date;
};

export type Assertions = {
  /** @throws {@link AssertionUnavailableError} */
  sign(statement: Statement): Promise<Assertion>;
  /** The public keys (RFC 7517), those of the next and the last one among them. @throws {@link AssertionUnavailableError} */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Makes the first key now, so that services can fetch it before they need it. @throws {@link AssertionUnavailableError} */
  prepare(): Promise<void>;
};

export type AssertionDeps = {
  readonly db: AssertionDatabase;
  /** For the private keys. */
  readonly sealer: Sealer;
  /** Our own PUBLIC_URL. */
  readonly issuer: string;
  readonly now: () => Date;
  readonly randomId: () => string;
};

const LIFE_SECONDS = 60;
/** Said in the header (RFC 8725, section 3.11), so that no other JWT of ours could ever pass for one. */
const TYPE = 'understudy-assertion+jwt';
/** Every round another replica may have made the key first; it does not go on for ever. */
const MAX_ROUNDS = 5;

export function createAssertions(deps: AssertionDeps): Assertions {
  const keys = createKeyStore(deps);

  return {
    sign: (statement) =>
      orUnavailable(async () => {
        const { publicJwk, privateJwk } = await signingKey(keys, deps.now());
        const seconds = Math.floor(deps.now().getTime() / 1000);
        const id = deps.randomId();
        const token = await new SignJWT(claimsOf(statement))
          .setProtectedHeader({
            alg: ALGORITHM,
            typ: TYPE,
            ...(publicJwk.kid === undefined ? {} : { kid: publicJwk.kid }),
          })
          .setIssuer(deps.issuer)
          .setAudience(statement.audience)
          .setSubject(statement.identity.subject)
          .setJti(id)
          .setIssuedAt(seconds)
          .setExpirationTime(seconds + LIFE_SECONDS)
          .sign(await importJWK(privateJwk, ALGORITHM));
        return { token, id, expiresAt: new Date((seconds + LIFE_SECONDS) * 1000) };
      }),
    jwks: () =>
      orUnavailable(async () => {
        const { published } = scheduleKeys(await keys.all(), deps.now());
        return { keys: published.map(({ publicJwk }) => publicJwk) };
      }),
    prepare: () =>
      orUnavailable(async () => {
        await signingKey(keys, deps.now());
      }),
  };
}

function claimsOf({ identity, person, actionId, launchId }: Statement): Record<string, unknown> {
  return {
    // `sub` is unique within the provider only.
    idp: identity.issuer,
    login: person.login,
    user_id: person.id,
    name: identity.name,
    ...(identity.email === undefined ? {} : { email: identity.email }),
    action: actionId,
    launch: launchId,
  };
}

/** The key that signs now. Makes the first one, makes the next one in time, and forgets those nobody needs any more. */
async function signingKey(keys: KeyStore, now: Date): Promise<{ readonly publicJwk: JWK; readonly privateJwk: JWK }> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const all = await keys.all();
    const { signing, obsolete, nextSignsFrom } = scheduleKeys(all, now);
    if (nextSignsFrom !== undefined) {
      await keys.make(Math.max(0, ...all.map(({ generation }) => generation)) + 1, nextSignsFrom);
    } else if (signing !== undefined && hasPrivate(signing)) {
      await keys.remove(obsolete);
      return signing;
    }
  }
  throw new Error('no key could be made');
}

function hasPrivate(key: StoredKey): key is StoredKey & { readonly privateJwk: JWK } {
  return key.privateJwk !== undefined;
}

async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new AssertionUnavailableError({ cause: error });
  }
}
