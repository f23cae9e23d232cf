/** Remote actions through the real server: asked with proof of the person, believed with doubt, recorded without secrets. */
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { newSecret } from '../../infra/studio/start.ts';
import { startService, type Received, type Service } from '../actions/remote/service.ts';
import type { Answer } from '../support/answer.ts';
import { createAuditor, type Auditor } from '../support/auditor.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const SECRET = newSecret();
const ROW = 6933;

let folder: string;
let service: Service;
let server: TestServer;
let auditor: Auditor;
/** What the service learned about the person of the last question, or why it did not believe it. */
let proven: JWTPayload | Error | undefined;
let answer: (question: { readonly selectedIds: readonly number[] }) => unknown;

beforeAll(async () => {
  service = await startService((response, received) => {
    void receive(received).then((plan) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(plan));
    });
  });
  folder = await mkdtemp(join(tmpdir(), 'understudy-actions-'));
  await Promise.all([
    action('plainly', ''),
    action('asserted', 'assertion: { audience: pipeline }'),
    action('exchanged', 'access_token: { audience: pipeline }'),
    action('elsewhere', 'access_token: { audience: unknown-service }'),
  ]);
  server = await startTestServer({
    environment: {
      ACTIONS_DIR: folder,
      REMOTE_ORIGINS: service.origin,
      REMOTE_PRIVATE_HOSTS: '127.0.0.1',
      REMOTE_SECRET_PIPELINE: SECRET,
      OIDC_TOKEN_EXCHANGE: 'access_token',
    },
    studio: {
      menuItems: (url, secretToken) =>
        ['plainly', 'asserted', 'exchanged', 'elsewhere'].map((id) => ({
          title: id,
          url: `${url}/ami/${id}`,
          entityType: 'Version',
          secretToken,
          selectionRequired: true,
        })),
    },
  });
  auditor = createAuditor(server);
});
beforeEach(() => {
  server.studio.site.reset();
  service.received.length = 0;
  proven = undefined;
  answer = ({ selectedIds }) => ({
    changes: selectedIds.map((id) => ({
      kind: 'update',
      entityType: 'Version',
      id,
      fields: { description: 'By the pipeline' },
    })),
  });
});
afterAll(async () => {
  await server.close();
  await service.close();
  await rm(folder, { recursive: true });
});

describe('a remote action', () => {
  it('is previewed and performed like any other', async () => {
    const artist = createPerson(server, 'artist');
    const preview = await click(artist, 'plainly');
    expect(preview.text).toContain('By the pipeline');
    const run = await artist.finish(await artist.confirm(preview));
    expect(run).toMatchObject({ counts: { done: 1 }, actor: { login: 'artist' } });
    expect(server.studio.site.rows('Version').find(({ id }) => id === ROW)).toMatchObject({
      description: 'By the pipeline',
    });
    expect(service.received).toHaveLength(1);
    expect(service.received[0]!.headers).not.toHaveProperty('authorization');
  });

  it('whose service proposes what it may not is refused, recorded, and can be tried again', async () => {
    const before = server.studio.site.snapshot();
    answer = () => ({
      changes: [{ kind: 'update', entityType: 'Version', id: ROW + 1, fields: { description: 'x' } }],
    });
    const artist = createPerson(server, 'artist');
    const { answer: refused } = await auditor.refusal(
      { code: 'remote_plan_invalid', status: 502, type: 'plan.failed' },
      () => click(artist, 'plainly'),
    );
    expect(refused.text).toContain(`Version ${ROW + 1} is neither selected nor linked`);
    expect(refused.text).toContain('Try again');
    expect(server.studio.site.snapshot()).toEqual(before);
  });

  it('whose service is no use is refused and recorded', async () => {
    answer = () => {
      throw new Error('no answer');
    };
    await auditor.refusal({ code: 'remote_plan_invalid', status: 502, type: 'plan.failed' }, () =>
      click(createPerson(server, 'artist'), 'plainly'),
    );
  });

  it('leaks no key of this server to the service', async () => {
    await click(createPerson(server, 'artist'), 'asserted');
    const sent = JSON.stringify(service.received);
    const {
      SHOTGRID_SCRIPT_KEY: key,
      OIDC_CLIENT_SECRET: client,
      AMI_SECRET_TOKENS: tokens,
    } = server.studio.environment;
    for (const secret of [SECRET, key, client, tokens]) expect(sent).not.toContain(secret);
    expect(sent).not.toMatch(/cookie/i);
  });
});

