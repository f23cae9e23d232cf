/** The keys in the database, shared by replicas: public halves as they are published, private halves sealed. */
import type { Kysely } from 'kysely';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { ScheduledKey } from './schedule.ts';

export const ALGORITHM = 'ES256';

export type StoredKey = ScheduledKey & {
  readonly generation: number;
  /** With `kid`, `alg` and `use`. */
  readonly publicJwk: JWK;
  readonly privateJwk: JWK | undefined;
};

export type KeyStore = {
  all(): Promise<readonly StoredKey[]>;
  /** Makes a key, unless another replica made this generation first. */
  make(generation: number, signsFrom: Date): Promise<void>;
  remove(keys: readonly StoredKey[]): Promise<void>;
};

/** Text that only this server can read again, as `session/sealed` makes it; `open` answers undefined when it cannot. */
export type Sealer = {
  seal(about: string, text: string): string;
  open(about: string, sealed: string): string | undefined;
};

/** A database with the table among others. */
export type AssertionDatabase = Pick<Kysely<object>, '$extendTables'>;

type Tables = {
  readonly assertion_keys: {
    readonly generation: number;
    readonly public_jwk: string;
    readonly sealed_private_jwk: string;
    readonly signs_from: string;
  };
};

export function createKeyStore(deps: { readonly db: AssertionDatabase; readonly sealer: Sealer }): KeyStore {
  const { sealer } = deps;
  const db = deps.db.$extendTables<Tables>();
  // A private half opens beside its own public half only.
  const about = (publicJwk: JWK): string => `private half of ${publicJwk.kid ?? ''}`;

  return {
    async all() {
      const rows = await db.selectFrom('assertion_keys').selectAll().execute();
      return rows.map((row) => {
        const publicJwk = JSON.parse(row.public_jwk) as JWK;
        const opened = sealer.open(about(publicJwk), row.sealed_private_jwk);
        return {
          generation: row.generation,
          publicJwk,
          privateJwk: opened === undefined ? undefined : (JSON.parse(opened) as JWK),
          canSign: opened !== undefined,
          signsFrom: new Date(row.signs_from),
        };
      });
    },

    async make(generation, signsFrom) {
      const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
      const publicHalf = await exportJWK(publicKey);
      const publicJwk = { ...publicHalf, kid: await calculateJwkThumbprint(publicHalf), alg: ALGORITHM, use: 'sig' };
      await db
        .insertInto('assertion_keys')
        .values({
          generation,
          public_jwk: JSON.stringify(publicJwk),
          sealed_private_jwk: sealer.seal(about(publicJwk), JSON.stringify(await exportJWK(privateKey))),
          signs_from: signsFrom.toISOString(),
        })
        .onConflict((conflict) => conflict.column('generation').doNothing())
        .execute();
    },

    async remove(keys) {
      if (keys.length === 0) return;
      const generations = keys.map(({ generation }) => generation);
      await db.deleteFrom('assertion_keys').where('generation', 'in', generations).execute();
    },
  };
}
