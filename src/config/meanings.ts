/**
 * What each variable is for, in the words of the README's table; the example file is made of them too. A variable of the
 * schema that is not here does not compile.
 */
import type { VariableName } from './variables.ts';

export type Meaning = {
  /** Stands above this variable and those after it, up to the next heading. */
  readonly heading?: string;
  /** Markdown, one line. */
  readonly meaning: string;
  /** What it might be, for one that has no default and is no secret. */
  readonly example?: string;
};

export const MEANINGS: Readonly<Record<VariableName, Meaning>> = {
  PUBLIC_URL: {
    heading: 'Where people reach it',
    meaning: 'our origin as browsers see it, without a path; https, except on localhost',
    example: 'https://understudy.studio.example',
  },
  PORT: {
    meaning: 'port to listen on',
  },
  HOST: {
    meaning: 'address to listen on; `0.0.0.0` in the container image',
  },
  TRUST_PROXY: {
    meaning:
      'proxies in front of us whose `X-Forwarded-For` is believed, as Express understands it: a number of hops, or a list of addresses. It decides the client address in records',
  },
  SHOTGRID_URL: {
    heading: 'The ShotGrid site',
    meaning: 'the ShotGrid site, without a path. Only its clicks are accepted, and only it may frame our pages',
    example: 'https://studio.shotgrid.autodesk.com',
  },
  SHOTGRID_SCRIPT_NAME: {
    meaning: 'name of the script user',
    example: 'understudy',
  },
  SHOTGRID_SCRIPT_KEY: {
    meaning:
      'its application key, at least 8 characters; or a comma list, newest first, [while a new one takes over](#rotate-keys-without-downtime)',
  },
  SHOTGRID_PROXY: {
    meaning: 'HTTP proxy for calls to the site; may carry a password',
  },
  AMI_SECRET_TOKENS: {
    heading: 'Clicks on menu items',
    meaning:
      'secret tokens of menu items: a comma list, newest first, each at least 8 characters. Any of them verifies. Not required where `MENU_TOKENS_FILE` is set',
  },
  MENU_TOKENS_FILE: {
    meaning:
      'file in which [`understudy menu`](#menu-items-as-code) keeps the secret tokens that it makes; the server reads it whenever it changes. Mode 0600, or it is refused',
  },
  AMI_SIGNATURE_ALGORITHM: {
    meaning: '`sha1` or `sha256`: what the menu items sign with. An action file may say otherwise for its own',
  },
  AMI_MAX_AGE_SECONDS: {
    meaning: "seconds that a click's time may differ from ours, into the past and into the future; 1 to 3600",
  },
  OIDC_ISSUER_URL: {
    heading: 'The identity provider',
    meaning: "the identity provider's issuer",
    example: 'https://idp.studio.example',
  },
  OIDC_CLIENT_ID: {
    meaning: 'our client there',
    example: 'understudy',
  },
  OIDC_CLIENT_SECRET: {
    meaning: 'its secret, at least 8 characters',
  },
  OIDC_SCOPES: {
    meaning: 'scopes to ask for, separated by spaces; some providers want one more for groups',
  },
  OIDC_LOGIN_CLAIM: {
    meaning: 'the claim that holds the ShotGrid login',
  },
  OIDC_LOGIN_STRIP_DOMAIN: {
    meaning: '`true` turns `artist@studio.example` into `artist`. Only where the provider serves a single domain',
  },
  OIDC_GROUPS_CLAIM: {
    meaning: "the claim that lists a person's groups",
  },
  OIDC_TOKEN_EXCHANGE: {
    meaning:
      "`access_token` or `id_token`: which token of a sign-in is exchanged for another service's, where an action asks for that",
  },
  LEGACY_LOGIN: {
    meaning:
      '`on`: people may also sign in [with their ShotGrid password](#sign-in-without-an-identity-provider); the `OIDC_` variables may then all be absent',
  },
  REMOTE_ORIGINS: {
    heading: 'Services that make plans for actions',
    meaning: 'comma list of the origins of services that actions may ask for a plan',
  },
  REMOTE_PRIVATE_HOSTS: {
    meaning: 'comma list of those hosts that may be at private addresses',
  },
  ADMIN_GROUPS: {
    heading: 'People',
    meaning: "comma list of groups whose members see /admin and everybody's runs",
  },
  AUDITOR_GROUPS: {
    meaning: 'comma list of groups whose members may read the audit log',
  },
  SESSION_SECRETS: {
    meaning: 'comma list, newest first, each at least 32 characters: the first signs, all verify',
  },
  SUDO_POLICY: {
    meaning: "`flag`: act as whoever ShotGrid's checkbox allows. `never_admins`: and never as an admin",
  },
  DATABASE_URL: {
    heading: 'Where things are kept',
    meaning: 'a SQLite file, or `postgres://user:password@host:port/name`',
  },
  REDIS_URL: {
    meaning:
      'sessions in Redis instead of the database, and runs handed out to whichever replica is free: `redis://` or `rediss://` (TLS), with `+sentinel` or `+cluster` after the scheme for those',
  },
  AUDIT_CHECKPOINT_KEYS: {
    heading: 'The audit log',
    meaning:
      'Ed25519 private keys in PEM, newest first, that sign [checkpoints](#the-audit-log); none: no checkpoints. `\\n` may stand for a line end',
  },
  AUDIT_CHECKPOINT_FILE: {
    meaning: "file that every checkpoint is appended to; best on another machine's disk",
  },
  AUDIT_CHECKPOINT_URL: {
    meaning: 'https address that every checkpoint is posted to as JSON; may carry a user name and password',
  },
  AUDIT_CHECKPOINT_EVERY_RECORDS: {
    meaning: 'records after which a checkpoint is signed',
  },
  AUDIT_CHECKPOINT_EVERY_MINUTES: {
    meaning: 'minutes after which one is signed if there is a new record',
  },
  AUDIT_SINK_FILE: {
    meaning: 'file or named pipe that takes every record as a line of ECS, or `stdout`',
  },
  AUDIT_SINK_URL: {
    meaning:
      'https address of a collector that takes them as newline-delimited JSON; may carry a user name and password',
  },
  METRICS_TOKEN: {
    heading: 'Figures for Prometheus',
    meaning:
      'comma list, newest first, each at least 32 characters: bearer tokens that open `/metrics`. Without one only this machine itself may read it',
  },
  RUN_BATCH_ROWS: {
    heading: 'Runs',
    meaning: 'rows written by one call to ShotGrid, 1 to 200. ShotGrid applies a call whole or not at all',
  },
  RUN_CONCURRENCY: {
    meaning: 'calls that write at a time, 1 to 8, shared fairly between runs',
  },
  RUN_LEASE_SECONDS: {
    meaning: 'seconds after which a run whose server is not heard of any more is taken over by another, 1 to 600',
  },
  LOGOUT_RUNS: {
    meaning:
      'what becomes of a run in progress when the identity provider signs its person out: `finish`, or `stop` before its next call',
  },
  HAND_OFF_KEY: {
    meaning:
      'key, at least 32 characters, that this server shares with workers that actions [hand people to](#from-scripts-and-the-command-line). Without one nobody is handed to anybody',
  },
  RATE_LIMIT_ADDRESS: {
    heading: 'Limits',
    meaning:
      'requests that one address may make in a minute; of these a tenth may be clicks, a tenth sign-ins. Enough for 500 people behind one address',
  },
  RATE_LIMIT_PERSON: {
    meaning: 'requests that one person may make in a minute; of these a third may be searches, a fifth clicks',
  },
  SLOW_SENDER_SECONDS: {
    meaning: 'seconds after which a sender that has not said what it wants, or pauses in the middle of it, is cut off',
  },
  MAX_CONNECTIONS: {
    meaning: 'connections that are open at a time; without a proxy, one address may have a quarter of them',
  },
  ACTIONS_DIR: {
    heading: 'Files and logs',
    meaning: 'folder of action files',
  },
  LOG_LEVEL: {
    meaning: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`',
  },
};
