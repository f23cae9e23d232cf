import { afterEach, describe, expect, it } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { createRemoteServices, type RemoteServicesDeps } from '../../../src/actions/remote/ask.ts';
import type { RemoteQuestion } from '../../../src/actions/remote/services.ts';
import { json, startService, type Answering, type Service } from './service.ts';
import { SECRET } from './site.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('a question to a remote service', () => {
  it('is one POST, stamped and signed with the newest secret', async () => {
    const service = await serve(json({ changes: [] }));
    const ask = asker(service, {
      secretsByName: new Map([['REMOTE_SECRET_FARM', [SECRET, 'an older secret of thirty-two chars']]]),
    });
    await ask({ body: { action: 'send-to-farm' } });
    await ask({ body: { action: 'send-to-farm' } });
    const [one, two] = service.received;
    expect(one).toMatchObject({
      method: 'POST',
      path: '/plan',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-understudy-timestamp': '2026-05-01T10:00:00.000Z',
      },
    });
    const body = JSON.parse(one!.body) as Record<string, unknown>;
    expect(body).toEqual({
      version: 1,
      timestamp: '2026-05-01T10:00:00.000Z',
      requestId: one!.headers['x-understudy-request-id'],
      action: 'send-to-farm',
    });
    expect(one!.headers['x-understudy-request-id']).not.toBe(two!.headers['x-understudy-request-id']);
    // The recipe as an author of a service reads it.
    const signed = `${String(body['timestamp'])}\n${String(body['requestId'])}\n${one!.body}`;
    expect(one!.headers['x-understudy-signature']).toBe(
      `sha256=${createHmac('sha256', SECRET).update(signed).digest('hex')}`,
    );
  });

  it('has the signature that another language computes for it', async () => {
    const service = await serve(json({}));
    const ask = asker(service, { randomId: () => 'request-1', now: () => new Date('2026-01-02T03:04:05.678Z') });
    await ask({ body: { action: 'ä' } });
    // python3: hmac.new(b"a secret of more than thirty-two characters", b"2026-01-02T03:04:05.678Z\nrequest-1\n" + body, "sha256")
    expect(service.received[0]!.body).toBe(
      '{"version":1,"timestamp":"2026-01-02T03:04:05.678Z","requestId":"request-1","action":"ä"}',
    );
    expect(service.received[0]!.headers['x-understudy-signature']).toBe(
      'sha256=fc4adbdd0a1d6ef9c022b9c5040a7d66b730e5e59a255bff6fa5bb6b53de3dd9',
    );
  });

  it('carries a proof where there is one, and otherwise nothing that would let anybody in', async () => {
    const service = await serve(json({}));
    const ask = asker(service);
    await ask({});
    expect(service.received[0]!.headers).not.toHaveProperty('authorization');
    expect(service.received[0]!.headers).not.toHaveProperty('cookie');
    await ask({ proof: { kind: 'assertion', token: 'a.b.c', expiresAt: undefined } });
    expect(service.received[1]!.headers['authorization']).toBe('Bearer a.b.c');
  });
});

describe('a service is not asked', () => {
  it.each([
    ['at an origin that is not listed', (origin: string) => origin.replace('127.0.0.1', 'localhost') + '/plan'],
    ['at another port', () => 'http://127.0.0.1:1/plan'],
    ['by another protocol', (origin: string) => origin.replace('http:', 'ftp:')],
    ['with a password in the address', (origin: string) => origin.replace('//', '//user:pass@')],
    ['over plain http elsewhere', () => 'http://farm.example/plan'],
    ['behind a listed origin that is only the beginning of another', (origin: string) => `${origin}0/plan`],
    ['at what is no address', () => 'plan'],
  ])('%s', async (_, urlOf) => {
    const service = await serve(json({}));
    await expect(asker(service)({ url: urlOf(service.origin) })).rejects.toMatchObject({
      code: 'remote_unavailable',
      reason: 'address_refused',
    });
    expect(service.received).toEqual([]);
  });

  it('without a secret to sign with', async () => {
    const service = await serve(json({}));
    await expect(asker(service)({ secretVariable: 'REMOTE_SECRET_OTHER' })).rejects.toMatchObject({
      reason: 'not_configured',
    });
    expect(service.received).toEqual([]);
  });

  it('at a private address, though its origin is listed', async () => {
    const service = await serve(json({}));
    await expect(asker(service, { privateHosts: [] })({})).rejects.toMatchObject({
      reason: 'address_refused',
      status: 502,
    });
    // Not even knocked at: that a port answers is something to learn, too.
    expect(service.connections()).toBe(0);
  });

  it('at the private address that a public name suddenly has', async () => {
    const service = await serve(json({}));
    const { port } = new URL(service.origin);
    const origin = `https://farm.example:${port}`;
    const lookUp = answersOf([['127.0.0.1']]);
    const ask = asker(service, { origins: [origin], privateHosts: ['127.0.0.1'], lookUp });
    await expect(ask({ url: `${origin}/plan` })).rejects.toMatchObject({ reason: 'address_refused' });
    expect(service.received).toEqual([]);
  });

  it('when one of several addresses of its name is private', async () => {
    const service = await serve(json({}));
    const { port } = new URL(service.origin);
    const origin = `https://farm.example:${port}`;
    const ask = asker(service, { origins: [origin], lookUp: answersOf([['93.184.215.14', '127.0.0.1']]) });
    await expect(ask({ url: `${origin}/plan` })).rejects.toMatchObject({ reason: 'address_refused' });
  });

  it('at an address that changed between two questions', async () => {
    const service = await serve(json({}));
    const { port } = new URL(service.origin);
    const origin = `http://localhost:${port}`;
    const lookUp = answersOf([['127.0.0.1'], ['10.0.0.1']]);
    const ask = asker(service, { origins: [origin], privateHosts: ['localhost'], lookUp });
    await expect(ask({ url: `${origin}/plan` })).resolves.toEqual({});
    // Looked up again, since no connection is kept; and 10.0.0.1 is not on this machine, so plain http may not go there.
    await expect(ask({ url: `${origin}/plan` })).rejects.toMatchObject({ reason: 'address_refused' });
    expect(service.received).toHaveLength(1);
  });
});

