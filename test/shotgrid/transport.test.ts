import { connect as connectTcp, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Pool, buildConnector } from 'undici';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createTransport, type Outgoing, type Transport, type TransportOptions } from '../../src/shotgrid/transport.ts';
import { startLocalSite, type Asked, type LocalSite, type Says } from './local-site.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function site(answer: (asked: Asked, nth: number) => Says | Promise<Says>): Promise<LocalSite> {
  const started = await startLocalSite(answer);
  cleanUps.push(started.close);
  return started;
}

function transport(origin: string, options: Partial<TransportOptions> = {}): Transport {
  const created = createTransport({
    origin,
    connections: 4,
    timeoutMs: 10_000,
    maxResponseBytes: 1_000_000,
    ...options,
  });
  cleanUps.push(() => created.close());
  return created;
}

const POST: Outgoing = { method: 'POST', path: '/x', headers: { 'content-type': 'application/json' }, body: '{}' };

describe('one exchange', () => {
  it('keeps the connection for the next one', async () => {
    const local = await site(() => ({ body: 'ok' }));
    const out = transport(local.url);
    for (let i = 0; i < 10; i += 1) expect(await out.send(POST)).toMatchObject({ status: 200, text: 'ok' });
    expect(local.connections()).toBe(1);
  });

  it('is one of at most so many in flight, and the others wait their turn', async () => {
    let now = 0;
    let most = 0;
    const local = await site(async () => {
      now += 1;
      most = Math.max(most, now);
      // Nobody leaves before it is full, so that it is seen to fill up.
      while (most < 3) await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return {};
    });
    const out = transport(local.url, { connections: 3 });
    const all = await Promise.all(Array.from({ length: 40 }, () => out.send(POST)));
    expect(all.every((delivery) => delivery.arrived)).toBe(true);
    expect(most).toBe(3);
    expect(local.connections()).toBe(3);
    expect([out.inFlight, out.waiting]).toEqual([0, 0]);
  });

  it('does not follow a redirect, so no token goes elsewhere', async () => {
    const elsewhere = await site(() => ({ body: 'thanks for the token' }));
    const local = await site(() => ({
      status: 302,
      headers: { location: `${elsewhere.url}/saml/saml_login_request` },
    }));
    expect(await transport(local.url).send(POST)).toMatchObject({ arrived: true, status: 302 });
    expect(elsewhere.asked).toHaveLength(0);
  });

  it('goes to the site even when the path names another host', async () => {
    const elsewhere = await site(() => ({ body: 'caught' }));
    const local = await site(() => ({ body: 'ok' }));
    for (const path of [`//${new URL(elsewhere.url).host}/x`, `/${elsewhere.url}/x`]) {
      expect(await transport(local.url).send({ ...POST, path })).toMatchObject({ text: 'ok' });
    }
    expect(elsewhere.asked).toHaveLength(0);
  });

  it('ends when its time is over, and says that the request was sent', async () => {
    const local = await site(() => 'hang');
    const delivery = await transport(local.url, { timeoutMs: 50 }).send(POST);
    expect(delivery).toEqual({ arrived: false, sent: true, reason: 'timed_out', failure: 'timed_out' });
  });

  it('ends when its time is over although the answer goes on dripping', async () => {
    const local = await site(({ response }) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
      return 'hang';
    });
    expect(await transport(local.url, { timeoutMs: 100 }).send(POST)).toMatchObject({
      sent: true,
      reason: 'timed_out',
    });
  });

  it('that waited for its turn too long was never sent', async () => {
    const local = await site(() => 'hang');
    const out = transport(local.url, { connections: 1 });
    const stop = new AbortController();
    const first = out.send({ ...POST, signal: stop.signal });
    expect(await out.send({ ...POST, timeoutMs: 30 })).toMatchObject({ sent: false, reason: 'busy' });
    stop.abort();
    expect(await first).toMatchObject({ reason: 'aborted' });
    expect(local.asked.length).toBeLessThanOrEqual(1);
  });

  it('that is called off in the queue was never sent, and its place is free again', async () => {
    const local = await site((_, nth) => (nth === 1 ? 'hang' : { body: 'ok' }));
    const out = transport(local.url, { connections: 1 });
    const stop = [new AbortController(), new AbortController()];
    const first = out.send({ ...POST, signal: stop[0]!.signal });
    const second = out.send({ ...POST, signal: stop[1]!.signal });
    const third = out.send(POST);
    stop[1]!.abort();
    expect(await second).toMatchObject({ sent: false, reason: 'aborted' });
    while (local.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop[0]!.abort();
    expect(await first).toMatchObject({ sent: true, reason: 'aborted' });
    expect(await third).toMatchObject({ text: 'ok' });
  });

  it('that is called off before it began is not begun', async () => {
    const local = await site(() => ({}));
    expect(await transport(local.url).send({ ...POST, signal: AbortSignal.abort() })).toMatchObject({ sent: false });
    expect(local.asked).toHaveLength(0);
  });

  it('was sent when the connection broke under it', async () => {
    const local = await site(() => 'reset');
    expect(await transport(local.url).send(POST)).toMatchObject({ arrived: false, sent: true, reason: 'connection' });
  });

  it('was sent when the connection broke in the middle of the answer', async () => {
    const local = await site(({ response }) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
      return 'hang';
    });
    expect(await transport(local.url).send(POST)).toMatchObject({ arrived: false, sent: true, reason: 'connection' });
  });

  it('was not sent when nobody listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const delivery = await transport(`http://127.0.0.1:${port}`).send(POST);
    expect(delivery).toEqual({ arrived: false, sent: false, reason: 'connection', failure: 'ECONNREFUSED' });
  });

  it.each(['timed_out', 'aborted'])(
    'was not sent when it is %s before there is a connection, nor is it sent later',
    async (reason) => {
      const local = await site(() => ({ body: 'ok' }));
      const connector = buildConnector({});
      let open: () => void = () => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      // A pool whose connections come about only when the test says so.
      const pool = new Pool(local.url, {
        connections: 1,
        connect: (options, callback) => void opened.then(() => connector(options, callback)),
      });
      const out = transport(local.url, { dispatcher: pool, connections: 2 });
      const stop = new AbortController();
      const late: Outgoing = { ...POST, path: '/late' };
      const first = out.send(reason === 'aborted' ? { ...late, signal: stop.signal } : { ...late, timeoutMs: 30 });
      setImmediate(() => stop.abort());
      expect(await first).toMatchObject({ sent: false, reason });
      const next = out.send({ ...POST, path: '/next' });
      open();
      expect(await next).toMatchObject({ text: 'ok' });
      expect(local.asked.map(({ path }) => path)).toEqual(['/next']);
    },
  );

  it('was not sent when TLS did not come about', async () => {
    const local = await site(() => ({}));
    const delivery = await transport(local.url.replace('http:', 'https:')).send(POST);
    expect(delivery).toMatchObject({ arrived: false, sent: false, reason: 'connection' });
    expect(local.asked).toHaveLength(0);
  });

  it.each([
    ['announced', { 'content-length': '2000000' }],
    ['unannounced', {}],
  ])('does not take an answer over the cap, %s', async (_, headers: Record<string, string>) => {
    const local = await site(({ response }) => {
      response.writeHead(200, headers);
      response.end('x'.repeat(2_000_000));
      return 'hang';
    });
    expect(await transport(local.url).send(POST)).toMatchObject({ arrived: false, sent: true, reason: 'too_large' });
  });

  it('is refused after closing, and closing lets the one under way end', async () => {
    let answer: () => void = () => undefined;
    const local = await site(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return { body: 'done' };
    });
    const out = createTransport({ origin: local.url, connections: 1, timeoutMs: 10_000, maxResponseBytes: 100 });
    const underWay = out.send(POST);
    while (local.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closing = out.close();
    expect(await out.send(POST)).toMatchObject({ sent: false, reason: 'closed' });
    answer();
    expect(await underWay).toMatchObject({ text: 'done' });
    await closing;
  });
});

