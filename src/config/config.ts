/**
 * Environment → `Config` (may be logged) and `Secrets` (may not). Everything is checked at once, at start;
 * a problem names the variable and what it should be, never the value it has.
 */
import type { z } from 'zod';
import { misspelt } from './names.ts';
import { withSecretFiles } from './secret-files.ts';
import { secretList } from './values.ts';
import {
  AMI_SECRET_TOKENS,
  NAMES,
  REMOTE_SECRETS,
  rulesFor,
  SECRET_NAMES,
  type NamedList,
  type Values,
} from './variables.ts';

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

function describe(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]);
  return `${name}: ${given[name] === undefined ? 'is required' : issue.message}`;
}

function crossChecks(e: Values): string[] {
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