describe('no answer', () => {
  it.each<[string, string, number, Answering]>([
    [
      'a redirect',
      'redirect',
      502,
      (response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    [
      'an error',
      'status',
      502,
      (response) => void response.writeHead(500, { 'content-type': 'application/json' }).end('{}'),
    ],
    ['nothing', 'status', 502, (response) => void response.writeHead(204).end()],
    [
      'a page',
      'content_type',
      502,
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    ],
    ['something of no type', 'content_type', 502, (response) => void response.writeHead(200).end('{}')],
    [
      'something compressed',
      'content_type',
      502,
      (response) =>
        void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('{}'),
    ],
    [
      'half an answer',
      'connection',
      502,
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
    ],
    ['a broken connection', 'connection', 502, (response) => void response.destroy()],
    ['no JSON', 'not_json', 502, rawly('{"changes": [')],
    ['two JSONs', 'not_json', 502, rawly('{}{}')],
    ['no UTF-8', 'not_json', 502, rawly(Buffer.from([0x22, 0xff, 0x22]))],
    ['a bottomless nest', 'not_json', 502, rawly('['.repeat(100_000) + ']'.repeat(100_000))],
    ['too many values', 'not_json', 502, rawly(`[${'0,'.repeat(300_001)}0]`)],
    ['too much, announced', 'too_large', 502, rawly(`"${'x'.repeat(2 * 1024 * 1024)}"`)],
    [
      'too much, in small pieces without end',
      'too_large',
      502,
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ])('when it sends %s (%s)', async (_, reason, status, answering) => {
    const service = await serve(answering);
    await expect(asker(service)({})).rejects.toMatchObject({ code: 'remote_unavailable', reason, status });
    expect(service.received).toHaveLength(1);
  });

  it.each<[string, Answering]>([
    ['says nothing', () => undefined],
    [
      'dawdles over the answer',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const dripping = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(dripping));
      },
    ],
  ])('in time from one that %s, and it is not waited for', async (_, answering) => {
    const service = await serve(answering);
    await expect(asker(service)({ timeoutMs: 150 })).rejects.toMatchObject({ reason: 'timed_out', status: 504 });
    await service.dropped;
  });

  it('while nobody listens', async () => {
    const service = await serve(json({}));
    await service.close();
    await expect(asker(service)({})).rejects.toMatchObject({ reason: 'connection', diagnosis: 'ECONNREFUSED' });
  });

  it('tells a page nothing of what the service sent', async () => {
    const service = await serve((response) => {
      response
        .writeHead(500, { 'content-type': 'application/json', 'x-secret': 'swordfish' })
        .end('{"secret":"swordfish"}');
    });
    const error: unknown = await asker(service)({}).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('swordfish');
    expect((error as Error).message).not.toContain('127.0.0.1');
  });
});

async function serve(answering: Answering): Promise<Service> {
  const service = await startService(answering);
  closing.push(() => service.close());
  return service;
}

function asker(service: Service, changes: Partial<RemoteServicesDeps> = {}) {
  const services = createRemoteServices({
    siteUrl: 'https://studio.example',
    origins: [service.origin],
    privateHosts: ['127.0.0.1'],
    secretsByName: new Map([['REMOTE_SECRET_FARM', [SECRET]]]),
    now: () => new Date('2026-05-01T10:00:00Z'),
    randomId: randomUUID,
    ...changes,
  });
  closing.push(() => services.close());
  return (question: Partial<RemoteQuestion>) =>
    services.ask({
      url: `${service.origin}/plan`,
      secretVariable: 'REMOTE_SECRET_FARM',
      timeoutMs: 5000,
      body: {},
      proof: undefined,
      ...question,
    });
}

function rawly(body: string | Buffer): Answering {
  return (response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  };
}

/** A name service that answers differently every time, and stays with its last answer. */
function answersOf(answers: string[][]): NonNullable<RemoteServicesDeps['lookUp']> {
  return (_, callback) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}
