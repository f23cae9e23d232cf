/**
 * The one door to the ShotGrid site: as the script, or as a person by sudo. All clients of one {@link Shotgrid} share
 * its connections, its cap on calls in flight and its tokens.
 */
import type { Dispatcher } from 'undici';
import { createAppSessions, type AppSessions } from './app-session.ts';
import { createApi, unreadable, type Api, type CallOptions, type Renew, type VerifyOwner } from './api.ts';
import { sendBatch, type BatchRequest, type BatchResult, type FieldValues } from './batch.ts';
import { createCaller, sleepFor, type CallSeen } from './calls.ts';
import { checkField, entityPath } from './entity-path.ts';
import { ShotgridNotFoundError, ShotgridUnavailableError } from './errors.ts';
import { ownPath } from './json.ts';
import { createMint, keysOf, type ScriptCredentials } from './mint.ts';
import { openPasswordSession, type PasswordAnswer, type PasswordCredentials } from './password-session.ts';
import { parseRow, type Row } from './rows.ts';
import { readField, readFields, type FieldSchema } from './schema.ts';
import { rowsByIds, searchPages, searchRows, type SearchOptions } from './search.ts';
import { readSiteInfo, type SiteInfo } from './site-info.ts';
import { summarizeRows, type Summarize, type Summary } from './summarize.ts';
import { searchText, type TextMatch, type TextSearch } from './text-search.ts';
import { lentTokens } from './lent-tokens.ts';
import { verifyLentClaims, verifyOwnClaims } from './token-claims.ts';
import { createTokens, type MintedToken, type TokenFor } from './tokens.ts';
import { createTransport } from './transport.ts';

export type ShotgridOptions = SiteOptions & ScriptCredentials;

export type SiteOptions = {
  /** Origin of the site, `https://studio.shotgrid.autodesk.com`. */
  readonly siteUrl: string;
  /** HTTP proxy towards the site. */
  readonly proxyUrl?: string | undefined;
  readonly now: () => Date;
  /** From 0 to below 1; spreads the retries. Default `Math.random`. */
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Connections to the site and so calls in flight, all persons together. Default 8. */
  readonly connections?: number | undefined;
  /** Per attempt, and again for the wait in our own queue. Default 60 s. */
  readonly timeoutMs?: number | undefined;
  /** Default 64 MiB. */
  readonly maxResponseBytes?: number | undefined;
  /** Tokens kept. Default 500. */
  readonly maxTokens?: number | undefined;
  /** Certificates in PEM to trust besides those that Node trusts already. */
  readonly ca?: string | undefined;
  /** Told of every attempt. */
  readonly onCall?: ((seen: CallSeen) => void) | undefined;
  /** Replaces the network, in tests. */
  readonly dispatcher?: Dispatcher | undefined;
};

/** A person to act for. */
export type Person = {
  /** The HumanUser's stored login, verbatim. */
  readonly login: string;
  /** The browser window of the click, so that its page shows the changes. Ignored unless it looks like a UUID. */
  readonly sessionUuid?: string | undefined;
};

/** A person by the session that they opened on the site themselves, with no script and no sudo. */
export type Self = {
  /** A credential of that person: the caller keeps it as such. */
  readonly sessionToken: string;
  /** Their HumanUser id: a session that gives tokens of anybody else is refused. Undefined where only the session can tell. */
  readonly userId: number | undefined;
  readonly sessionUuid?: string | undefined;
  /** Asked when the site has ended the session, at most once a call; the call is then made again. */
  readonly renew?: Renew | undefined;
  /** Asked before each use of the session whether the HumanUser that it turned out to be is the right one. */
  readonly verifyOwner?: VerifyOwner | undefined;
};

export type Readiness =
  | { readonly ready: true; readonly ms: number; readonly version: string }
  | { readonly ready: false; readonly ms: number; readonly reason: string };

export type ShotgridStats = {
  readonly inFlight: number;
  readonly waiting: number;
  readonly tokens: number;
};

export type Shotgrid = {
  /** The script itself, with its own rights: for looking people up, never for a person's change. */
  asScript(): ShotgridClient;
  /** One person, with that person's rights. No call is made before one is needed. */
  asPerson(person: Person): ShotgridClient;
  /**
   * The same person by their own session, whatever ShotGrid's checkbox says of acting as them. Its calls may throw
   * `SiteSessionEndedError` and `SiteSessionMismatchError` instead of the sudo refusals.
   */
  asSelf(self: Self): ShotgridClient;
  /**
   * A person by an access token that was lent to this process; calls fail with `SiteSessionEndedError` once it has ended.
   *
   * @throws SudoClaimMismatchError, SiteSessionMismatchError when the token names neither this person nor one by their own session.
   */
  asLent(lent: { readonly login: string; readonly accessToken: string }): ShotgridClient;
  /** The id of the HumanUser whose session this is. @throws SiteSessionEndedError, SiteSessionMismatchError */
  selfId(sessionToken: string): Promise<number>;
  /** Forgets the access tokens had with this session; the session itself goes on. */
  forgetSelf(sessionToken: string): void;
  /** Opens a session by login and password, where the site has passwords. Asks once. */
  passwordSession(credentials: PasswordCredentials, options?: CallOptions): Promise<PasswordAnswer>;
  /** Sessions that people approve in their browser. */
  readonly appSessions: AppSessions;
  siteInfo(options?: CallOptions): Promise<SiteInfo>;
  /** Whether the site answers, within 3 s and without retry. Does not throw. */
  check(options?: CallOptions): Promise<Readiness>;
  readonly stats: ShotgridStats;
  /** Lets calls under way end; later ones fail with `shotgrid_unavailable`. */
  close(): Promise<void>;
};

