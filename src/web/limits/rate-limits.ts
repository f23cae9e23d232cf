/**
 * How often one address, and one person, may ask in a minute. Everything counts as a request; what costs more has a smaller number
 * of its own. An address may be a whole studio behind one router: it is given what five hundred people do.
 */
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { ServiceError } from '../../errors.ts';
import { RateLimitedError, TooManyStreamsError } from '../errors.ts';
import { identityOf } from '../viewer.ts';
import { createLimitStore, type LimitStore } from './limit-store.ts';
import type { LimitMet } from './refusal-tally.ts';

export type RateLimits = {
  /** Before anything is done for a request. */
  readonly byAddress: RequestHandler;
  /** As soon as it is known who asks. */
  readonly byPerson: RequestHandler;
  /**
   * A click whose signature, or whose row in ShotGrid, says that this login made it.
   *
   * @throws {@link RateLimitedError}
   */
  click(request: Request, response: Response, login: string): Promise<void>;
  /** Forgets windows that are over. */
  prune(): void;
};

export type RateSettings = {
  /** Requests of one address in a minute. */
  readonly perAddress: number;
  /** Requests of one person in a minute. */
  readonly perPerson: number;
};

/** `share` of the requests that are allowed in all. Paths are in small letters, without a slash at the end. */
type Kind = {
  readonly name: string;
  readonly share: number;
  readonly matches: (method: string, path: string) => boolean;
};

const WINDOW_MS = 60_000;
/** What a provider gives to one customer; finer, and everybody has thousands of addresses. */
const IPV6_SUBNET = 56;

/** Of an address. */
const DOORS: readonly Kind[] = [
  { name: 'clicks', share: 1 / 10, matches: (method, path) => method === 'POST' && path.startsWith('/ami/') },
  // Not signed: each makes the server ask the site what it is about.
  { name: 'unsigned clicks', share: 1 / 100, matches: (method, path) => method !== 'POST' && path.startsWith('/ami/') },
  { name: 'logins', share: 1 / 10, matches: (_method, path) => /^\/log(?:in|out)(?:\/|$)/.test(path) },
  // Asks the site, the provider and every store; or tries a token.
  { name: 'probes', share: 1 / 100, matches: (_method, path) => path === '/readyz' || path === '/metrics' },
];

/** Of a person. */
const PAGES: readonly Kind[] = [
  {
    name: 'searches',
    share: 1 / 3,
    matches: (method, path) =>
      method !== 'POST' && /^\/(?:audit|audit\/records\/[^/]+|launches\/[^/]+\/options\/[^/]+)$/.test(path),
  },
  {
    name: 'exports',
    share: 1 / 20,
    matches: (_method, path) => /^\/(?:audit\/(?:export|verify|reconcile)|runs\/[^/]+\/rows\.(?:csv|json))$/.test(path),
  },
  { name: 'event streams', share: 1 / 5, matches: (_method, path) => /^\/runs\/[^/]+\/events$/.test(path) },
];

export function createRateLimits(deps: RateSettings & { readonly now: () => Date }): RateLimits {
  const stores: LimitStore[] = [];
  const limiter = (
    name: string,
    per: 'address' | 'person',
    limit: number,
    keyOf: (request: Request) => string,
  ): RequestHandler => {
    const store = createLimitStore({ now: deps.now, windowMs: WINDOW_MS });
    stores.push(store);
    return rateLimit({
      windowMs: WINDOW_MS,
      limit: Math.max(1, Math.ceil(limit)),
      store,
      keyGenerator: keyOf,
      standardHeaders: false,
      legacyHeaders: false,
      // Looks for mistakes in what is our own here, and would tell the console.
      validate: false,
      handler(request, _response, next) {
        const ends = (request as Request & { readonly rateLimit: { readonly resetTime: Date } }).rateLimit.resetTime;
        const seconds = Math.max(1, Math.ceil((ends.getTime() - deps.now().getTime()) / 1000));
        next(new RateLimitedError({ limit: name, per, key: keyOf(request), retryAfterSeconds: seconds }));
      },
    });
  };
  const kinds = (of: readonly Kind[], per: 'address' | 'person', all: number, keyOf: (request: Request) => string) => {
    const general = limiter('requests', per, all, keyOf);
    const special = of.map(({ name, share, matches }) => ({
      matches,
      handler: limiter(name, per, all * share, keyOf),
    }));
    return (request: Request): readonly RequestHandler[] => {
      const path = request.path.toLowerCase().replace(/\/+$/, '');
      const found = special.find(({ matches }) => matches(request.method, path));
      return found === undefined ? [general] : [general, found.handler];
    };
  };

  const ofAddress = kinds(DOORS, 'address', deps.perAddress, addressKey);
  const ofPerson = kinds(PAGES, 'person', deps.perPerson, personKey);
  const clicks = limiter('clicks', 'person', deps.perPerson / 5, clickKey);

  return {
    async byAddress(request, response, next) {
      // Whoever asks whether the process lives decides whether it goes on living.
      if (request.path !== '/healthz') for (const handler of ofAddress(request)) await pass(handler, request, response);
      next();
    },
    async byPerson(request, response, next) {
      if (identityOf(request) !== undefined)
        for (const handler of ofPerson(request)) await pass(handler, request, response);
      next();
    },
    async click(request, response, login) {
      clickers.set(request, login);
      await pass(clicks, request, response);
    },
    prune() {
      for (const store of stores) store.prune();
    },
  };
}

const clickers = new WeakMap<Request, string>();

/** As the proxies in front that are trusted tell it. */
export function addressKey(request: Request): string {
  return ipKeyGenerator(request.ip ?? 'unknown', IPV6_SUBNET);
}

/** Which limit a refusal is about; undefined for all other refusals. */
export function findLimitMet(request: Request, error: ServiceError): LimitMet | undefined {
  if (error instanceof RateLimitedError) return { limit: error.limit, per: error.per, key: error.key };
  if (error instanceof TooManyStreamsError) return { limit: 'open streams', per: 'person', key: personKey(request) };
  return undefined;
}

function personKey(request: Request): string {
  const { issuer, subject } = identityOf(request) ?? { issuer: '', subject: '' };
  return JSON.stringify([issuer, subject]);
}

function clickKey(request: Request): string {
  return (clickers.get(request) ?? '').toLowerCase();
}

function pass(handler: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void handler(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('a limit failed', { cause: error }));
    });
  });
}
