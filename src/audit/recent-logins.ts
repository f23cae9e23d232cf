/** Whom the identity provider has named lately. */
import type { Kysely } from 'kysely';
import type { AuditTables } from './tables.ts';

/** Logins of sign-ins that succeeded, each once, the latest first, as the search knows them. */
export async function recentLogins(db: Kysely<AuditTables>, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('audit_index')
    .select('person')
    .select(({ fn }) => fn.max('seq').as('latest'))
    .where('type', '=', 'login.succeeded')
    .where('person', 'is not', null)
    .groupBy('person')
    .orderBy('latest', 'desc')
    .limit(limit)
    .execute();
  return rows.flatMap(({ person }) => (person === null ? [] : [person]));
}
