import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose';
import { createAssertions, type Assertions, type Statement } from '../../src/assertion/assertions.ts';
import { PUBLISH_AHEAD_MS, ROTATE_AFTER_MS } from '../../src/assertion/schedule.ts';
import { createSealer } from '../../src/session/sealed.ts';
import { databases, type TestDatabases } from '../support/databases.ts';

type Database = Awaited<ReturnType<TestDatabases['open']>>;

const ISSUER = 'https://understudy.studio.example';
const SECRETS = ['a session secret of more than 32 characters'];
const START = new Date('2026-05-01T10:00:00Z');
const HALF_HOUR = 30 * 60_000;

const statement: Statement = {
  audience: 'farm',
  identity: { issuer: 'https://idp.example', subject: 'person-artist', name: 'Alma Ortiz', email: 'a@studio.example' },
  person: { id: 24, login: 'artist' },
  actionId: 'send-to-farm',
  launchId: 'launch-1',
};

describe.each(databases)('assertions with keys in $name', ({ open }) => {
  it('say who it is, for whom, and for how long', async () => {
    const { assertions } = await make(await open());
    const given = await assertions.sign(statement);
    expect(given).toMatchObject({ id: 'id-1', expiresAt: new Date('2026-05-01T10:01:00Z') });
    expect(await verify(assertions, given.token)).toEqual({
      iss: ISSUER,
      aud: 'farm',
      sub: 'person-artist',
      idp: 'https://idp.example',
      login: 'artist',
      user_id: 24,
      name: 'Alma Ortiz',
      email: 'a@studio.example',
      action: 'send-to-farm',
      launch: 'launch-1',
      jti: 'id-1',
      iat: START.getTime() / 1000,
      exp: START.getTime() / 1000 + 60,
    });
    expect(decodeProtectedHeader(given.token)).toMatchObject({ alg: 'ES256', typ: 'understudy-assertion+jwt' });
  });

  it('are each their own, and silent on what is not known', async () => {
    const { assertions } = await make(await open());
    const { issuer, subject, name } = statement.identity;
    const one = await assertions.sign({ ...statement, identity: { issuer, subject, name } });
    const two = await assertions.sign(statement);
    expect(one.id).not.toBe(two.id);
    expect(await verify(assertions, one.token)).not.toHaveProperty('email');
  });

  it('are worth nothing a minute later, to another service, from another issuer, or changed', async () => {
    const { assertions } = await make(await open());
    const { token } = await assertions.sign(statement);
    await expect(verify(assertions, token, { at: 61_000 })).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    await expect(verify(assertions, token, { audience: 'edit' })).rejects.toMatchObject({ claim: 'aud' });
    await expect(verify(assertions, token, { issuer: 'https://other.example' })).rejects.toMatchObject({
      claim: 'iss',
    });
    const [header, payload, signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...claims, login: 'admin' })).toString('base64url');
    await expect(verify(assertions, `${header!}.${forged}.${signature!}`)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    await expect(verify(assertions, `${unsigned}.${forged}.`)).rejects.toThrow();
  });

  it('publish public halves only, and none before there is a key', async () => {
    const { assertions } = await make(await open());
    expect(await assertions.jwks()).toEqual({ keys: [] });
    await assertions.prepare();
    const { keys } = await assertions.jwks();
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String) as unknown,
        y: expect.any(String) as unknown,
        kid: expect.any(String) as unknown,
        alg: 'ES256',
        use: 'sig',
      },
    ]);
  });

  it('keep private halves where the database alone cannot sign with them', async () => {
    const database = await open();
    const { assertions } = await make(database);
    await assertions.prepare();
    const [row] = await keyRows(database);
    expect(Object.keys(row!).sort()).toEqual(['generation', 'public_jwk', 'sealed_private_jwk', 'signs_from']);
    expect(row!.sealed_private_jwk).not.toMatch(/"d"|kty/);
    expect(row!.public_jwk).not.toContain('"d"');
  });

  it('are signed by the same key everywhere, also when replicas start at once', async () => {
    const database = await open();
    const replicas = await Promise.all([1, 2, 3, 4].map(() => make(database)));
    const tokens = await Promise.all(replicas.map(({ assertions }) => assertions.sign(statement)));
    expect(new Set(tokens.map(({ token }) => decodeProtectedHeader(token).kid)).size).toBe(1);
    expect(await keyRows(database)).toHaveLength(1);
    for (const { token } of tokens) await expect(verify(replicas[0]!.assertions, token)).resolves.toBeDefined();
  });

  it('change keys without a moment in which one that was given is refused, or one is given that nobody can verify', async () => {
    const database = await open();
    const { assertions, clock } = await make(database);
    const seen = new Set<string | undefined>();
    // The hours around two changes; a service fetches keys every half hour and never in between.
    const around = [0, 1, 2].flatMap((n) =>
      Array.from({ length: 16 }, (_, half) => n * ROTATE_AFTER_MS + (half - 6) * HALF_HOUR),
    );
    await assertions.prepare();
    for (const ms of around.filter((time) => time >= 0)) {
      clock.now = new Date(START.getTime() + ms - HALF_HOUR);
      const fetched = await assertions.jwks();
      clock.now = new Date(START.getTime() + ms);
      const { token } = await assertions.sign(statement);
      seen.add(decodeProtectedHeader(token).kid);
      await expect(verifyWith(fetched, token, clock.now)).resolves.toBeDefined();
      await expect(
        verifyWith(await assertions.jwks(), token, new Date(clock.now.getTime() + 59_000)),
      ).resolves.toBeDefined();
    }
    expect(seen.size).toBe(3);
    expect(await keyRows(database)).toHaveLength(1);
  });

  it('outlive a change of secrets in two steps, and begin anew after a change in one', async () => {
    const database = await open();
    const before = await make(database);
    const first = await before.assertions.sign(statement);
    const both = await make(database, ['a newer session secret of 32 characters', ...SECRETS]);
    const second = await both.assertions.sign(statement);
    expect(kidOf(second)).toBe(kidOf(first));
    const lost = await make(database, ['a session secret nobody sealed anything with']);
    const third = await lost.assertions.sign(statement);
    expect(kidOf(third)).not.toBe(kidOf(first));
    // What was given just before is still good.
    await expect(verify(lost.assertions, first.token)).resolves.toBeDefined();
    await expect(verify(lost.assertions, third.token)).resolves.toBeDefined();
  });

  it('are not made with a key that was put into the database by hand', async () => {
    const database = await open();
    const { assertions } = await make(database);
    await assertions.prepare();
    const [row] = await keyRows(database);
    const other = await make(await open());
    await other.assertions.prepare();
    const [foreign] = await keyRows(other.database);
    // A sealed half of another key, sealed by the very same secret.
    await table(database)
      .updateTable('assertion_keys')
      .set({ sealed_private_jwk: foreign!.sealed_private_jwk })
      .where('generation', '=', row!.generation)
      .execute();
    const { token } = await assertions.sign(statement);
    await expect(verify(assertions, token)).resolves.toBeDefined();
    expect(await keyRows(database)).toHaveLength(2);
  });

  it('are not to be had while the database is down', async () => {
    const database = await open();
    const { assertions } = await make(database);
    await database.close();
    for (const attempt of [() => assertions.sign(statement), () => assertions.jwks(), () => assertions.prepare()]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'proof_unavailable', status: 503 });
    }
  });

  it('next key is made once by the clock, an hour before it signs', async () => {
    const database = await open();
    const { assertions, clock } = await make(database);
    await assertions.prepare();
    clock.now = new Date(START.getTime() + ROTATE_AFTER_MS - PUBLISH_AHEAD_MS);
    const [one, two] = await Promise.all([assertions.sign(statement), assertions.sign(statement)]);
    expect(kidOf(one)).toBe(kidOf(two));
    expect((await assertions.jwks()).keys).toHaveLength(2);
  });
});

