/** Our side of a reconciliation: clicks and rows of runs, read out of records. Pure. */
import type { AuditValue } from './event.ts';
import type { OurClick, OurRow } from './reconcile.ts';
import { executorOf } from './executor.ts';
import type { RecordContent } from './record.ts';

/** @param records - In the order of the log. */
export function readOurSide(records: Iterable<RecordContent>): {
  readonly clicks: readonly OurClick[];
  readonly rows: readonly OurRow[];
} {
  const clicks: OurClick[] = [];
  const rows = new Map<string, OurRow>();
  for (const content of records) {
    const { type, seq, person, sessionUuid, details, runId } = content;
    const time = new Date(content.time);
    const who = { personId: person?.id, login: person?.login };
    if ((type === 'click.received' && (details?.['part'] ?? 1) === 1) || type === 'click.refused') {
      clicks.push({ seq, time, ...who, sessionUuid, isLight: details?.['payload'] === 'light' });
    }
    if (runId === undefined || (type !== 'changes.intended' && type !== 'changes.performed')) continue;
    for (const row of objectsIn(details?.['rows'])) {
      const key = JSON.stringify([runId, row['position']]);
      const earlier = rows.get(key);
      const entityType = row['entityType'];
      if (typeof entityType !== 'string') continue;
      const id = row['id'];
      rows.set(key, {
        seq,
        runId,
        ...who,
        bySelf: executorOf(content) === 'self',
        kind: kindOf(row['kind']) ?? earlier?.kind ?? 'update',
        entityType,
        id: typeof id === 'number' ? id : earlier?.id,
        fields: fieldsOf(row['fields']) ?? earlier?.fields ?? [],
        outcome: type === 'changes.intended' ? 'none' : (outcomeOf(row['outcome']) ?? 'unknown'),
        intendedAt: earlier?.intendedAt ?? time,
        settledAt: time,
      });
    }
  }
  return { clicks, rows: [...rows.values()] };
}

const OUTCOMES = ['done', 'already_so', 'refused', 'failed', 'unknown', 'not_done'] as const;
const KINDS = ['update', 'create', 'delete', 'revive'] as const;

function outcomeOf(value: AuditValue | undefined): OurRow['outcome'] | undefined {
  return OUTCOMES.find((one) => one === value);
}

function kindOf(value: AuditValue | undefined): OurRow['kind'] | undefined {
  return KINDS.find((one) => one === value);
}

function fieldsOf(value: AuditValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return objectsIn(value).flatMap(({ field }) => (typeof field === 'string' ? [field] : []));
}

function objectsIn(value: AuditValue | undefined): readonly Readonly<Record<string, AuditValue>>[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly AuditValue[]).filter(
    (item): item is Readonly<Record<string, AuditValue>> =>
      typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}
