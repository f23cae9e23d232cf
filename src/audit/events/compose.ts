/**
 * How an event is put together: one function per thing that can happen, named after it, in the files beside this one. What
 * such a function takes is what its record says. Pure.
 */
import type {
  AuditContext,
  AuditDetails,
  AuditedChange,
  AuditedRowOutcome,
  AuditEvent,
  AuditOutcome,
  EventType,
  AuditValue,
} from '../event.ts';

/** Rows of one record; a larger set is spread over several records, in order, and never shortened. */
export const ROWS_PER_RECORD = 200;

/** Longest text of a name, title or reason. Values of fields have no limit. */
const MAX_TEXT_LENGTH = 1_000;

export type Refusal = { readonly code: string; readonly reason?: string | undefined };

export function refused(
  type: EventType,
  context: AuditContext,
  refusal: Refusal,
  details: AuditDetails = {},
): AuditEvent {
  return event(type, 'refused', context, { ...details, reason: refusal.reason }, refusal.code);
}

export function event(
  type: EventType,
  outcome: AuditOutcome,
  context: AuditContext,
  details: AuditDetails = {},
  code?: string,
): AuditEvent {
  return {
    type,
    outcome,
    ...(code === undefined ? {} : { code }),
    context: mapTexts(context, capText) as AuditContext,
    details: 'rows' in details ? details : (mapTexts(details, capText) as AuditDetails),
  };
}

/** Values of fields stay whole; the words around them are capped like all others. */
export function rowOf(row: (AuditedChange & { readonly position: number }) | AuditedRowOutcome): AuditValue {
  const { fields, ...words } = row;
  const capped = mapTexts(words, capText) as Readonly<Record<string, AuditValue>>;
  return fields === undefined ? capped : { ...capped, fields: fields as readonly AuditValue[] };
}

type Part<T> = { readonly part: number; readonly parts: number; readonly items: readonly T[] };

/** At least one part, so that an empty set is recorded as one. */
export function inParts<T>(items: readonly T[], size: number): readonly Part<T>[] {
  const parts = Math.max(1, Math.ceil(items.length / size));
  return Array.from({ length: parts }, (_, index) => ({
    part: index + 1,
    parts,
    items: items.slice(index * size, (index + 1) * size),
  }));
}

/** One outcome for many rows: whatever asks most for a person's attention. */
export function worstOf(words: readonly string[]): AuditOutcome {
  if (words.includes('unknown')) return 'unknown';
  if (['failed', 'waiting', 'not_done'].some((word) => words.includes(word))) return 'failed';
  if (words.includes('refused')) return 'refused';
  return 'success';
}

function capText(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length - MAX_TEXT_LENGTH} more characters)`;
}

/** A copy in which every text, however deep, is passed through `change`. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
