/**
 * Environment → `Config` (may be logged) and `Secrets` (may not). Everything is checked at once, at start;
 * a problem names the variable and what it should be, never the value it has.
 */
import { z } from 'zod';
import { effectless, misspelt, type OwnNames } from './names.ts';
import {
  collectorUrl,
  hosts,
  httpOrigin,
  httpUrl,
  list,
  oneOf,
  port,
  seconds,
  secretList,
  serviceOrigins,
  signingKeys,
  spelled,
  trustProxy,
  whole,
} from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What may be printed in a log line. */
export type Config = {
  readonly publicUrl: string;
  readonly port: number;
  readonly host: string;
  readonly trustProxy: boolean | number | string;
  readonly shotgridUrl: string;
  readonly scriptName: string;
  readonly ami: {
    readonly algorithm: 'sha1' | 'sha256';
    readonly maxAgeSeconds: number;
    /** Where `understudy menu` keeps the tokens that it makes. */
    readonly tokensFile: string | undefined;
  };
  readonly oidc: {
    /** Undefined where people sign in with their ShotGrid password alone. */
    readonly provider: { readonly issuerUrl: string; readonly clientId: string } | undefined;
    readonly scopes: string;
    readonly loginClaim: string;
    readonly loginStripDomain: boolean;
    readonly groupsClaim: string;
    /** Which token of a sign-in is exchanged for another service's, where an action asks for one. */
    readonly tokenExchange: 'off' | 'access_token' | 'id_token';
  };
  /** People may sign in on our own page, with the login and password of the site. */
  readonly legacyLogin: boolean;
  /** Services that remote actions may ask. */
  readonly remote: {
    readonly origins: readonly string[];
    /** Hosts that may be at private addresses. */
    readonly privateHosts: readonly string[];
  };
  readonly adminGroups: readonly string[];
  readonly auditorGroups: readonly string[];
  readonly sudoPolicy: 'flag' | 'never_admins';
  readonly audit: {
    readonly checkpointFile: string | undefined;
    readonly checkpointEveryRecords: number;
    readonly checkpointEveryMinutes: number;
    /** Takes every record as a line of ECS; `stdout` is standard output. */
    readonly sinkFile: string | undefined;
  };
  readonly runs: {
    /** Rows written by one call to ShotGrid. */
    readonly batchRows: number;
    /** Batches under way at a time. */
    readonly concurrency: number;
    /** A run whose server has not been heard of for this long is taken over by another. */
    readonly leaseSeconds: number;
  };
  readonly limits: {
    /** Requests of one address in a minute; clicks and logins are a tenth of it. */
    readonly perAddress: number;
    /** Requests of one person in a minute. */
    readonly perPerson: number;
    /** A sender that says nothing for this long is cut off. */
    readonly slowSeconds: number;
    readonly connections: number;
  };
  /** What becomes of a run in progress when the identity provider signs its person out. */
  readonly logoutRuns: 'finish' | 'stop';
  readonly actionsDir: string;
  readonly logLevel: string;
};

/** What never leaves the server. Addresses are here too, since they may carry a password. */
export type Secrets = {
  /** Newest first: the one that the site takes is used. */
  readonly scriptKeys: readonly string[];
  /** Newest first; all verify. */
  readonly amiSecretTokens: readonly string[];
  /** Lists of tokens that single actions name: `AMI_SECRET_TOKENS_<NAME>` → tokens, newest first. */
  readonly amiSecretTokensByName: ReadonlyMap<string, readonly string[]>;
  /** Lists of secrets shared with remote services: `REMOTE_SECRET_<NAME>` → secrets, newest first; the newest signs. */
  readonly remoteSecretsByName: ReadonlyMap<string, readonly string[]>;
  /** Undefined without a provider. */
  readonly oidcClientSecret: string | undefined;
  /** Newest first: the first signs, all verify. */
  readonly sessionSecrets: readonly string[];
  /** PEMs, newest first: the first signs. Empty: no checkpoints. */
  readonly auditCheckpointKeys: readonly string[];
  readonly auditCheckpointUrl: string | undefined;
  readonly auditSinkUrl: string | undefined;
  /** Newest first; any of them opens /metrics. */
  readonly metricsTokens: readonly string[];
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly shotgridProxy: string | undefined;
  /** Shared with workers that people are handed to; undefined: they are handed to nobody. */
  readonly handOffKey: string | undefined;
};

