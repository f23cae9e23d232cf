/** Stands in front of a server, as a proxy does, and changes what comes back; speaks TLS where it is given a certificate. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Certificate } from '../support/certificates.ts';

export type Change = {
  readonly headers?: (headers: Headers) => void;
  readonly body?: (path: string, text: string) => string;
};

/** Of each connection by itself. */
const OWN = ['host', 'connection', 'content-length', 'content-encoding', 'transfer-encoding'];

export type Front = { readonly url: string; readonly close: () => Promise<void> };

/** @param target - Origin that is behind it. */
export async function startFront(target: string, change: Change = {}, certificate?: Certificate): Promise<Front> {
  const listener: RequestListener = (request, response) => {
    pass(request).then(
      ({ status, headers, text }) => response.writeHead(status, [...headers].flat()).end(text),
      () => response.writeHead(502).end(),
    );
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer({ ...certificate }, listener);
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http${certificate === undefined ? '' : 's'}://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function pass(request: IncomingMessage): Promise<{ status: number; headers: Headers; text: string }> {
    const { method = 'GET', url: path = '/' } = request;
    const body = await buffer(request);
    const answer = await fetch(`${target}${path}`, {
      method,
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' && !OWN.includes(name) ? [[name, value]] : [],
      ),
      redirect: 'manual',
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const headers = new Headers(answer.headers);
    for (const name of OWN) headers.delete(name);
    change.headers?.(headers);
    const text = await answer.text();
    return { status: answer.status, headers, text: change.body?.(path, text) ?? text };
  }
}
