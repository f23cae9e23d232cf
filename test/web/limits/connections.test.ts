import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPatientServer } from '../../../src/web/limits/connections.ts';

/** What a browser would have said in an instant. */
const SLOW_SECONDS = 0.4;
const HUGE = Buffer.alloc(64 * 1024 * 1024);

let server: Server;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  server = createPatientServer(
    (request, response) => {
      if (request.url === '/huge') response.end(HUGE);
      else if (request.url === '/late') setTimeout(() => response.end('late'), SLOW_SECONDS * 3_000);
      else request.resume().once('end', () => response.end('read'));
    },
    { slowSeconds: SLOW_SECONDS, most: 40, isBehindProxy: false },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const HEAD = 'Host: localhost\r\nConnection: close\r\n';

describe('a connection', () => {
  it('that says nothing is closed', async () => {
    await closed(open());
  });

  it('whose headers come letter by letter is closed', async () => {
    const socket = open();
    drip(socket, `GET / HTTP/1.1\r\n${HEAD}${'X-Slow: x\r\n'.repeat(1_000)}`);
    await closed(socket);
  });

  it('that falls silent in the middle of a body is closed', async () => {
    const [silent, slow] = [open(), open()];
    silent.write(`POST / HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\nx`);
    slow.write(`POST / HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`);
    drip(slow, 'x'.repeat(100_000));
    // Sooner than one that says something now and then, which has all the time that a whole body has.
    await closed(silent);
    expect(slow.closed).toBe(false);
  });

  it('whose body comes letter by letter is closed at last', async () => {
    const socket = open();
    socket.write(`POST / HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`);
    drip(socket, 'x'.repeat(100_000));
    await closed(socket);
  });

  it('that does not read its answer is closed', async () => {
    const socket = open();
    socket.pause();
    socket.write(`GET /huge HTTP/1.1\r\n${HEAD}\r\n`);
    const [request] = (await once(server, 'request')) as [{ readonly socket: Socket }];
    await once(request.socket, 'close');
  });

  it('that waits for the server is not closed, however long that takes', async () => {
    expect(await ask(`GET /late HTTP/1.1\r\n${HEAD}\r\n`)).toMatch(/^HTTP\/1\.1 200 [^]*late$/);
  });

  it('whose headers are longer than any is told so', async () => {
    expect(await ask(`GET / HTTP/1.1\r\n${HEAD}Cookie: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await ask(`GET / HTTP/1.1\r\n${HEAD}Cookie: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('that names no host, or smuggles a second request, is told that it cannot be understood', async () => {
    expect(await ask('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const both = 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n';
    expect(await ask(`POST / HTTP/1.1\r\n${HEAD}${both}\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('connections', () => {
  it('of one address are at most a quarter of all', async () => {
    const hoard = Array.from({ length: 20 }, () => open('127.0.0.2'));
    const refused = hoard.slice(10).map((socket) => closed(socket));
    await Promise.all(refused);
    expect(hoard.slice(0, 10).every(({ closed: isClosed }) => !isClosed)).toBe(true);
    expect(await ask(`GET / HTTP/1.1\r\n${HEAD}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    await Promise.all(hoard.map((socket) => closed(socket)));
    expect(await ask(`GET / HTTP/1.1\r\n${HEAD}\r\n`, '127.0.0.2')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

function open(from = '127.0.0.1'): Socket {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  // Being cut off is what is waited for.
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  // Not `once` of events: it fails at an error, and to be cut off is one.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(text.charAt(at++));
  }, 50);
}

async function ask(text: string, from?: string): Promise<string> {
  const socket = open(from);
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
