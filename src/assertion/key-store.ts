/** The keys in the database, shared by replicas: public halves as they are published, private halves sealed. */
import type { Kysely } from 'kysely';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { ScheduledKey } from './schedule.ts';
import { seal, unseal } from './seal.ts';

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

const PURPOSE = 'assertion key';

/** @param deps.secrets - Newest first: the first seals, all open. */
export function createKeyStore(deps: {
  readonly db: AssertionDatabase;
  readonly secrets: readonly string[];
}): KeyStore {
  const db = deps.db.$extendTables<Tables>();

  return {
    async all() {
      const rows = await db.selectFrom('assertion_keys').selectAll().execute();
      return rows.map((row) => {
        const opened = unseal(deps.secrets, PURPOSE, row.sealed_private_jwk);
        return {
          generation: row.generation,
          publicJwk: JSON.parse(row.public_jwk) as JWK,
          privateJwk: opened === undefined ? undefined : (JSON.parse(opened) as JWK),
          canSign: opened !== undefined,
          signsFrom: new Date(row.signs_from),
        };
      });
    },

    async make(generation, signsFrom) {
      const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
      const publicHalf = await exportJWK(publicKey);
      const names = { kid: await calculateJwkThumbprint(publicHalf), alg: ALGORITHM, use: 'sig' };
      await db
        .insertInto('assertion_keys')
        .values({
          generation,
          public_jwk: JSON.stringify({ ...publicHalf, ...names }),
          sealed_private_jwk: seal(deps.secrets, PURPOSE, JSON.stringify(await exportJWK(privateKey))),
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
