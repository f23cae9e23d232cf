/** One POST of JSON, answered by JSON: within a time, below a size, without redirects, and never repeated. */
import { request, type Dispatcher } from 'undici';
import { RemoteUnavailableError, type UnavailableReason } from './errors.ts';
import { AddressRefusedError } from './guarded-agent.ts';

export type JsonPost = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the wait for a connection to the last byte. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
};

/**
 * @returns The text of an answer with status 200 and type `application/json`.
 * @throws {@link RemoteUnavailableError} in every other case.
 */
export async function postJson(dispatcher: Dispatcher, post: JsonPost): Promise<string> {
  const signal = AbortSignal.timeout(post.timeoutMs);
  let body: Buffer;
  try {
    const response = await request(post.url, {
      dispatcher,
      method: 'POST',
      headers: {
        ...post.headers,
        'content-type': 'application/json; charset=utf-8',
        accept: 'application/json',
        // What is not compressed cannot swell.
        'accept-encoding': 'identity',
      },
      body: post.body,
      signal,
      headersTimeout: post.timeoutMs,
      bodyTimeout: post.timeoutMs,
      // A connection kept for later may be closed at the very moment of its next use; nothing here is sent twice.
      reset: true,
    });
    response.body.on('error', () => undefined);
    try {
      checkHead(response);
      body = await readBody(response, post.maxResponseBytes);
    } catch (error) {
      response.body.destroy();
      throw error;
    }
  } catch (error) {
    throw toUnavailable(error, signal);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new RemoteUnavailableError('not_json', 'not UTF-8');
  }
}

function checkHead({ statusCode, headers }: Dispatcher.ResponseData): void {
  if (statusCode >= 300 && statusCode < 400) throw new RemoteUnavailableError('redirect', `status ${statusCode}`);
  if (statusCode !== 200) throw new RemoteUnavailableError('status', `status ${statusCode}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!/^application\/json\s*(;|$)/i.test(String(headers['content-type'])) || encoding !== 'identity') {
    throw new RemoteUnavailableError('content_type');
  }
}

async function readBody({ headers, body }: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw new RemoteUnavailableError('too_large');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RemoteUnavailableError('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toUnavailable(error: unknown, signal: AbortSignal): RemoteUnavailableError {
  if (error instanceof RemoteUnavailableError) return error;
  if (error instanceof AddressRefusedError) return new RemoteUnavailableError('address_refused');
  const code: unknown = error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined;
  const word = typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
  const reason: UnavailableReason = signal.aborted || TIME_OUTS.has(word ?? '') ? 'timed_out' : 'connection';
  return new RemoteUnavailableError(reason, word);
}

const TIME_OUTS: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
