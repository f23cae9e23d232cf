/** Checks by themselves, of a configuration in which nobody answers at any address. */
import { inspectConfig } from '../../src/config/inspect.ts';
import type { Database } from '../../src/database/open.ts';
import { createLook, type Look } from '../../src/doctor/look.ts';
import type { Check } from '../../src/doctor/report.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';

const SOUND = {
  PUBLIC_URL: 'https://understudy.invalid',
  SHOTGRID_URL: 'https://site.invalid',
  SHOTGRID_SCRIPT_NAME: 'understudy',
  SHOTGRID_SCRIPT_KEY: 'a script key',
  AMI_SECRET_TOKENS: 'a secret token',
  OIDC_ISSUER_URL: 'https://idp.invalid',
  OIDC_CLIENT_ID: 'understudy',
  OIDC_CLIENT_SECRET: 'a client secret',
  SESSION_SECRETS: 'a session secret of enough characters',
};

export type Looking = {
  readonly env?: Readonly<Record<string, string>>;
  readonly database?: () => Promise<Database | undefined>;
  readonly freeBytes?: number;
  readonly now?: Date;
};

/** What the one check of this id finds, without its time. */
export async function find(id: string, checksOf: (look: Look) => readonly Check[], looking: Looking = {}) {
  const { env = {}, database = () => Promise.resolve(undefined), freeBytes = 1e12, now } = looking;
  const look = createLook({
    inspected: inspectConfig({ ...SOUND, ...env }, () => ''),
    now: () => now ?? new Date(),
    freeBytes: () => Promise.resolve(freeBytes),
    openDatabase: database,
  });
  try {
    const checks = checksOf(look).filter((check) => check.id === id);
    const { level, saw, remedy } = (await runChecks(checks, look)).checks[0] ?? {};
    return { level, saw, remedy };
  } finally {
    await look.close();
  }
}
