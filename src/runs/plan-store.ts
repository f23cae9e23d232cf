/** The plan a person was shown, kept until it is confirmed: what is performed is what was seen. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Plan } from '../actions/plan.ts';

type PlansTable = { launch_id: string; digest: string; plan: string; created_at: string };

export type PlanStore = {
  /** Keeps the plan of this launch in place of an earlier one; the digest names exactly this plan. */
  save(launchId: string, plan: Plan, now: Date): Promise<string>;
  /** The plan with this digest; undefined when the launch has been previewed anew with another plan, or never. */
  find(launchId: string, digest: string): Promise<Plan | undefined>;
};

export function createPlanStore(database: Kysely<object>): PlanStore {
  const db = database.$extendTables<{ plans: PlansTable }>();
  return {
    async save(launchId, plan, now) {
      const text = JSON.stringify(plan);
      const digest = createHash('sha256').update(text).digest('base64url');
      const row = { digest, plan: text, created_at: now.toISOString() };
      await db
        .insertInto('plans')
        .values({ launch_id: launchId, ...row })
        .onConflict((conflict) => conflict.column('launch_id').doUpdateSet(row))
        .execute();
      return digest;
    },
    async find(launchId, digest) {
      const row = await db
        .selectFrom('plans')
        .select('plan')
        .where('launch_id', '=', launchId)
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.plan) as Plan);
    },
  };
}
