/**
 * One HTTP exchange with the one site: kept-alive connections, a cap on calls in flight, a time-out and a size cap.
 * It never throws and never repeats: a {@link Delivery} says what came back, or whether the request had left us at all.
 */
import { getCACertificates } from 'node:tls';
import { Pool, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { createSlots } from './slots.ts';

export type TransportOptions = {
  /** Origin of the site; nothing else is ever spoken to. */
  readonly origin: string;
  /** HTTP proxy, with credentials in the URL if it wants any. */
  readonly proxyUrl?: string | undefined;
  /** Connections, and so calls in flight, across all persons. */
  readonly connections: number;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** Certificates in PEM to trust besides those that Node trusts already. */
  readonly ca?: string | undefined;
  /** Replaces the network, in tests. */
  readonly dispatcher?: Dispatcher | undefined;
};

export type Outgoing = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, from the root of the site. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the transport's own: for the wait in the queue and, again, for the exchange. */
  readonly timeoutMs?: number | undefined;
};

export type Arrived = {
  readonly arrived: true;
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Of a redirect, which is never followed. */
  readonly location?: string | undefined;
  readonly text: string;
};

export type Lost = {
  readonly arrived: false;
  /** True when any of the request may have reached the site. */
  readonly sent: boolean;
  readonly reason: 'aborted' | 'timed_out' | 'busy' | 'closed' | 'connection' | 'too_large';
  /** Machine word for logs: `ECONNRESET`, `UND_ERR_CONNECT_TIMEOUT` … */
  readonly failure: string;
};

export type Delivery = Arrived | Lost;

export type Transport = {
  send(outgoing: Outgoing): Promise<Delivery>;
  readonly inFlight: number;
  readonly waiting: number;
  /** Lets calls under way end, refuses new ones. */
  close(): Promise<void>;
};

const KEEP_ALIVE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Opens nothing until the first call. */
export function createTransport(options: TransportOptions): Transport {
  const dispatcher = options.dispatcher ?? createDispatcher(options);
  const slots = createSlots(options.connections);
  let closing: Promise<void> | undefined;

  return {
    get inFlight() {
      return slots.inFlight;
    },
    get waiting() {
      return slots.waiting;
    },
    async send(outgoing) {
      if (closing !== undefined) return lost('closed', false);
      const timeoutMs = outgoing.timeoutMs ?? options.timeoutMs;
      const release = await slots.take(timeoutMs, outgoing.signal);
      if (typeof release === 'string') return lost(release, false);
      try {
        return await exchange(dispatcher, options, outgoing, timeoutMs);
      } finally {
        release();
      }
    },
    close() {
      closing ??= dispatcher.close();
      return closing;
    },
  };
}

function createDispatcher(options: TransportOptions): Dispatcher {
  const pool = {
    connections: options.connections,
    // One call per connection at a time, and HTTP/1.1 only: whether a request was sent is then always known.
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS * 2,
  };
  const trusted = options.ca === undefined ? {} : { ca: [...getCACertificates('default'), options.ca] };
  if (options.proxyUrl === undefined) {
    return new Pool(options.origin, { ...pool, connect: { timeout: CONNECT_TIMEOUT_MS, ...trusted } });
  }
  return new ProxyAgent({
    ...pool,
    uri: options.proxyUrl,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTls: trusted,
    proxyTls: trusted,
  });
}

function exchange(
  dispatcher: Dispatcher,
  options: TransportOptions,
  outgoing: Outgoing,
  timeoutMs: number,
): Promise<Delivery> {
  return new Promise((resolve) => {
    let settled = false;
    let sent = false;
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let retryAfter: string | undefined;
    let location: string | undefined;
    let chunks: Buffer[] = [];
    let bytes = 0;

    function settle(delivery: Delivery, deliver: (delivery: Delivery) => void = resolve): void {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      outgoing.signal?.removeEventListener('abort', onAbort);
      chunks = [];
      deliver(delivery);
    }
    function giveUp(reason: Lost['reason']): void {
      if (settled) return;
      settle(lost(reason, sent));
      controller?.abort(new Error(reason));
    }
    const onAbort = (): void => giveUp('aborted');
    const timer = setTimeout(() => giveUp('timed_out'), timeoutMs);
    outgoing.signal?.addEventListener('abort', onAbort, { once: true });

    dispatcher.dispatch(
      {
        origin: options.origin,
        path: outgoing.path,
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        // Called once a connection stands and the request is about to be written to it, not before.
        onRequestStart(started) {
          if (settled) {
            started.abort(new Error('given up'));
            return;
          }
          controller = started;
          sent = true;
        },
        onResponseStart(_, statusCode, headers) {
          if (statusCode < 200) return;
          status = statusCode;
          retryAfter = first(headers['retry-after']);
          location = first(headers['location']);
          if (Number(headers['content-length'] ?? 0) > options.maxResponseBytes) giveUp('too_large');
        },
        onResponseData(_, chunk) {
          bytes += chunk.length;
          if (bytes > options.maxResponseBytes) giveUp('too_large');
          else if (!settled) chunks.push(chunk);
        },
        onResponseEnd() {
          const text = Buffer.concat(chunks).toString('utf8');
          // The pool takes a turn of the event loop to call this connection free. A caller that was told at once and
          // went on at once would be given a new connection, and pay its handshake.
          settle({ arrived: true, status, retryAfter, location, text }, (delivery) => {
            setImmediate(() => setImmediate(resolve, delivery));
          });
        },
        onResponseError(_, error) {
          settle(lost(failureReason(error), sent, errorCode(error)));
        },
      },
    );
  });
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function lost(reason: Lost['reason'], sent: boolean, failure: string = reason): Lost {
  return { arrived: false, sent, reason, failure };
}

function failureReason(error: Error): Lost['reason'] {
  switch (errorCode(error)) {
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'timed_out';
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_DESTROYED':
      return 'closed';
    default:
      return 'connection';
  }
}

/** The code only: messages and sockets of network errors can name more than a log should hold. */
function errorCode(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'connection';
}