/** A client of the site that knows no script: people act by their own sessions. */
export type SelfOnlySite = Omit<Shotgrid, 'asScript' | 'asPerson'>;

/**
 * What can be asked of the site as one actor. Every method may throw `ShotgridUnavailableError`, `ShotgridRefusedError`,
 * `ShotgridNotFoundError`, `ShotgridRequestError` and, as a person, the sudo refusals; writes also `OutcomeUnknownError`.
 */
export type ShotgridClient = {
  /** All rows that match. */
  search(entityType: string, options: SearchOptions): Promise<Row[]>;
  /** The same, a page at a time. */
  searchPages(entityType: string, options: SearchOptions): AsyncGenerator<Row[]>;
  /** The rows with these ids that the actor can see, in no particular order. */
  rowsByIds(
    entityType: string,
    ids: readonly number[],
    options: CallOptions & { readonly fields: readonly string[]; readonly retired?: boolean },
  ): Promise<Row[]>;
  /** One row, or undefined when it is not there. */
  find(entityType: string, id: number, fields: readonly string[], options?: CallOptions): Promise<Row | undefined>;
  /** All of these writes, or none. */
  batch(requests: readonly BatchRequest[], options?: CallOptions): Promise<BatchResult[]>;
  /** One new row. Also the way to ask whether the actor could create one: with a value that is never legal. */
  create(entityType: string, data: FieldValues, options?: CallOptions): Promise<Row>;
  /** Brings a retired row back under the same id; false when there was nothing to bring back. */
  revive(entityType: string, id: number, options?: CallOptions): Promise<boolean>;
  /** The fields of a type, by code; `hiddenValues` are those of the project. */
  fields(entityType: string, projectId?: number, options?: CallOptions): Promise<ReadonlyMap<string, FieldSchema>>;
  /** One field of a type. */
  field(entityType: string, field: string, projectId?: number, options?: CallOptions): Promise<FieldSchema>;
  textSearch(search: TextSearch): Promise<TextMatch[]>;
  summarize(entityType: string, request: Summarize): Promise<Summary>;
};

const DEFAULT_CONNECTIONS = 8;
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_TOKENS = 500;
const CHECK_TIMEOUT_MS = 3_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Opens no connection until the first call.
 *
 * @throws TypeError when `siteUrl` is not an http(s) origin.
 */
export function createShotgrid(options: ShotgridOptions): Shotgrid {
  return connect(options, options);
}

/**
 * The same for programs that have no script, only people's own sessions.
 *
 * @throws TypeError when `siteUrl` is not an http(s) origin.
 */
export function createSelfOnlySite(options: SiteOptions): SelfOnlySite {
  return connect(options, undefined);
}