describe('a service that is named gets proof of the person', () => {
  it('by an assertion that it can verify with the published keys', async () => {
    await click(createPerson(server, 'artist'), 'asserted');
    expect(proven).toMatchObject({
      iss: server.url,
      sub: 'person-artist',
      idp: server.studio.idp.url,
      login: 'artist',
      name: 'Alma Ortiz',
      action: 'asserted',
    });
    const { user_id: id, launch } = proven as JWTPayload;
    const artist = server.studio.site.rows('HumanUser').find(({ login }) => login === 'artist');
    expect(id).toBe(artist?.id);
    expect(JSON.parse(service.received[0]!.body)).toMatchObject({ launch, person: { id } });
  });

  it('by an access token that the identity provider gave for it', async () => {
    await click(createPerson(server, 'manager'), 'exchanged');
    expect(proven).toMatchObject({ iss: server.studio.idp.url, sub: 'person-manager', preferred_username: 'manager' });
  });

  it('and the log says so, before it does, without the proof', async () => {
    const artist = createPerson(server, 'artist');
    await click(artist, 'asserted');
    await click(artist, 'exchanged');
    const token = (received: Received): string => received.headers['authorization']!.slice('Bearer '.length);
    const tokens = service.received.map(token);
    const records = await auditor.records({ type: 'proof.given' });
    expect(records.slice(0, 2).reverse()).toMatchObject([
      {
        actionId: 'asserted',
        person: { login: 'artist', proven: true },
        details: { kind: 'assertion', audience: 'pipeline', id: expect.any(String) as unknown },
      },
      { actionId: 'exchanged', details: { kind: 'access_token', audience: 'pipeline' } },
    ]);
    const everywhere = JSON.stringify([records, server.lines, artist.received]);
    for (const one of tokens) {
      expect(everywhere).not.toContain(one);
      expect(everywhere).not.toContain(one.split('.')[2]);
    }
  });

  it('of nobody else: the person who signed in, not the one who is said to have clicked', async () => {
    const manager = createPerson(server, 'manager');
    const form = await createPerson(server, 'artist').formFor([ROW], 'asserted');
    const page = await manager.follow(await manager.send(form, '/ami/asserted'));
    expect(page.code).toBe('identity_mismatch');
    expect(service.received).toEqual([]);
  });

  it('unless the identity provider does not vouch for them there', async () => {
    const { answer: refused } = await auditor.refusal(
      { code: 'token_exchange_failed', status: 403, type: 'plan.failed' },
      () => click(createPerson(server, 'artist'), 'elsewhere'),
    );
    expect(refused.text).toContain('does not vouch for you');
    expect(service.received).toEqual([]);
  });

  it('after a sign-in that is too old, by signing in again', async () => {
    const artist = createPerson(server, 'artist');
    await click(artist, 'exchanged');
    server.studio.idp.signOut('artist');
    const refused = await click(artist, 'exchanged');
    expect(refused.code).toBe('token_exchange_failed');
    const again = /href="(\/login\?return_to=[^"]*again=1)"/.exec(refused.text)?.[1]?.replaceAll('&amp;', '&');
    service.received.length = 0;
    const preview = await artist.visit(again!);
    expect(preview.text).toContain('By the pipeline');
    expect(proven).toMatchObject({ sub: 'person-artist' });
  });
});

describe('what everybody may fetch', () => {
  it('is the keys, and only their public halves', async () => {
    const { json, headers } = await createPerson(server, 'stranger').get('/.well-known/jwks.json');
    expect(json).toMatchObject({ keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }] });
    expect((json as { keys: object[] }).keys.every((key) => !('d' in key))).toBe(true);
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('is the schema of a plan', async () => {
    const { text, headers } = await createPerson(server, 'stranger').get('/actions/plan.schema.json');
    expect(headers['content-type']).toBe('application/schema+json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ $id: `${server.url}/actions/plan.schema.json` });
  });
});

describe('a server that is not set up for its actions does not start', () => {
  it.each([
    ['REMOTE_ORIGINS', '', `remote.url: http://127.0.0.1`],
    ['REMOTE_SECRET_PIPELINE', '', 'REMOTE_SECRET_PIPELINE'],
    ['OIDC_TOKEN_EXCHANGE', 'off', 'OIDC_TOKEN_EXCHANGE is off'],
  ])('without %s', async (name, value, problem) => {
    await server.drain();
    try {
      await expect(server.start({ [name]: value })).rejects.toThrow(problem);
    } finally {
      await server.start();
    }
  });
});

async function click(person: Person, action: string): Promise<Answer> {
  return person.follow(await person.send(await person.formFor([ROW], action), `/ami/${action}`));
}

async function action(id: string, proof: string): Promise<void> {
  const lines = [
    `title: ${id}`,
    'entity_types: [Version]',
    'touches:',
    '  - update: Version',
    '    fields: [description]',
    'remote:',
    `  url: ${service.origin}/plan`,
    '  secret: REMOTE_SECRET_PIPELINE',
    `  ${proof}`,
  ];
  await writeFile(join(folder, `${id}.yml`), lines.join('\n'));
}

/** The receiving service: believes a signed question, and of a bearer only what it can verify itself. */
async function receive({ headers, body }: Received): Promise<unknown> {
  const signed = `${headers['x-understudy-timestamp'] ?? ''}\n${headers['x-understudy-request-id'] ?? ''}\n${body}`;
  const expected = `sha256=${createHmac('sha256', SECRET).update(signed).digest('hex')}`;
  if (headers['x-understudy-signature'] !== expected) return { error: 'not signed' };
  const token = headers['authorization']?.slice('Bearer '.length);
  if (token !== undefined) {
    try {
      proven = await verify(token);
    } catch (error) {
      proven = error as Error;
      return { error: 'not proven' };
    }
  }
  try {
    return answer(JSON.parse(body) as { selectedIds: number[] });
  } catch {
    return null;
  }
}

/** Two issuers are trusted: Understudy for its assertions, the identity provider for its tokens. */
async function verify(token: string): Promise<JWTPayload> {
  const { iss } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as JWTPayload;
  const isAssertion = iss === server.url;
  const keys = isAssertion ? `${server.url}/.well-known/jwks.json` : `${server.studio.idp.url}/jwks`;
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(keys)), {
    issuer: isAssertion ? server.url : server.studio.idp.url,
    audience: 'pipeline',
    ...(isAssertion ? { typ: 'understudy-assertion+jwt' } : { typ: 'at+jwt' }),
  });
  return payload;
}
