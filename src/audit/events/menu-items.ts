/** The vocabulary of the audit log: changes of ShotGrid's menu items, from the command line. See `compose.ts`. Pure. */
import type { AuditContext, AuditedField, AuditEvent, AuditValue } from '../event.ts';
import { event, worstOf } from './compose.ts';

/** One of ShotGrid's menu items that an administrative act is about; `id` is absent for one that is yet to be made. */
export type AuditedMenuItem = {
  readonly kind: 'create' | 'update' | 'retire';
  readonly action: string;
  readonly id?: number | undefined;
  readonly title: string;
  readonly entityType?: string | undefined;
  readonly fields: readonly AuditedField[];
};

/** Menu items are about to be changed from the command line, which proves nobody's name: the context's person is what was said. */
export function menuIntended(
  context: AuditContext,
  { act, items }: { readonly act: 'apply' | 'prune'; readonly items: readonly AuditedMenuItem[] },
): AuditEvent {
  return event('menu.intended', 'intended', context, {
    by: 'command line',
    act,
    items: items as readonly AuditValue[],
  });
}

/** What became of the items of {@link menuIntended}, in their order. */
export function menuChanged(
  context: AuditContext,
  done: {
    readonly act: 'apply' | 'prune';
    readonly items: readonly (Omit<AuditedMenuItem, 'fields'> & {
      readonly outcome: string;
      readonly detail?: string | undefined;
    })[];
  },
): AuditEvent {
  const words = done.items.map(({ outcome }) => MENU_OUTCOMES.get(outcome) ?? 'failed');
  const { act, items } = done;
  const details = { by: 'command line', act, items: items as readonly AuditValue[] };
  return event('menu.changed', worstOf(words), context, details);
}

const MENU_OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['done', 'done'],
  ['unknown', 'unknown'],
  ['refused', 'refused'],
]);

/** One step of the change of a menu item's secret token, as soon as it was done. The token has no place here. */
export function menuTokenChanged(
  context: AuditContext,
  step: {
    readonly step: string;
    readonly items?: readonly number[] | undefined;
    readonly until?: string | undefined;
  },
): AuditEvent {
  return event('menu.token_changed', 'success', context, { by: 'command line', ...step });
}
