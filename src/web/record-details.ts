/** Details of a record, whose shape nobody promises: what is there is read, what is of another kind is not there. Pure. */
import type { AuditValue } from '../audit/event.ts';
import type { Texts } from '../texts/texts.ts';

export type AuditObject = Readonly<Record<string, AuditValue | undefined>>;

export function isObject(value: AuditValue | undefined): value is Readonly<Record<string, AuditValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsIn(value: AuditValue | undefined): readonly AuditObject[] {
  return Array.isArray(value) ? (value as readonly AuditValue[]).filter(isObject) : [];
}

export function textOf(value: AuditValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `HSM_10_0010 (Version 6933)`. */
export function rowName({ t }: Texts, row: AuditObject): string {
  const [type, id, name] = [textOf(row['entityType']) ?? t('audit.untypedRow'), textOf(row['id']), textOf(row['name'])];
  const numbered = `${type}${id === undefined ? '' : ` ${id}`}`;
  return name === undefined || name === numbered ? numbered : `${name} (${numbered})`;
}