/** Every problem of the environment in one error; `problems` are sentences that hold no values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n  ${problems.join('\n  ')}`,
    );
    this.problems = problems;
  }
}

const Variables = z.object({
  PUBLIC_URL: httpOrigin,
  PORT: port.default(8080),
  HOST: spelled(/^[\w.:-]+$/, 'a host name or address').default('127.0.0.1'),
  TRUST_PROXY: trustProxy.default(false),
  SHOTGRID_URL: httpOrigin,
  SHOTGRID_SCRIPT_NAME: spelled(/^[^\p{Cc}]{1,200}$/u, 'the name of a script user'),
  SHOTGRID_SCRIPT_KEY: secretList(8),
  SHOTGRID_PROXY: httpUrl.optional(),
  AMI_SECRET_TOKENS: secretList(8),
  MENU_TOKENS_FILE: spelled(/^.+$/, 'a file').optional(),
  AMI_SIGNATURE_ALGORITHM: oneOf('sha1', 'sha256').default('sha1'),
  // A click's signature is remembered for a day, so that none is used twice; far less is fresh.
  AMI_MAX_AGE_SECONDS: seconds(1, 3600).default(10),
  OIDC_ISSUER_URL: httpUrl,
  OIDC_CLIENT_ID: spelled(/^[\x21-\x7e]+$/, 'the client id that the identity provider gave'),
  OIDC_CLIENT_SECRET: spelled(/^.{8,}$/, 'the client secret that the identity provider gave'),
  OIDC_SCOPES: spelled(/(^| )openid( |$)/, 'a list of scopes with "openid" among them').default('openid profile email'),
  OIDC_LOGIN_CLAIM: spelled(/^[\w.:/-]+$/, 'the name of a claim').default('preferred_username'),
  OIDC_LOGIN_STRIP_DOMAIN: oneOf('true', 'false').default('false'),
  OIDC_GROUPS_CLAIM: spelled(/^[\w.:/-]+$/, 'the name of a claim').default('groups'),
  OIDC_TOKEN_EXCHANGE: oneOf('off', 'access_token', 'id_token').default('off'),
  LEGACY_LOGIN: oneOf('on', 'off').default('off'),
  REMOTE_ORIGINS: serviceOrigins.default([]),
  REMOTE_PRIVATE_HOSTS: hosts.default([]),
  ADMIN_GROUPS: list.default([]),
  AUDITOR_GROUPS: list.default([]),
  SESSION_SECRETS: secretList(32),
  SUDO_POLICY: oneOf('flag', 'never_admins').default('flag'),
  DATABASE_URL: spelled(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'file:… or postgres://…').default(
    'file:./data/understudy.db',
  ),
  REDIS_URL: spelled(
    /^rediss?(\+(sentinel|cluster))?:\/\/.+$/,
    'redis://…, rediss://…, or their +sentinel and +cluster forms',
  ).optional(),
  AUDIT_CHECKPOINT_KEYS: signingKeys.default([]),
  AUDIT_CHECKPOINT_FILE: spelled(/^.+$/, 'a file').optional(),
  AUDIT_CHECKPOINT_URL: collectorUrl.optional(),
  AUDIT_CHECKPOINT_EVERY_RECORDS: whole(1, 1_000_000).default(1_000),
  AUDIT_CHECKPOINT_EVERY_MINUTES: whole(1, 1_440).default(10),
  AUDIT_SINK_FILE: spelled(/^.+$/, 'a file, or stdout').optional(),
  AUDIT_SINK_URL: collectorUrl.optional(),
  METRICS_TOKEN: secretList(32).default([]),
  RUN_BATCH_ROWS: whole(1, 200).default(50),
  RUN_CONCURRENCY: whole(1, 8).default(4),
  RUN_LEASE_SECONDS: seconds(1, 600).default(20),
  LOGOUT_RUNS: oneOf('finish', 'stop').default('finish'),
  HAND_OFF_KEY: spelled(/^.{32,}$/, 'the key that workers share, at least 32 characters').optional(),
  RATE_LIMIT_ADDRESS: whole(1, 10_000_000).default(12_000),
  RATE_LIMIT_PERSON: whole(1, 10_000_000).default(600),
  SLOW_SENDER_SECONDS: seconds(1, 600).default(10),
  MAX_CONNECTIONS: whole(16, 100_000).default(4_096),
  ACTIONS_DIR: spelled(/^.+$/, 'a folder').default('./actions'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
});

/** Where tokens are made for menu items, none have to be listed. */
const NO_TOKENS = { AMI_SECRET_TOKENS: Variables.shape.AMI_SECRET_TOKENS.default([]) };

/** Where people sign in with their password on the site, a provider may be absent: all of it, not a part. */
const NO_PROVIDER = {
  OIDC_ISSUER_URL: Variables.shape.OIDC_ISSUER_URL.optional(),
  OIDC_CLIENT_ID: Variables.shape.OIDC_CLIENT_ID.optional(),
  OIDC_CLIENT_SECRET: Variables.shape.OIDC_CLIENT_SECRET.optional(),
};
const Lenient = Variables.extend({ ...NO_TOKENS, ...NO_PROVIDER });
const WithoutTokens = Variables.extend(NO_TOKENS);
const WithoutProvider = Variables.extend(NO_PROVIDER);