function connect(options: SiteOptions, credentials: ScriptCredentials | undefined): Shotgrid {
  const { now } = options;
  const secrets = credentials === undefined ? [] : keysOf(credentials);
  const transport = createTransport({
    origin: siteOrigin(options.siteUrl),
    proxyUrl: options.proxyUrl,
    connections: options.connections ?? DEFAULT_CONNECTIONS,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
    ca: options.ca,
    dispatcher: options.dispatcher,
  });
  const patience = { random: options.random ?? Math.random, sleep: options.sleep ?? sleepFor };
  const call = createCaller({
    transport,
    now,
    ...patience,
    onCall: options.onCall,
    secrets,
  });
  const mint = createMint(call, credentials);
  const tokens = createTokens({
    mint,
    now,
    maxTokens: options.maxTokens ?? DEFAULT_MAX_TOKENS,
  });
  const clientFor = (actor: TokenFor, own?: Pick<Self, 'renew' | 'verifyOwner'>): ShotgridClient => {
    const { renew, verifyOwner } = own ?? {};
    const client = createClient(createApi({ call, tokens, actor, secrets, renew, verifyOwner }));
    if (actor.login !== null) LENDING.set(client, () => mint(actor));
    return client;
  };
  const script = clientFor({ login: null, sessionUuid: undefined });

  return {
    asScript: () => script,
    asPerson({ login, sessionUuid }) {
      return clientFor({ login, sessionUuid: windowOf(sessionUuid) });
    },
    asSelf({ sessionToken, userId, sessionUuid, ...own }) {
      return clientFor({ session: { token: sessionToken, userId }, sessionUuid: windowOf(sessionUuid) }, own);
    },
    asLent({ login, accessToken }) {
      verifyLentClaims(accessToken, login);
      const actor = { login, sessionUuid: undefined };
      return createClient(createApi({ call, tokens: lentTokens(accessToken, now), actor, secrets }));
    },
    async selfId(token) {
      const session = { token, userId: undefined };
      return verifyOwnClaims(await tokens.get({ session, sessionUuid: undefined }), undefined);
    },
    forgetSelf: (token) => tokens.forget({ token, userId: undefined }),
    passwordSession: (given, callOptions) => openPasswordSession(call, given, callOptions),
    appSessions: createAppSessions({ call, siteUrl: siteOrigin(options.siteUrl), ...patience }),
    siteInfo: (callOptions) => readSiteInfo(call, callOptions),
    async check(callOptions) {
      const startedAt = now().getTime();
      const elapsed = (): number => now().getTime() - startedAt;
      try {
        const { version } = await readSiteInfo(call, { timeoutMs: CHECK_TIMEOUT_MS, ...callOptions, maxAttempts: 1 });
        return { ready: true, ms: elapsed(), version };
      } catch (error) {
        const reason = error instanceof ShotgridUnavailableError ? error.reason : 'unexpected';
        return { ready: false, ms: elapsed(), reason };
      }
    },
    get stats() {
      return { inFlight: transport.inFlight, waiting: transport.waiting, tokens: tokens.size };
    },
    close: () => transport.close(),
  };
}

/**
 * An access token of the person that this client acts as, made for a worker and not used here: it ends by itself, usually after ten
 * minutes, and cannot be renewed.
 *
 * @throws TypeError for a client of the script, whose rights are nobody's to lend.
 */
export async function lendToken(client: ShotgridClient): Promise<MintedToken> {
  const mint = LENDING.get(client);
  if (mint === undefined) throw new TypeError('only a client that acts as a person can lend a token');
  return mint();
}

const LENDING = new WeakMap<ShotgridClient, () => Promise<MintedToken>>();

/** A wrong window id costs the page its refresh, nothing else. */
function windowOf(sessionUuid: string | undefined): string | undefined {
  return sessionUuid !== undefined && UUID.test(sessionUuid) ? sessionUuid : undefined;
}

function createClient(api: Api): ShotgridClient {
  return {
    search: (entityType, options) => searchRows(api, entityType, options),
    searchPages: (entityType, options) => searchPages(api, entityType, options),
    rowsByIds: (entityType, ids, options) => rowsByIds(api, entityType, ids, options),
    async find(entityType, id, fields, options) {
      const path = `${entityPath(entityType, id)}?fields=${fields.map(checkField).join(',')}`;
      try {
        const row = parseRow(
          ownPath(await api({ operation: 'find', kind: 'read', method: 'GET', path, options }), 'data'),
        );
        if (row === undefined) throw unreadable('read');
        return row;
      } catch (error) {
        if (error instanceof ShotgridNotFoundError && error.siteCode === ROW_NOT_THERE) return undefined;
        throw error;
      }
    },
    batch: (requests, options) => sendBatch(api, requests, options),
    async create(entityType, data, options) {
      const path = entityPath(entityType);
      const body = await api({ operation: 'create', kind: 'write', method: 'POST', path, body: data, options });
      const row = parseRow(ownPath(body, 'data'));
      if (row === undefined) throw unreadable('write');
      return row;
    },
    async revive(entityType, id, options) {
      const path = `${entityPath(entityType, id)}?revive=true`;
      const body = await api({ operation: 'revive', kind: 'write', method: 'POST', path, options });
      if (ownPath(body, 'data', 'id') !== id) throw unreadable('write');
      return ownPath(body, 'meta', 'did_revive') === true;
    },
    fields: (entityType, projectId, options) => readFields(api, entityType, projectId, options),
    field: (entityType, field, projectId, options) => readField(api, entityType, field, projectId, options),
    textSearch: (search) => searchText(api, search),
    summarize: (entityType, request) => summarizeRows(api, entityType, request),
  };
}

/** With HTTP 404: the row is not there, as opposed to 103, the type is not. */
const ROW_NOT_THERE = 104;

function siteOrigin(siteUrl: string): string {
  const url = URL.canParse(siteUrl) ? new URL(siteUrl) : undefined;
  if (url !== undefined && isHttpOrigin(url)) return url.origin;
  throw new TypeError('siteUrl must be the origin of a ShotGrid site, like https://studio.shotgrid.autodesk.com');
}

/** Anything beyond the origin (a path, a query, a name and password) would make the two differ. */
function isHttpOrigin(url: URL): boolean {
  return url.href === `${url.origin}/` && /^https?:$/.test(url.protocol);
}
