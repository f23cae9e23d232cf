/** The plan a person was shown, kept until it is confirmed: what is performed is what was seen. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Plan } from '../actions/plan.ts';
import type { Actor } from './actor.ts';
import type { Permissions } from './permissions.ts';

type PlansTable = { launch_id: string; digest: string; plan: string; permissions: string | null; created_at: string };

/** What a plan belongs to: a launch's id, or {@link undoKey} and {@link retryKey} of a run. */
export type PlanStore = {
  /** Keeps the plan in place of an earlier one of this key; the digest names exactly this plan. */
  save(key: string, plan: Plan, now: Date): Promise<string>;
  /** The plan with this digest; undefined when it has been previewed anew with another plan, or never. */
  find(key: string, digest: string): Promise<Plan | undefined>;
  /** What ShotGrid said when it was asked about exactly this plan; undefined when it was not. */
  findPermissions(key: string, digest: string): Promise<Permissions | undefined>;
  savePermissions(key: string, digest: string, permissions: Permissions): Promise<void>;
  /** Forgets plans older than this. */
  prune(olderThan: Date): Promise<void>;
};

/** Names exactly this plan. */
export function planDigest(plan: Plan): string {
  return digestOf(JSON.stringify(plan));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Of a launch. A plan that was made and checked by one of the two ways of acting is not there for the other. */
export function planKey(key: string, { bySelf }: Pick<Actor, 'bySelf'>): string {
  return bySelf === true ? `${key} by self` : key;
}

export function undoKey(runId: string): string {
  return `undo ${runId}`;
}

export function retryKey(runId: string): string {
  return `retry ${runId}`;
}

export function createPlanStore(database: Kysely<object>): PlanStore {
  const db = database.$extendTables<{ plans: PlansTable }>();
  const find = (key: string, digest: string, column: 'plan' | 'permissions') =>
    db
      .selectFrom('plans')
      .select(column)
      .where('launch_id', '=', key)
      .where('digest', '=', digest)
      .executeTakeFirst() as Promise<Partial<PlansTable> | undefined>;
  return {
    async save(key, plan, now) {
      const text = JSON.stringify(plan);
      const digest = digestOf(text);
      const row = { digest, plan: text, permissions: null, created_at: now.toISOString() };
      await db
        .insertInto('plans')
        .values({ launch_id: key, ...row })
        .onConflict((conflict) => conflict.column('launch_id').doUpdateSet(row))
        .execute();
      return digest;
    },
    async find(key, digest) {
      const row = await find(key, digest, 'plan');
      return row?.plan === undefined ? undefined : (JSON.parse(row.plan) as Plan);
    },
    async findPermissions(key, digest) {
      const row = await find(key, digest, 'permissions');
      return row?.permissions == null ? undefined : (JSON.parse(row.permissions) as Permissions);
    },
    async savePermissions(key, digest, permissions) {
      await db
        .updateTable('plans')
        .set({ permissions: JSON.stringify(permissions) })
        .where('launch_id', '=', key)
        .where('digest', '=', digest)
        .execute();
    },
    async prune(olderThan) {
      await db.deleteFrom('plans').where('created_at', '<', olderThan.toISOString()).execute();
    },
  };
}
