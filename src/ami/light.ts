/**
 * The light payload: a click that carries only the number of the event log row in which the site keeps the rest. The number
 * is guessable, so the row is what is trusted: it is the site's own, must be of now, and must be written by whom it names.
 */
import { said } from '../texts/said.ts';
import { AmiMalformedError } from './errors.ts';
import type { AmiForm } from './form.ts';
import { verifyFreshness } from './freshness.ts';
import { parsePayload } from './payload.ts';
import type { AmiFields, AmiPayload } from './payload.ts';
import { verifySite } from './site.ts';
import { parseId } from './values.ts';

const MAX_FIELDS = 200;

export type LightClick = { readonly eventLogEntryId: number };

/**
 * The row to fetch, when the form is a light one: `event_log_entry_id` and no `entity_type`. Otherwise undefined.
 *
 * @throws {@link AmiMalformedError} when the id is not a row number.
 */
export function parseLight(form: AmiForm): LightClick | undefined {
  const text = form.get('event_log_entry_id') ?? '';
  if (text === '' || (form.get('entity_type') ?? '') !== '') return undefined;
  const eventLogEntryId = parseId(text);
  if (eventLogEntryId === undefined)
    throw new AmiMalformedError(said('explanation.formNoRowNumber', { field: 'event_log_entry_id' }));
  return { eventLogEntryId };
}

/**
 * The typed click out of an EventLogEntry, as REST answers it or with its fields at the top (`created_at`, `user`, `meta`).
 * Of `meta` only `ami_payload` is read; its values may be text, numbers, or lists of them.
 *
 * @throws {@link AmiMalformedError} when there is no such row, or it is no menu click, or its `user` is not the payload's.
 * @throws {@link AmiStaleError} when the row is not of now.
 * @throws {@link AmiWrongSiteError} when the payload names another site.
 */
export function payloadFromEventLogEntry(
  entry: unknown,
  rules: { readonly now: Date; readonly maxAgeSeconds: number; readonly siteUrl: URL },
): AmiPayload {
  const createdAt = fieldOf(entry, 'created_at');
  const amiPayload = own(fieldOf(entry, 'meta'), 'ami_payload');
  if (!isObject(amiPayload) || typeof createdAt !== 'string') {
    throw new AmiMalformedError(said('explanation.eventRowUnknown'));
  }
  verifyFreshness(createdAt, rules);
  const payload = parsePayload(fieldsOf(amiPayload));
  if (payload.serverHostname !== undefined) verifySite(payload.serverHostname, rules.siteUrl);
  const user = linkOf(entry, 'user');
  if (own(user, 'type') !== 'HumanUser' || own(user, 'id') !== payload.user.id) {
    throw new AmiMalformedError(said('explanation.eventRowOfAnother'));
  }
  return payload;
}

/** Every value as text or a list of text, own keys only; null is absent. */
function fieldsOf(amiPayload: object): AmiFields {
  const entries = Object.entries(amiPayload);
  if (entries.length > MAX_FIELDS)
    throw new AmiMalformedError(said('explanation.eventRowTooManyFields', { most: MAX_FIELDS }));
  const fields = new Map<string, string | readonly string[]>();
  for (const [key, value] of entries as [string, unknown][]) {
    if (value === null) continue;
    fields.set(key, Array.isArray(value) ? value.map((item: unknown) => scalarText(item)) : scalarText(value));
  }
  return fields;
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new AmiMalformedError(said('explanation.eventRowStrangeValue'));
}

/** A plain field: under `attributes` in a REST record, at the top in a flat one. */
function fieldOf(entry: unknown, name: string): unknown {
  return own(own(entry, 'attributes'), name) ?? own(entry, name);
}

/** A link: under `relationships.<name>.data` in a REST record, at the top in a flat one. */
function linkOf(entry: unknown, name: string): unknown {
  return own(own(own(entry, 'relationships'), name), 'data') ?? own(entry, name);
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
