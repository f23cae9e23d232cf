/** Which changes of a plan its person is allowed, as far as that can be told without writing anything. Types and counting; pure. */

/** What ShotGrid said when it was asked about one change. */
export type RowPermission =
  | { readonly permission: 'allowed' }
  | {
      readonly permission: 'refused';
      /** ShotGrid's reason, safe to show. */
      readonly reason: string;
      /** ShotGrid's own name for the request that was refused. */
      readonly siteErrorId?: string | undefined;
    }
  /** `cannot_tell`: there is no way to ask. `not_reached`: the plan is larger than the time. `site`: ShotGrid did not answer. */
  | { readonly permission: 'unchecked'; readonly why: 'cannot_tell' | 'not_reached' | 'site' };

export type Permissions = {
  /** By position in `plan.changes`. */
  readonly rows: readonly RowPermission[];
  readonly counts: { readonly allowed: number; readonly refused: number; readonly unchecked: number };
  /** RFC 3339. */
  readonly checkedAt: string;
};

export function summarizePermissions(rows: readonly RowPermission[], checkedAt: Date): Permissions {
  const counts = { allowed: 0, refused: 0, unchecked: 0 };
  for (const { permission } of rows) counts[permission] += 1;
  return { rows, counts, checkedAt: checkedAt.toISOString() };
}