it('a token of somebody else who guesses the claims is refused', async () => {
  const { assertions } = await make(await databases[0]!.open());
  await assertions.prepare();
  const { keys } = await assertions.jwks();
  const forged = await new SignJWT({ login: 'admin' })
    .setProtectedHeader({ alg: 'HS256', typ: 'understudy-assertion+jwt', kid: keys[0]!.kid! })
    .setIssuer(ISSUER)
    .setAudience('farm')
    .setExpirationTime(START.getTime() / 1000 + 60)
    .sign(Buffer.from(JSON.stringify(keys[0])));
  await expect(verify(assertions, forged)).rejects.toThrow();
});

async function make(database: Database, secrets: readonly string[] = SECRETS) {
  const clock = { now: START };
  let ids = 0;
  const assertions = createAssertions({
    db: database.db,
    sealer: createSealer(secrets, 'assertion keys'),
    issuer: ISSUER,
    now: () => clock.now,
    randomId: () => `id-${(ids += 1)}`,
  });
  return Promise.resolve({ assertions, clock, database });
}

/** As a receiving service does it. */
async function verify(
  assertions: Assertions,
  token: string,
  { audience = 'farm', issuer = ISSUER, at = 0 } = {},
): Promise<unknown> {
  return verifyWith(await assertions.jwks(), token, new Date(START.getTime() + at), { audience, issuer });
}

async function verifyWith(
  jwks: unknown,
  token: string,
  currentDate: Date,
  expected = { audience: 'farm', issuer: ISSUER },
): Promise<unknown> {
  const { payload } = await jwtVerify(token, createLocalJWKSet(jwks as JSONWebKeySet), {
    ...expected,
    typ: 'understudy-assertion+jwt',
    currentDate,
  });
  return payload;
}

function kidOf({ token }: { readonly token: string }): string | undefined {
  return decodeProtectedHeader(token).kid;
}

type KeyRow = { generation: number; public_jwk: string; sealed_private_jwk: string; signs_from: string };

function table(database: Database) {
  return database.db.$extendTables<{ assertion_keys: KeyRow }>();
}

function keyRows(database: Database): Promise<KeyRow[]> {
  return table(database).selectFrom('assertion_keys').selectAll().orderBy('generation').execute();
}
