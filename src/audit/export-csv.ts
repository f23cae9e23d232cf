/**
 * Records as comma-separated values (RFC 4180), for spreadsheets: one line for each field of each row that a record names,
 * or one line for a record that names none. No cell can begin a formula. Pure.
 */
import type { AuditValue } from './event.ts';
import { executorOf } from './executor.ts';
import type { AuditRecord } from './record.ts';

const COLUMNS = [
  'seq',
  'time',
  'type',
  'outcome',
  'code',
  'person',
  'person_proven',
  'real_actor',
  'executor',
  'subject',
  'action',
  'launch',
  'run',
  'project_id',
  'project',
  'reference',
  'client_address',
  'entity_type',
  'entity_id',
  'entity_name',
  'change',
  'field',
  'before',
  'after',
  'row_outcome',
  'row_detail',
  'site_error_id',
  'details',
  'hash',
] as const;

type Line = Partial<Record<(typeof COLUMNS)[number], string | number | boolean | undefined>>;

/** The first line of the file. */
export function csvHeader(): string {
  return `${COLUMNS.join(',')}\r\n`;
}

/** The lines of one record, each with its line end. */
export function csvLines({ seq, hash, content: c }: AuditRecord): string {
  const { rows, ...details } = c.details ?? {};
  const record: Line = {
    seq,
    time: c.time,
    type: c.type,
    outcome: c.outcome,
    code: c.code,
    person: c.person?.login,
    person_proven: c.person?.proven,
    real_actor: c.realActor?.name,
    executor: executorOf(c),
    subject: c.subject?.subject,
    action: c.actionId,
    launch: c.launchId,
    run: c.runId,
    project_id: c.project?.id,
    project: c.project?.name,
    reference: c.reference,
    client_address: c.clientAddress,
    details: JSON.stringify(details),
    hash,
  };
  const changes = objectsIn(rows).flatMap(changesOf);
  return (changes.length === 0 ? [{}] : changes).map((change) => csvLine({ ...record, ...change })).join('');
}

type AuditObject = Readonly<Record<string, AuditValue | undefined>>;

function changesOf(row: AuditObject): readonly Line[] {
  const named: Line = {
    entity_type: plain(row['entityType']),
    entity_id: plain(row['id']),
    entity_name: plain(row['name']),
    change: plain(row['kind']),
    row_outcome: plain(row['outcome']),
    row_detail: plain(row['detail']),
    site_error_id: plain(row['siteErrorId']),
  };
  const fields = objectsIn(row['fields']);
  if (fields.length === 0) return [named];
  return fields.map(({ field, before, after }) => ({
    ...named,
    field: plain(field),
    before: plain(before),
    after: plain(after),
  }));
}

function csvLine(line: Line): string {
  return `${COLUMNS.map((column) => cell(line[column])).join(',')}\r\n`;
}

/** Spreadsheets run what begins with one of these, also behind white space that they drop. */
const FORMULA = /^[\s\uFEFF]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u;

function cell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function plain(value: AuditValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function objectsIn(value: AuditValue | undefined): readonly AuditObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly AuditValue[]).filter(
    (item): item is Readonly<Record<string, AuditValue>> =>
      typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}