/** What these variables have to be, given what is set at all. */
function rulesFor(given: Readonly<Record<string, string>>) {
  const hasTokensFile = given['MENU_TOKENS_FILE'] !== undefined;
  const hasProvider = given['LEGACY_LOGIN'] !== 'on' || Object.keys(given).some((name) => name.startsWith('OIDC_'));
  if (hasProvider) return hasTokensFile ? WithoutTokens : Variables;
  return hasTokensFile ? Lenient : WithoutProvider;
}

export type VariableName = keyof typeof Variables.shape;

const SECRET_NAMES = [
  'SHOTGRID_SCRIPT_KEY',
  'SHOTGRID_PROXY',
  'HAND_OFF_KEY',
  'AMI_SECRET_TOKENS',
  'OIDC_CLIENT_SECRET',
  'SESSION_SECRETS',
  'DATABASE_URL',
  'REDIS_URL',
  'AUDIT_CHECKPOINT_KEYS',
  'AUDIT_CHECKPOINT_URL',
  'AUDIT_SINK_URL',
  'METRICS_TOKEN',
] as const;

/** Everything that the server reads, in the order in which people should meet it. */
export const VARIABLES: readonly Variable[] = Object.entries(Variables.shape).map(([name, rule]) => {
  const unset = rule.safeParse(undefined);
  return {
    name: name as VariableName,
    isSecret: (SECRET_NAMES as readonly string[]).includes(name),
    isRequired: !unset.success,
    defaultValue: unset.success ? textOf(unset.data) : undefined,
  };
});

type Variable = {
  readonly name: VariableName;
  /** May be the content of a file, named by `<name>_FILE`. */
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** As it would be written; undefined when there is none. */
  readonly defaultValue: string | undefined;
};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

type NamedList = { readonly pattern: RegExp; readonly minLength: number };

/** Every name that means something: variables, files of secrets, and the lists that action files name. */
const NAMES: OwnNames = {
  all: VARIABLES.flatMap(({ name, isSecret }) => (isSecret ? [name, `${name}_FILE`] : [name])),
  isOwn: (name) => [AMI_SECRET_TOKENS, REMOTE_SECRETS].some(({ pattern }) => pattern.test(name)),
};

/** Lists of secrets that single actions name. */
const AMI_SECRET_TOKENS: NamedList = { pattern: /^(AMI_SECRET_TOKENS_(?!FILE$)[A-Z0-9_]+?)(_FILE)?$/, minLength: 8 };
const REMOTE_SECRETS: NamedList = { pattern: /^(REMOTE_SECRET_(?!FILE$)[A-Z0-9_]+?)(_FILE)?$/, minLength: 32 };

/**
 * @param env - The process's environment.
 * @param readFile - Reads a `<NAME>_FILE`; may throw.
 * @throws {@link ConfigError} that names every problem at once and echoes no value.
 */
