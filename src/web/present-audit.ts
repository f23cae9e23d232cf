/** Records of the audit log as an auditor reads them: one line of a list, or one record with its rows. Pure. */
import type { AuditValue } from '../audit/event.ts';
import type { AuditRecord } from '../audit/record.ts';

export type RecordLine = {
  readonly seq: number;
  /** UTC, to the second. */
  readonly time: string;
  readonly type: string;
  readonly outcome: string;
  readonly code: string | undefined;
  readonly person: string | undefined;
  /** Nobody but the click itself says that it was this person. */
  readonly isClaim: boolean;
  readonly actionId: string | undefined;
  readonly reference: string | undefined;
};

/** `before` and `after` as ShotGrid stores them: codes, not labels, since labels change. */
export type RecordRow = {
  readonly name: string;
  readonly outcome: string | undefined;
  readonly detail: string | undefined;
  readonly fields: readonly { readonly label: string; readonly before: string | undefined; readonly after: string }[];
};

export function presentRecordLine({ seq, content }: AuditRecord): RecordLine {
  return {
    seq,
    time: content.time.replace('T', ' ').replace(/\.\d+Z$/, ''),
    type: content.type,
    outcome: content.outcome,
    code: content.code,
    person: content.person?.login,
    isClaim: content.person?.proven === false,
    actionId: content.actionId,
    reference: content.reference,
  };
}

/** The rows that a record names, if it is of a kind that does; empty for everything else. */
export function presentRecordRows({ content }: AuditRecord): readonly RecordRow[] {
  const rows = content.details?.['rows'];
  return objectsIn(rows).map((row) => ({
    name: textOf(row['name']) ?? `${textOf(row['entityType']) ?? 'row'} ${textOf(row['id']) ?? ''}`.trim(),
    outcome: textOf(row['outcome']),
    detail: textOf(row['detail']),
    fields: objectsIn(row['fields']).map((field) => ({
      label: textOf(field['field']) ?? '',
      before: Object.hasOwn(field, 'before') ? plain(field['before']) : undefined,
      after: plain(field['after']),
    })),
  }));
}

type AuditObject = Readonly<Record<string, AuditValue | undefined>>;

function objectsIn(value: AuditValue | undefined): readonly AuditObject[] {
  if (!Array.isArray(value)) return [];
  const items = value as readonly AuditValue[];
  return items.filter(
    (item): item is Readonly<Record<string, AuditValue>> => typeof item === 'object' && item !== null,
  );
}

function textOf(value: AuditValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function plain(value: AuditValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
