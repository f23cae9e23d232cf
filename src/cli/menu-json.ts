/** A plan of menu items for programs: all that the text says. Pure. */
import type { MenuChange } from '../menu/plan.ts';
import type { PlannedMenu } from '../menu/read-plan.ts';

export function changeJson(change: MenuChange): Readonly<Record<string, unknown>> {
  const { kind, action, title, entityType = null, fields } = change;
  const common = { kind, action, title, entityType, fields };
  if (change.kind === 'create') return common;
  const { id, seen } = change;
  const item = { ...common, item: id, updatedBy: seen.updatedBy ?? null, updatedAt: seen.updatedAt ?? null };
  return change.kind === 'retire' ? { ...item, reason: change.reason } : item;
}

export function planJson({ plan, fileProblems, rotations }: PlannedMenu): Readonly<Record<string, unknown>> {
  const { changes, unchanged, problems, leftOut, byHand } = plan;
  return {
    changes: changes.map(changeJson),
    unchanged: unchanged.length,
    problems,
    fileProblems,
    leftOut,
    byHand,
    rotations: rotations.map(({ action, rotation: { until, items }, isOver }) => ({ action, until, isOver, items })),
  };
}
