/** What a remote service is told: who, which rows, what was asked for. Pure; no token, key or cookie has a place in it. */
import type { ActionDefinition, ActionRow, PlanContext } from '../definition.ts';
import type { FormValue } from '../form.ts';
import type { RemoteSettings } from './remote-file.ts';

/** Of the action that asks, what its questions and plans depend on. */
export type AskingAction = Pick<ActionDefinition, 'id' | 'form' | 'touches' | 'maxRows'>;

/**
 * The body of the question, but for its stamp.
 *
 * @param rows - The selected rows as the person sees them, with the fields that the file names.
 */
export function questionBody(
  action: AskingAction,
  settings: RemoteSettings,
  context: PlanContext,
  rows: readonly ActionRow[],
): Readonly<Record<string, unknown>> {
  const { payload, person, identity, launchId, remote } = context;
  return {
    action: action.id,
    launch: launchId ?? null,
    site: remote?.siteUrl ?? null,
    person: { id: person.id, login: person.login, name: person.name, email: identity.email ?? null },
    project: payload.project ?? null,
    page: { id: payload.pageId ?? null, title: payload.title ?? null, path: payload.referrerPath ?? null },
    entityType: payload.entityType ?? null,
    selectedIds: payload.selectedIds,
    rows: rows.map(({ type, id, name, fields }) => ({
      type,
      id,
      name: name ?? null,
      fields: Object.fromEntries(settings.fields.map((field) => [field, ownValue(fields, field) ?? null])),
    })),
    form: Object.fromEntries(formValues(action, settings, context)),
  };
}

/** What may be changed in answer: the selected rows that the person sees, and what they and the form link to. */
export function shownRows(
  settings: RemoteSettings,
  context: PlanContext,
  rows: readonly ActionRow[],
): readonly { readonly type: string; readonly id: number }[] {
  const { entityType, selectedIds } = context.payload;
  // Rows gone meanwhile are still of the selection: a change to one is told apart as "not found", not as a lie.
  const selected = entityType === undefined ? [] : selectedIds.map((id) => ({ type: entityType, id }));
  const linked = rows.flatMap((row) => settings.fields.flatMap((field) => linksIn(ownValue(row.fields, field))));
  return [...selected, ...linked, ...Object.values(context.form).flatMap(linksIn)];
}

function formValues(
  action: AskingAction,
  settings: RemoteSettings,
  { form }: PlanContext,
): readonly (readonly [string, FormValue])[] {
  return action.form
    .filter(({ name, secret }) => !secret || settings.secret_fields.includes(name))
    .map(({ name }) => [name, Object.hasOwn(form, name) ? (form[name] ?? null) : null] as const);
}

function linksIn(value: unknown): readonly { readonly type: string; readonly id: number }[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => linksIn(item));
  if (value === null || typeof value !== 'object') return [];
  const { type, id } = value as { readonly type?: unknown; readonly id?: unknown };
  return typeof type === 'string' && typeof id === 'number' ? [{ type, id }] : [];
}

function ownValue(fields: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}
