/**
 * One call, however many attempts it takes: sends, judges, waits, sends again, and ends in an answer or in the
 * error that says what is known. Each attempt is told to the observer.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknownError, ShotgridUnavailableError } from './errors.ts';
import { parseFault } from './faults.ts';
import { backoffMs, judge, type CallKind } from './retry.ts';
import type { Delivery, Outgoing, Transport } from './transport.ts';

export type Call = Outgoing & {
  /** Short name for logs and metrics: `search`, `batch`, `token` … */
  readonly operation: string;
  readonly kind: CallKind;
  /** Instead of the usual 3. */
  readonly maxAttempts?: number | undefined;
  /** What the observer is told instead of a path that holds a secret. */
  readonly shownPath?: string | undefined;
};

/** The site's own answer: any status below 500 but 408 and 429. */
export type Answer = { readonly status: number; readonly text: string; readonly location?: string | undefined };

/** ShotGrid answers so when a person's SAML claims have expired, whatever was asked; their session is still good. */
export function isSamlRenewal({ status, location }: Answer): boolean {
  return status === 302 && location?.endsWith('/saml/saml_login_request') === true;
}

/** One attempt, as told to the observer. Holds no query, no headers, no bodies. */
export type CallSeen = {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** Undefined when no answer came; then `failure` says why. */
  readonly status: number | undefined;
  readonly failure: string | undefined;
  readonly ms: number;
  readonly attempt: number;
};

export type CallerOptions = {
  readonly transport: Transport;
  readonly now: () => Date;
  readonly random: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly onCall: ((seen: CallSeen) => void) | undefined;
  /** Never to be shown, should the site echo them. */
  readonly secrets: readonly string[];
};

export type Caller = (call: Call) => Promise<Answer>;

const MAX_ATTEMPTS = 3;

/** @throws ShotgridUnavailableError, OutcomeUnknownError, or the signal's reason, as {@link judge} decides. */
export function createCaller(options: CallerOptions): Caller {
  const { transport, now, random, sleep, secrets } = options;

  return async function call(request) {
    const maxAttempts = request.maxAttempts ?? MAX_ATTEMPTS;
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = now().getTime();
      const delivery = await transport.send(request);
      observe(options.onCall, request, delivery, now().getTime() - startedAt, attempt);
      const verdict = judge(request.kind, delivery);
      switch (verdict.is) {
        case 'answer':
          return delivery as Answer & Delivery;
        case 'unknown':
          throw new OutcomeUnknownError(failureOf(delivery), faultOf(delivery, hidden(request, secrets)));
        case 'aborted':
          request.signal?.throwIfAborted();
          throw new ShotgridUnavailableError('closed');
        case 'again':
        case 'unavailable':
          if (verdict.is === 'unavailable' || attempt >= maxAttempts) {
            throw new ShotgridUnavailableError(verdict.reason, {
              failure: failureOf(delivery),
              site: faultOf(delivery, hidden(request, secrets)),
            });
          }
      }
      const retryAfter = delivery.arrived ? delivery.retryAfter : undefined;
      await sleep(backoffMs({ attempt, retryAfter, now: now(), random }), request.signal);
    }
  };
}

/** The real {@link CallerOptions.sleep}. */
export async function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // The timer wraps the reason into an error of its own; callers look for theirs.
    signal?.throwIfAborted();
    throw error;
  }
}

function observe(
  onCall: CallerOptions['onCall'],
  request: Call,
  delivery: Delivery,
  ms: number,
  attempt: number,
): void {
  if (onCall === undefined) return;
  try {
    onCall({
      operation: request.operation,
      method: request.method,
      path: request.shownPath ?? request.path.split('?', 1)[0] ?? '',
      status: delivery.arrived ? delivery.status : undefined,
      failure: delivery.arrived ? undefined : delivery.failure,
      ms,
      attempt,
    });
  } catch {
    // An observer that fails must not turn a write that was made into an error.
  }
}

/** All that must not be shown of this request. */
function hidden(request: Call, secrets: readonly string[]): readonly string[] {
  const authorization = request.headers['authorization'];
  return authorization === undefined ? secrets : [...secrets, authorization.replace(/^Bearer /, '')];
}

function failureOf(delivery: Delivery): string {
  return delivery.arrived ? `status ${delivery.status}` : delivery.failure;
}

function faultOf(delivery: Delivery, secrets: readonly string[]): ReturnType<typeof parseFault> | undefined {
  return delivery.arrived ? parseFault(delivery.status, delivery.text, secrets) : undefined;
}
