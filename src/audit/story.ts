/** The whole story that a record is part of: everything of its click in order, and what took it back. */
import type { Kysely } from 'kysely';
import type { AuditRecord } from './record.ts';
import { searchRecords } from './search.ts';
import type { AuditFilter } from './search-filter.ts';
import type { AuditTables } from './tables.ts';

export type Story = {
  /** From the click to the end of the run, oldest first; only the record itself when it belongs to no click. */
  readonly records: readonly AuditRecord[];
  /** There are more records than these. */
  readonly isCut: boolean;
  /** The confirmation of the run that this one takes back. */
  readonly takesBack?: AuditRecord | undefined;
  /** Confirmations of runs that take this one back. */
  readonly takenBackBy: readonly AuditRecord[];
};

/** A run of 40,000 rows has this many records of its outcome. */
const MOST_RECORDS = 500;

export async function readStory(db: Kysely<AuditTables>, record: AuditRecord): Promise<Story> {
  const whole = belongsTo(record);
  const page =
    whole === undefined
      ? { records: [record] }
      : await searchRecords(db, { ...whole, afterSeq: 0, limit: MOST_RECORDS });
  const records = page.records.toSorted((a, b) => a.seq - b.seq);
  const runIds = new Set(records.flatMap(({ content }) => content.runId ?? []));
  const takenBackBy: AuditRecord[] = [];
  for (const undoOf of runIds) takenBackBy.push(...(await searchRecords(db, { undoOf })).records);
  const undone = records.find(({ content }) => typeof content.details?.['undoOf'] === 'string');
  return {
    records,
    isCut: 'newerAfterSeq' in page,
    takesBack: undone && (await confirmationOf(db, undone.content.details?.['undoOf'] as string)),
    takenBackBy: takenBackBy.toSorted((a, b) => a.seq - b.seq),
  };
}

/** A run belongs to a click; an undo may be a run without one. */
function belongsTo({ content }: AuditRecord): AuditFilter | undefined {
  if (content.launchId !== undefined) return { launchId: content.launchId };
  return content.runId === undefined ? undefined : { runId: content.runId };
}

async function confirmationOf(db: Kysely<AuditTables>, runId: string): Promise<AuditRecord | undefined> {
  const { records } = await searchRecords(db, { runId, type: 'run.confirmed', limit: 1 });
  return records[0];
}
