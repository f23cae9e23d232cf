/** The server's patience: how long a connection may dawdle, and how many there may be. Node watches the headers; what it does not, this does. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export type ConnectionLimits = {
  /** Headers are complete after this, and a body that has begun never pauses for longer. */
  readonly slowSeconds: number;
  readonly most: number;
  /** A proxy has all connections, and keeps them for longer than a browser needs. */
  readonly isBehindProxy: boolean;
};

/** Launch cookies of a day with many tabs fit; see the cookie reader. */
const MAX_HEADER_BYTES = 32 * 1024;
/** A form of 5 MB over a slow line; and whoever takes an answer may pause this long, as when they choose where to save it. */
const LONGEST_FACTOR = 6;
const SWEEP_MS = 500;
/** Proxies close idle connections after 60 s: whoever closes first must not be the one that is sent a request in this moment. */
const KEEP_ALIVE_BEHIND_PROXY_MS = 65_000;
const KEEP_ALIVE_MS = 5_000;
/** Of all connections, for one address, where addresses are those of browsers. */
const SHARE_OF_ONE = 4;

export function createPatientServer(listener: RequestListener, limits: ConnectionLimits): Server {
  const slowMs = limits.slowSeconds * 1000;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: slowMs,
      requestTimeout: slowMs * LONGEST_FACTOR,
      keepAliveTimeout: limits.isBehindProxy ? KEEP_ALIVE_BEHIND_PROXY_MS : KEEP_ALIVE_MS,
      connectionsCheckingInterval: SWEEP_MS,
    },
    listener,
  );
  server.maxConnections = limits.most;
  if (!limits.isBehindProxy) limitEachAddress(server, Math.ceil(limits.most / SHARE_OF_ONE));
  cutOffStalls(server, { sendingMs: slowMs, takingMs: slowMs * LONGEST_FACTOR });
  return server;
}

function limitEachAddress(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; seen: string; since: number };

/** Ends exchanges in which the other side has not sent, or not taken, a byte for too long. What the server itself takes its time over is not meant. */
function cutOffStalls(server: Server, patience: { readonly sendingMs: number; readonly takingMs: number }): void {
  const exchanges = new Set<Exchange>();
  server.on('request', (request, response) => {
    const exchange = { request, response, seen: '', since: performance.now() };
    exchanges.add(exchange);
    response.once('close', () => exchanges.delete(exchange));
  });
  const sweep = setInterval(() => {
    const at = performance.now();
    for (const exchange of exchanges) {
      const { request, response } = exchange;
      const { socket } = request;
      const isSending = !request.complete;
      const isTaking = response.writableLength + socket.writableLength > 0;
      const seen = `${socket.bytesRead} ${socket.bytesWritten} ${socket.writableLength} ${response.writableLength}`;
      if ((!isSending && !isTaking) || seen !== exchange.seen) {
        exchange.seen = seen;
        exchange.since = at;
      } else if (at - exchange.since > (isSending ? patience.sendingMs : patience.takingMs)) socket.destroy();
    }
  }, SWEEP_MS);
  sweep.unref();
  server.once('close', () => clearInterval(sweep));
}
