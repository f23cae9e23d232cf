/** Every environment variable of the server: its rule, whether it is secret, and what it is when it is not set. */
import { z } from 'zod';
import { effectless, type OwnNames } from './names.ts';
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
export function rulesFor(given: Readonly<Record<string, string>>) {
  const hasTokensFile = given['MENU_TOKENS_FILE'] !== undefined;
  const hasProvider = given['LEGACY_LOGIN'] !== 'on' || Object.keys(given).some((name) => name.startsWith('OIDC_'));
  if (hasProvider) return hasTokensFile ? WithoutTokens : Variables;
  return hasTokensFile ? Lenient : WithoutProvider;
}

/** What the rules make of an environment that keeps them. */
export type Values = z.output<typeof Lenient>;

export type VariableName = keyof typeof Variables.shape;

export const SECRET_NAMES = [
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

export type NamedList = { readonly pattern: RegExp; readonly minLength: number };

/** Every name that means something: variables, files of secrets, and the lists that action files name. */
export const NAMES: OwnNames = {
  all: VARIABLES.flatMap(({ name, isSecret }) => (isSecret ? [name, `${name}_FILE`] : [name])),
  isOwn: (name) => [AMI_SECRET_TOKENS, REMOTE_SECRETS].some(({ pattern }) => pattern.test(name)),
};

/** Lists of secrets that single actions name. */
export const AMI_SECRET_TOKENS: NamedList = {
  pattern: /^(AMI_SECRET_TOKENS_(?!FILE$)[A-Z0-9_]+?)(_FILE)?$/,
  minLength: 8,
};
export const REMOTE_SECRETS: NamedList = { pattern: /^(REMOTE_SECRET_(?!FILE$)[A-Z0-9_]+?)(_FILE)?$/, minLength: 32 };

/** Names in the environment that look like this server's and are not: they have no effect. Not what is a problem already. */
export function effectlessNames(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return effectless(env, NAMES);
}