describe('through an HTTP proxy', () => {
  async function proxy(onTunnel: (host: string, socket: Socket) => void): Promise<{ url: string; seen: string[] }> {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      response.end('by proxy');
    });
    server.on('connect', (request, socket: Socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      onTunnel(request.url ?? '', socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return { url: `http://joe:pa%40ss@127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }
  const CREDENTIALS = `Basic ${Buffer.from('joe:pa@ss').toString('base64')}`;

  it('a plain call is handed to it with its credentials', async () => {
    const { url, seen } = await proxy(() => undefined);
    const out = transport('http://site.example', { proxyUrl: url });
    expect(await out.send(POST)).toMatchObject({ status: 200, text: 'by proxy' });
    expect(seen).toEqual([`POST http://site.example/x ${CREDENTIALS}`]);
  });

  it('a TLS call is tunnelled: the proxy learns the host only', async () => {
    const local = await site(() => ({}));
    const target = new URL(local.url);
    const { url, seen } = await proxy((_, socket) => {
      const onward = connectTcp(Number(target.port), target.hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    // The local site speaks no TLS, so the call fails; what matters is what the proxy saw, and that nothing was sent.
    const delivery = await transport('https://site.example', { proxyUrl: url }).send(POST);
    expect(delivery).toMatchObject({ arrived: false, sent: false });
    expect(seen).toEqual([`CONNECT site.example:443 ${CREDENTIALS}`]);
    expect(local.asked).toHaveLength(0);
  });

  it('that refuses the tunnel, nothing was sent', async () => {
    const { url } = await proxy((_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const delivery = await transport('https://site.example', { proxyUrl: url }).send(POST);
    expect(delivery).toMatchObject({ arrived: false, sent: false, reason: 'connection' });
    expect(JSON.stringify(delivery)).not.toMatch(/joe|pa/);
  });
});
