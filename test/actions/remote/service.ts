/** A remote service on 127.0.0.1 that a test scripts, well-behaved or not; it keeps what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type Service = {
  readonly origin: string;
  readonly received: Received[];
  /** How many connections were opened, whatever came of them. */
  readonly connections: () => number;
  /** Resolves when a request of ours was dropped by the other side. */
  readonly dropped: Promise<unknown>;
  close(): Promise<void>;
};

export type Answering = (response: ServerResponse, received: Received) => unknown;

export function json(value: unknown): Answering {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

export async function startService(answering: Answering, host = '127.0.0.1'): Promise<Service> {
  const received: Received[] = [];
  let connections = 0;
  const dropped = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) dropped.resolve(undefined);
    });
    void take(request).then((one) => {
      received.push(one);
      answering(response, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    received,
    connections: () => connections,
    dropped: dropped.promise,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function take(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers as Record<string, string | undefined>,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
