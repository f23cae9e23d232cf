/** The door to remote services: allow-list, secret, stamp, signature, proof, exchange, bounds. */
import type { Dispatcher } from 'undici';
import { parseBoundedJson } from './bounded-json.ts';
import { RemoteUnavailableError } from './errors.ts';
import { createGuardedAgent, type LookUp } from './guarded-agent.ts';
import { createNetworkPolicy } from './network-policy.ts';
import { postJson } from './post-json.ts';
import { isServiceUrl } from './remote-file.ts';
import type { RemoteQuestion, RemoteServices } from './services.ts';
import { signatureHeaders } from './signature.ts';

export type RemoteServicesDeps = {
  readonly siteUrl: string;
  /** `scheme://host[:port]`; nobody else is asked. */
  readonly origins: readonly string[];
  /** Hosts of these origins that may be at private addresses. */
  readonly privateHosts: readonly string[];
  /** Variable → secrets, newest first; the newest signs. */
  readonly secretsByName: ReadonlyMap<string, readonly string[]>;
  readonly now: () => Date;
  readonly randomId: () => string;
  /** Replaces the name service, in tests. */
  readonly lookUp?: LookUp;
  readonly maxResponseBytes?: number;
};

/** Version of question and answer; a new one is for changes that an old service would misread. */
const VERSION = 1;
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;
const ANSWER_BOUNDS = { maxDepth: 12, maxValues: 300_000 };

/** Opens no connection until the first question. */
export function createRemoteServices(deps: RemoteServicesDeps): RemoteServices & { close(): Promise<void> } {
  const origins = new Set(deps.origins);
  const dispatcher: Dispatcher = createGuardedAgent(createNetworkPolicy(deps.privateHosts), deps.lookUp);

  return {
    siteUrl: deps.siteUrl,
    async ask(question) {
      checkAddress(question.url);
      const secret = deps.secretsByName.get(question.secretVariable)?.[0];
      if (secret === undefined) throw new RemoteUnavailableError('not_configured', question.secretVariable);
      const stamp = { timestamp: deps.now().toISOString(), requestId: deps.randomId() };
      const body = JSON.stringify({ version: VERSION, ...stamp, ...question.body });
      const text = await postJson(dispatcher, {
        url: question.url,
        headers: {
          'user-agent': 'understudy',
          ...signatureHeaders(secret, stamp, body),
          ...proofHeader(question.proof),
        },
        body,
        timeoutMs: question.timeoutMs,
        maxResponseBytes: deps.maxResponseBytes ?? MAX_RESPONSE_BYTES,
      });
      try {
        return parseBoundedJson(text, ANSWER_BOUNDS);
      } catch {
        throw new RemoteUnavailableError('not_json');
      }
    },
    close: () => dispatcher.close(),
  };

  function checkAddress(url: string): void {
    if (!isServiceUrl(url)) throw new RemoteUnavailableError('address_refused', 'not https');
    const { origin } = new URL(url);
    if (!origins.has(origin)) throw new RemoteUnavailableError('address_refused', `${origin} is not in REMOTE_ORIGINS`);
  }
}

function proofHeader(proof: RemoteQuestion['proof']): Record<string, string> {
  return proof === undefined ? {} : { authorization: `Bearer ${proof.token}` };
}
