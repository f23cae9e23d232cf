/** The vocabulary of the audit log: what administrators did. See `compose.ts`. Pure. */
import type { AuditContext, AuditEvent } from '../event.ts';
import { refused, event, type Refusal } from './compose.ts';

/** The context's person switched the context's action off, for this reason, or on again. */
export function actionSwitched(
  context: AuditContext,
  act: { readonly isOn: boolean; readonly reason?: string | undefined },
): AuditEvent {
  return event('admin.action_switched', 'success', context, act);
}

/** The context's person forbade all changes, for this reason, or allowed them again. */
export function readOnlySwitched(
  context: AuditContext,
  act: { readonly isReadOnly: boolean; readonly reason?: string | undefined },
): AuditEvent {
  return event('admin.read_only_switched', 'success', context, act);
}

/** The context's person asked what a click of `about` would get; `verdict` is `allowed` or the code of a refusal. */
export function personExplained(
  context: AuditContext,
  asked: { readonly about: string; readonly from: 'claims' | 'person'; readonly verdict: string },
): AuditEvent {
  return event('admin.person_explained', 'success', context, asked);
}

/** The context's person had the set-up looked at; with `asLogin` a token of that person is about to be asked for. */
export function examined(context: AuditContext, asked: { readonly asLogin?: string | undefined }): AuditEvent {
  return event('admin.examined', 'success', context, asked);
}

/** The hosts of other people's menu items are about to be asked whether they answer, by the context's person's wish. */
export function hostsAsked(context: AuditContext): AuditEvent {
  return event('admin.hosts_asked', 'intended', context);
}

/** What {@link hostsAsked} found out, by `host:port`; undefined: they were not asked, since the site did not say which. */
export function hostsAnswered(
  context: AuditContext,
  { found }: { readonly found: ReadonlyMap<string, string> | undefined },
): AuditEvent {
  const hosts = [...(found ?? [])].map(([host, reach]) => ({ host, reach }));
  return event('admin.hosts_answered', found === undefined ? 'failed' : 'success', context, { hosts });
}

/** The context's person takes the list of menu items away; durable before it leaves. */
export function inventoryExported(
  context: AuditContext,
  taken: { readonly format: string; readonly query: string; readonly items: number },
): AuditEvent {
  return event('admin.inventory_exported', 'success', context, taken);
}

/** An administrator's act was not done. */
export function adminRefused(context: AuditContext, refusal: Refusal, asked: { readonly path: string }): AuditEvent {
  return refused('admin.refused', context, refusal, asked);
}
