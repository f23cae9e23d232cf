/**
 * The one door to the identity provider: a fetch that waits only so long, reads only so much, and turns every way of
 * not getting an answer into one error.
 */
import { IdpUnavailableError } from './errors.ts';

/** What openid-client calls; the same shape as the global fetch, with fewer options. */
export type BoundedFetch = (url: string, options: RequestInit) => Promise<Response>;

/** Discovery documents and key sets are a few kB; a token with thousands of groups a few hundred. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const NULL_BODY_STATUSES = new Set([101, 204, 205, 304]);
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** One exchange with the provider, as told to an observer; `isAnswered` is false for no answer, and for 429 and 5xx. */
export type IdpCallSeen = { readonly ms: number; readonly isAnswered: boolean };

/**
 * @param timeoutMs - For the whole exchange, connecting to last byte.
 * @param watch - Told of every exchange; must not throw.
 * @throws {@link IdpUnavailableError} from the returned function: no connection, too slow, too long, or status 429 or 5xx.
 */
export function createBoundedFetch(
  timeoutMs: number,
  watch?: { readonly onCall: (seen: IdpCallSeen) => void; readonly now: () => Date },
): BoundedFetch {
  const begin = (): ((isAnswered: boolean) => void) => {
    const startedAt = watch?.now().getTime() ?? 0;
    return (isAnswered) => watch?.onCall({ ms: watch.now().getTime() - startedAt, isAnswered });
  };
  return async function boundedFetch(url, options) {
    const target = new URL(url);
    const where = `${options.method ?? 'GET'} ${target.origin}${target.pathname}`;
    // The library only knows "http allowed": a provider on loopback must not send the client secret elsewhere in the clear.
    if (target.protocol !== 'https:' && !isLoopback(target)) throw new IdpUnavailableError(`${where}: not https`);
    const signal = AbortSignal.timeout(timeoutMs);
    const end = begin();
    let response: Response;
    let body: Buffer;
    try {
      response = await fetch(url, { ...options, signal });
      body = await readBody(response);
    } catch (error) {
      end(false);
      throw new IdpUnavailableError(`${where}: ${signal.aborted ? `no answer in ${timeoutMs} ms` : reasonOf(error)}`);
    }
    const isAnswered = response.status < 500 && response.status !== 429;
    end(isAnswered);
    if (!isAnswered) {
      throw new IdpUnavailableError(`${where}: status ${response.status}`);
    }
    return new Response(NULL_BODY_STATUSES.has(response.status) ? null : new Uint8Array(body), {
      status: response.status,
      headers: response.headers,
    });
  };
}

/** Plain http is for a provider on this very machine. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOSTS.has(url.hostname);
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return Buffer.alloc(0);
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) throw new Error(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `ECONNREFUSED`, in the cause, says more than "fetch failed". */
function reasonOf(error: unknown): string {
  const found = [memberOf(memberOf(error, 'cause'), 'code'), memberOf(error, 'message')];
  return found.find((one) => typeof one === 'string') ?? 'failed';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
