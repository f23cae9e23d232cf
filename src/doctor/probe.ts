/** One GET that is not about its content: who answered, by which certificate, at what time of their clock. */
import { request as httpRequest, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { TLSSocket } from 'node:tls';

export type Probed = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** How far their clock is ahead of ours, in seconds, to about half a second; negative: behind. Undefined when they do not say. */
  readonly aheadSeconds: number | undefined;
  /** Of an https address; a certificate that is not to be trusted is an error instead. */
  readonly certificateValidTo: Date | undefined;
};

export type ProbeOptions = {
  readonly proxyUrl?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly now: () => Date;
  readonly timeoutMs: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
};

/** No answer; `reason` is a machine word such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly reason: string;
  constructor(reason: string) {
    super(`no answer: ${reason}`);
    this.reason = reason;
  }
}

/** @throws {@link ProbeError}, for everything. */
export function probe(
  address: string,
  { proxyUrl, headers, now, timeoutMs, signal: end }: ProbeOptions,
): Promise<Probed> {
  const url = new URL(address);
  const isHttps = url.protocol === 'https:';
  const proxyEnv = proxyUrl === undefined ? undefined : { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl };
  // An agent of its own: what it opens is closed with it, and nobody's pool is looked at.
  const agent = isHttps ? new HttpsAgent({ proxyEnv }) : new HttpAgent({ proxyEnv });
  const late = AbortSignal.timeout(timeoutMs);
  const signal = end === undefined ? late : AbortSignal.any([late, end]);
  const askedAt = now().getTime();
  return new Promise<Probed>((resolve, reject) => {
    const request = (isHttps ? httpsRequest : httpRequest)(url, { agent, signal, headers: { ...headers } });
    request.once('response', (response) => {
      const { socket, statusCode = 0 } = response;
      const validTo = socket instanceof TLSSocket ? socket.getPeerCertificate().valid_to : undefined;
      resolve({
        status: statusCode,
        headers: response.headers,
        aheadSeconds: aheadSeconds(response.headers.date, askedAt, now().getTime()),
        certificateValidTo: validTo === undefined ? undefined : new Date(validTo),
      });
      response.destroy();
    });
    request.once('error', (error) => reject(new ProbeError(signal.aborted ? 'no answer in time' : reasonOf(error))));
    request.end();
  }).finally(() => agent.destroy());
}

/** The header counts whole seconds that have begun: on the average the true time is half a second later. */
function aheadSeconds(date: string | undefined, askedAt: number, answeredAt: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? undefined : (theirs + 500 - (askedAt + answeredAt) / 2) / 1000;
}

function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