export function parseConfig(
  env: Environment,
  readFile: (path: string) => string,
): { config: Config; secrets: Secrets } {
  const problems = [...misspelt(env, NAMES)];
  const [tokenNames, remoteNames] = [namesOf(env, AMI_SECRET_TOKENS), namesOf(env, REMOTE_SECRETS)];
  const given = withSecretFiles(env, [...SECRET_NAMES, ...tokenNames, ...remoteNames], readFile, problems);
  const amiSecretTokensByName = readLists(given, tokenNames, AMI_SECRET_TOKENS, problems);
  const remoteSecretsByName = readLists(given, remoteNames, REMOTE_SECRETS, problems);

  const parsed = rulesFor(given).safeParse(given);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => describe(issue, given)));
  else problems.push(...crossChecks(parsed.data));
  if (problems.length > 0 || !parsed.success) throw new ConfigError([...new Set(problems)]);

  const e = parsed.data;
  return {
    config: {
      publicUrl: e.PUBLIC_URL,
      port: e.PORT,
      host: e.HOST,
      trustProxy: e.TRUST_PROXY,
      shotgridUrl: e.SHOTGRID_URL,
      scriptName: e.SHOTGRID_SCRIPT_NAME,
      ami: {
        algorithm: e.AMI_SIGNATURE_ALGORITHM,
        maxAgeSeconds: e.AMI_MAX_AGE_SECONDS,
        tokensFile: e.MENU_TOKENS_FILE,
      },
      oidc: {
        provider:
          e.OIDC_ISSUER_URL === undefined || e.OIDC_CLIENT_ID === undefined
            ? undefined
            : { issuerUrl: e.OIDC_ISSUER_URL, clientId: e.OIDC_CLIENT_ID },
        scopes: e.OIDC_SCOPES,
        loginClaim: e.OIDC_LOGIN_CLAIM,
        loginStripDomain: e.OIDC_LOGIN_STRIP_DOMAIN === 'true',
        groupsClaim: e.OIDC_GROUPS_CLAIM,
        tokenExchange: e.OIDC_TOKEN_EXCHANGE,
      },
      legacyLogin: e.LEGACY_LOGIN === 'on',
      remote: { origins: e.REMOTE_ORIGINS, privateHosts: e.REMOTE_PRIVATE_HOSTS },
      adminGroups: e.ADMIN_GROUPS,
      auditorGroups: e.AUDITOR_GROUPS,
      sudoPolicy: e.SUDO_POLICY,
      audit: {
        checkpointFile: e.AUDIT_CHECKPOINT_FILE,
        checkpointEveryRecords: e.AUDIT_CHECKPOINT_EVERY_RECORDS,
        checkpointEveryMinutes: e.AUDIT_CHECKPOINT_EVERY_MINUTES,
        sinkFile: e.AUDIT_SINK_FILE,
      },
      runs: {
        batchRows: e.RUN_BATCH_ROWS,
        concurrency: e.RUN_CONCURRENCY,
        leaseSeconds: e.RUN_LEASE_SECONDS,
      },
      limits: {
        perAddress: e.RATE_LIMIT_ADDRESS,
        perPerson: e.RATE_LIMIT_PERSON,
        slowSeconds: e.SLOW_SENDER_SECONDS,
        connections: e.MAX_CONNECTIONS,
      },
      logoutRuns: e.LOGOUT_RUNS,
      actionsDir: e.ACTIONS_DIR,
      logLevel: e.LOG_LEVEL,
    },
    secrets: {
      scriptKeys: e.SHOTGRID_SCRIPT_KEY,
      amiSecretTokens: e.AMI_SECRET_TOKENS,
      amiSecretTokensByName,
      remoteSecretsByName,
      oidcClientSecret: e.OIDC_CLIENT_SECRET,
      sessionSecrets: e.SESSION_SECRETS,
      auditCheckpointKeys: e.AUDIT_CHECKPOINT_KEYS,
      auditCheckpointUrl: e.AUDIT_CHECKPOINT_URL,
      auditSinkUrl: e.AUDIT_SINK_URL,
      metricsTokens: e.METRICS_TOKEN,
      databaseUrl: e.DATABASE_URL,
      redisUrl: e.REDIS_URL,
      shotgridProxy: e.SHOTGRID_PROXY,
      handOffKey: e.HAND_OFF_KEY,
    },
  };
}

/** Names in the environment that look like this server's and are not: they have no effect. Not what is a problem already. */
export function effectlessNames(env: Environment): readonly string[] {
  return effectless(env, NAMES);
}

function namesOf(env: Environment, { pattern }: NamedList): readonly string[] {
  const names = Object.keys(env).filter((name) => env[name] !== undefined);
  return [...new Set(names.flatMap((name) => pattern.exec(name)?.[1] ?? []))];
}

function readLists(
  given: Readonly<Record<string, string>>,
  names: readonly string[],
  { minLength }: NamedList,
  problems: string[],
): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>();
  for (const name of names) {
    const entries = secretList(minLength).safeParse(given[name]);
    if (entries.success) lists.set(name, entries.data);
    else problems.push(...entries.error.issues.map((issue) => `${name}: ${issue.message}`));
  }
  return lists;
}

/** The environment with blank values absent and each `<NAME>_FILE` read into `<NAME>`. */
function withSecretFiles(
  env: Environment,
  names: readonly string[],
  readFile: (path: string) => string,
  problems: string[],
): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  for (const name of names) {
    const path = given[`${name}_FILE`];
    if (path === undefined) continue;
    if (given[name] !== undefined) {
      problems.push(`${name}: set either ${name} or ${name}_FILE, not both`);
      continue;
    }
    try {
      given[name] = readFile(path).trim();
    } catch {
      problems.push(`${name}_FILE: the file cannot be read`);
      given[name] = '';
    }
  }
  return given;
}

function describe(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]);
  return `${name}: ${given[name] === undefined ? 'is required' : issue.message}`;
}

function crossChecks(e: z.output<typeof Lenient>): string[] {
  const problems: string[] = [];
  const isHttps = (url: string): boolean => url.startsWith('https:');
  if (!isHttps(e.PUBLIC_URL) && new URL(e.PUBLIC_URL).hostname !== 'localhost') {
    problems.push('PUBLIC_URL: must be https, except on localhost');
  }
  for (const name of ['SHOTGRID_URL', 'OIDC_ISSUER_URL'] as const) {
    const url = e[name];
    if (url !== undefined && !isHttps(url) && !['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)) {
      problems.push(`${name}: must be https, except on this machine itself`);
    }
  }
  return problems;
}
