/**
 * Brings the tables up to date, forward only. Migrations are imported, not searched for in a folder: what runs is what
 * was reviewed. A lock of the database lets one of several starting replicas do it while the others wait.
 */
import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import type { Kysely } from 'kysely';
import type { Dialect } from './dialect.ts';
import { firstLight } from './migrations/0001-first-light.ts';
import { assertionKeys } from './migrations/0003-assertion-keys.ts';
import { runs } from './migrations/0004-runs.ts';
import { auditCore } from './migrations/0005-audit-core.ts';
import { forms } from './migrations/0006-forms.ts';
import { auditSearch } from './migrations/0007-audit-search.ts';
import { auditReconcile } from './migrations/0008-audit-reconcile.ts';
import { switches } from './migrations/0010-switches.ts';
import { siteSessions } from './migrations/0011-site-sessions.ts';
import { sessionOwners } from './migrations/0013-session-owners.ts';
import { handOvers } from './migrations/0014-hand-overs.ts';
import { passwordAttempts } from './migrations/0015-password-attempts.ts';

/** In order, and never changed once released: a later need is a later migration. */
export const MIGRATIONS: Readonly<Record<string, (dialect: Dialect) => Migration>> = {
  '0001-first-light': firstLight,
  '0003-assertion-keys': assertionKeys,
  '0004-runs': runs,
  '0005-audit-core': auditCore,
  '0006-forms': forms,
  '0007-audit-search': auditSearch,
  '0008-audit-reconcile': auditReconcile,
  '0010-switches': switches,
  '0011-site-sessions': siteSessions,
  '0013-session-owners': sessionOwners,
  '0014-hand-overs': handOvers,
  '0015-password-attempts': passwordAttempts,
};

/** Runs the migrations that this database has not seen, all or none of them. @throws what the failing one threw. */
export async function migrateToLatest(db: Kysely<object>, dialect: Dialect): Promise<void> {
  const migrations = Object.fromEntries(Object.entries(MIGRATIONS).map(([name, make]) => [name, make(dialect)]));
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
}
